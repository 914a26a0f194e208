import fc from 'fast-check';
import { ERROR_CODES } from '../../../contract/error-codes';
import { isOnceError } from '../../../handlers';
import { parseEvent } from '../../../handlers/record/parse-event';

type Json = Record<string, unknown>;

const record = (changes: Json = {}): Json => ({
  topic: 'orders',
  partition: 0,
  offset: 41,
  timestamp: 1_790_000_000_000,
  timestampType: 'CREATE_TIME',
  key: 'azE=',
  value: 'eyJhIjoxfQ==',
  headers: [{ trace: [97, 98, -61, -85] }],
  ...changes,
});
const event = (records: unknown, changes: Json = {}): Json => ({
  eventSource: 'aws:kafka',
  eventSourceArn: 'arn:aws:kafka:eu-west-1:111122223333:cluster/shop/0a1b-2',
  bootstrapServers: 'b-1.shop.example:9098,b-2.shop.example:9098',
  records,
  ...changes,
});
const one = (changes: Json): Json => event({ 'orders-0': [record(changes)] });
const without = (object: Json, name: string): Json =>
  Object.fromEntries(Object.entries(object).filter(([key]) => key !== name));

function refusal(given: unknown): string {
  try {
    parseEvent(given);
  } catch (error) {
    if (isOnceError(error) && error.code === ERROR_CODES.eventInvalid) return error.message;
    throw error;
  }
  throw new Error('the event was accepted');
}

describe('A4: a malformed event is refused as a whole, naming the field', () => {
  const RECORD = 'records["orders-0"][0]';

  test.each<[string, unknown, string]>([
    ['nothing', undefined, "The event's root is undefined"],
    ['null', null, "The event's root is null"],
    ['a string', 'event', "The event's root is"],
    ['an array', [], "The event's root is an array of 0"],
    ['an empty object', {}, 'eventSource is undefined'],
    ['an event of another source', event({}, { eventSource: 'aws:kinesis' }), 'eventSource is "aws:kinesis"'],
    ['an event whose source is spelt otherwise', event({}, { eventSource: 'AWS:kafka' }), 'eventSource'],
    ['an event of SQS', { Records: [{ eventSource: 'aws:sqs' }] }, 'eventSource is undefined'],
    ['an event of a durable function', event({}, { DurableExecutionArn: 'arn' }), 'DurableExecutionArn'],
    ['no records', without(event({}), 'records'), 'records is undefined'],
    ['records in an array', event([record()]), 'records is an array of 1'],
    ['records null', event(null), 'records is null'],
    ['a partition without an array', event({ 'orders-0': record() }), 'records["orders-0"] is an object'],
    ['a partition of null', event({ 'orders-0': null }), 'records["orders-0"] is null'],
    ['a record of null', event({ 'orders-0': [null] }), `${RECORD} is null`],
    ['a record that is text', event({ 'orders-0': ['{}'] }), `${RECORD} is`],
    ['a record in an array', event({ 'orders-0': [[record()]] }), `${RECORD} is an array of 1`],
    ['the second record', event({ 'orders-0': [record(), record({ offset: '42' })] }), 'records["orders-0"][1].offset'],
    ['the second partition', event({ 'orders-0': [record()], 'orders-1': [record()] }), 'records["orders-1"][0].topic'],

    ['no topic', event({ 'orders-0': [without(record(), 'topic')] }), `${RECORD}.topic is undefined`],
    ['an empty topic', one({ topic: '' }), `${RECORD}.topic is ""`],
    ['another topic', one({ topic: 'returns' }), `${RECORD}.topic is "returns-0"; accepted is "orders-0"`],
    ['a partition as text', one({ partition: '0' }), `${RECORD}.partition is "0"`],
    ['a negative partition', one({ partition: -1 }), `${RECORD}.partition is -1`],
    ['half a partition', one({ partition: 0.5 }), `${RECORD}.partition is 0.5`],
    ['another partition', one({ partition: 1 }), `${RECORD}.topic is "orders-1"`],

    ['no offset', event({ 'orders-0': [without(record(), 'offset')] }), `${RECORD}.offset is undefined`],
    ['an offset as text', one({ offset: '41' }), `${RECORD}.offset is "41"`],
    ['a negative offset', one({ offset: -1 }), `${RECORD}.offset is -1`],
    ['half an offset', one({ offset: 1.5 }), `${RECORD}.offset is 1.5`],
    ['offset 2^53', one({ offset: 2 ** 53 }), `${RECORD}.offset is 9007199254740992`],
    ['an offset that JSON rounds to 2^53', one({ offset: JSON.parse('9007199254740993') }), `${RECORD}.offset`],
    ['an offset that is no number', one({ offset: Number.NaN }), `${RECORD}.offset is NaN`],
    ['one offset twice', event({ 'orders-0': [record(), record()] }), 'records["orders-0"] is 41; accepted is each'],
    [
      'one offset twice, not side by side',
      event({ 'orders-0': [record(), record({ offset: 7 }), record()] }),
      'records["orders-0"] is 41',
    ],

    ['no timestamp', event({ 'orders-0': [without(record(), 'timestamp')] }), `${RECORD}.timestamp is undefined`],
    ['a timestamp as text', one({ timestamp: '2026-11-02' }), `${RECORD}.timestamp is`],
    ['half a millisecond', one({ timestamp: 0.5 }), `${RECORD}.timestamp is 0.5`],
    ['another timestampType', one({ timestampType: 'create_time' }), `${RECORD}.timestampType is "create_time"`],
    ['no timestampType', one({ timestampType: undefined }), `${RECORD}.timestampType is undefined`],

    ['a value that is not base64', one({ value: '{"a":1}' }), `${RECORD}.value is`],
    ['base64 without its padding', one({ value: 'eyJhIjoxfQ' }), `${RECORD}.value is`],
    ['base64 with the padding in the middle', one({ value: 'az==azE=' }), `${RECORD}.value is`],
    ['base64 that is all padding', one({ value: '====' }), `${RECORD}.value is`],
    ['base64url', one({ value: '_-8=' }), `${RECORD}.value is`],
    ['base64 with a line break', one({ value: 'azE=\nazE=' }), `${RECORD}.value is`],
    ['a value that is an object', one({ value: { a: 1 } }), `${RECORD}.value is an object`],
    ['a value that is a number', one({ value: 1 }), `${RECORD}.value is a number`],
    ['a value that is false', one({ value: false }), `${RECORD}.value is a boolean`],
    ['a key that is not base64', one({ key: 'k1' }), `${RECORD}.key is`],
    ['a key of bytes', one({ key: [107, 49] }), `${RECORD}.key is an array of 2`],

    ['headers in an object', one({ headers: { trace: [1] } }), `${RECORD}.headers is an object`],
    ['a header that is an array', one({ headers: [['trace', [1]]] }), `${RECORD}.headers[0] is an array of 2`],
    ['a header of null', one({ headers: [{ a: [1] }, null] }), `${RECORD}.headers[1] is null`],
    ['a header of text', one({ headers: [{ trace: 'abc' }] }), `${RECORD}.headers[0]["trace"] is`],
    ['a byte above 255', one({ headers: [{ t: [256] }] }), `${RECORD}.headers[0]["t"] is an array of 1`],
    ['a byte below -128', one({ headers: [{ t: [-129] }] }), `${RECORD}.headers[0]["t"]`],
    ['half a byte', one({ headers: [{ t: [0.5] }] }), `${RECORD}.headers[0]["t"]`],
    ['a byte as text', one({ headers: [{ t: ['1'] }] }), `${RECORD}.headers[0]["t"]`],
  ])('%s', (_, given, message) => {
    expect(refusal(given)).toContain(message);
  });

  test.each<[string, Json]>([
    ['value', { value: 'card 4111111111111111' }],
    ['value', { value: '4111111111111111'.repeat(50).slice(1) }],
    ['key', { key: 'card 4111111111111111' }],
    ['header', { headers: [{ card: '4111111111111111' }] }],
    ['header', { headers: ['4111111111111111'] }],
    ['topic', { topic: { card: '4111111111111111' } }],
  ])('no payload is quoted: %s', (_, changes) => {
    expect(refusal(one(changes))).not.toContain('4111');
  });

  test('no payload is quoted: a record that is text', () => {
    expect(refusal(event({ 'orders-0': ['{"value":"4111111111111111"}'] }))).not.toContain('4111');
    expect(refusal(event({ 'orders-0': '[{"value":"4111111111111111"}]' }))).not.toContain('4111');
  });

  test('no payload is quoted: whatever text stands where base64 belongs', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[A-Za-z0-9]{12,200}$/), fc.constantFrom('value', 'key'), (secret, field) => {
        fc.pre(secret.length % 4 !== 0);

        expect(refusal(one({ [field]: secret }))).not.toContain(secret.slice(0, 12));
      }),
    );
  });
});

describe('an event of the service is read', () => {
  test('the largest offset that a number holds exactly', () => {
    const [array] = parseEvent(one({ offset: 2 ** 53 - 1 }));

    expect(array?.records[0]?.offset).toBe(9_007_199_254_740_991);
  });

  test('key, value and headers become bytes', () => {
    const [array] = parseEvent(one({}));

    const [parsed] = array?.records ?? [];
    expect(array?.name).toBe('orders-0');
    expect(parsed).toMatchObject({ topic: 'orders', partition: 0, offset: 41, timestamp: 1_790_000_000_000 });
    expect(parsed?.timestampType).toBe('CREATE_TIME');
    expect(parsed?.key?.toString()).toBe('k1');
    expect(parsed?.value?.toString()).toBe('{"a":1}');
    expect(parsed?.headers.get('trace')?.toString()).toBe('abë');
  });

  test.each<[string, Json, Buffer | null]>([
    ['a value left out', without(record(), 'value'), null],
    ['a value of null', record({ value: null }), null],
    ['a value of no bytes', record({ value: '' }), Buffer.alloc(0)],
    ['one byte', record({ value: 'AA==' }), Buffer.from([0])],
    ['bytes that use the whole alphabet', record({ value: '+/+/' }), Buffer.from([0xfb, 0xff, 0xbf])],
  ])('%s', (_, given, expected) => {
    const [array] = parseEvent(event({ 'orders-0': [given] }));

    expect(array?.records[0]?.value).toEqual(expected);
  });

  test.each<[string, Json, Buffer | undefined]>([
    ['a key left out', without(record(), 'key'), undefined],
    ['a key of null', record({ key: null }), undefined],
    ['a key of no bytes, which is a key', record({ key: '' }), Buffer.alloc(0)],
  ])('%s', (_, given, expected) => {
    const [array] = parseEvent(event({ 'orders-0': [given] }));

    expect(array?.records[0]?.key).toEqual(expected);
  });

  test.each<[string, unknown]>([
    ['left out', undefined],
    ['null', null],
    ['empty', []],
  ])('headers that are %s are no headers', (_, headers) => {
    const [array] = parseEvent(one({ headers }));

    expect([...(array?.records[0]?.headers ?? ['?'])]).toEqual([]);
  });

  test('a header value of null is read as no bytes', () => {
    const [array] = parseEvent(one({ headers: [{ a: null }] }));

    expect(array?.records[0]?.headers.get('a')).toEqual(Buffer.alloc(0));
  });

  test('header names may stand twice and may be any text', () => {
    const headers = JSON.parse('[{"a":[1]},{"":[2]},{"__proto__":[3]},{"a":[4]}]');

    const [array] = parseEvent(one({ headers }));

    const parsed = array?.records[0]?.headers;
    expect([...(parsed ?? [])].map(([name, [byte]]) => [name, byte])).toEqual([
      ['a', 1],
      ['', 2],
      ['__proto__', 3],
      ['a', 4],
    ]);
    expect(parsed?.get('__proto__')).toEqual(Buffer.from([3]));
  });

  test('a topic may hold hyphens, dots and digits', () => {
    const name = 'shop.orders-v2-1';
    const [array] = parseEvent(event({ [`${name}-12`]: [record({ topic: name, partition: 12 })] }));

    expect(array?.records[0]).toMatchObject({ topic: name, partition: 12 });
  });

  test.each(['SelfManagedKafka', 'aws:SelfManagedKafka', 'aws:kafka'])('from %s', (eventSource) => {
    const given = without(event({ 'orders-0': [record()] }, { eventSource }), 'eventSourceArn');

    expect(parseEvent(given)).toHaveLength(1);
  });

  test('LOG_APPEND_TIME, and a timestamp from before 1970', () => {
    const [array] = parseEvent(one({ timestampType: 'LOG_APPEND_TIME', timestamp: -1 }));

    expect(array?.records[0]).toMatchObject({ timestampType: 'LOG_APPEND_TIME', timestamp: -1 });
  });

  test('no records, and a partition without records', () => {
    expect(parseEvent(event({}))).toEqual([]);
    expect(parseEvent(event({ 'orders-0': [] }))).toEqual([{ name: 'orders-0', records: [] }]);
  });

  test('what a schema registry adds, and whatever the service adds later, is left alone', () => {
    const metadata = { dataFormat: 'AVRO', schemaId: '1234' };
    const given = one({ keySchemaMetadata: metadata, valueSchemaMetadata: metadata, somethingNew: [1] });

    const [array] = parseEvent({ ...given, alsoNew: true });

    expect(array?.records).toHaveLength(1);
    expect(array?.records[0]).not.toHaveProperty('keySchemaMetadata');
  });

  test('P5: each record keeps what was delivered, for its dead letter, and not a copy of it', () => {
    const metadata = { dataFormat: 'AVRO', schemaId: '1234' };
    const given = [record({ offset: 7, somethingNew: [1], valueSchemaMetadata: metadata }), record({ offset: 3 })];

    const [array] = parseEvent(event({ 'orders-0': given }));

    expect(array?.records[0]?.delivered).toBe(given[1]);
    expect(array?.records[1]?.delivered).toBe(given[0]);
    void array?.records[1]?.key;
    expect(given[0]).toEqual(record({ offset: 7, somethingNew: [1], valueSchemaMetadata: metadata }));
  });

  test('records out of order come in offset order, with gaps as they are', () => {
    const [array] = parseEvent(event({ 'orders-0': [44, 41, 1_000_000].map((offset) => record({ offset })) }));

    expect(array?.records.map(({ offset }) => offset)).toEqual([41, 44, 1_000_000]);
  });

  test('partitions keep the order of the event', () => {
    const names = ['orders-3', 'orders-10', 'orders-0'];
    const records = Object.fromEntries(names.map((name) => [name, [record({ partition: Number(name.slice(7)) })]]));

    expect(parseEvent(event(records)).map(({ name }) => name)).toEqual(names);
  });

  test('bytes survive base64, whatever they are', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const [array] = parseEvent(one({ value: Buffer.from(bytes).toString('base64') }));

        expect(array?.records[0]?.value?.equals(Buffer.from(bytes))).toBe(true);
      }),
    );
  });
});
