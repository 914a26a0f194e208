import { readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { parseEvent } from '../../handlers/record/parse-event';
import { eventOf } from '../../local/event-source/event';
import { kafkaEvent, recordName, recordNames, type TestHeaders, TestingError, type TestRecord } from '../../testing';

const read = (name: string): unknown =>
  JSON.parse(readFileSync(path.resolve(__dirname, '../fixtures/events', name), 'utf8'));
const records = (...given: readonly TestRecord[]) => kafkaEvent({ topic: 'orders', records: given }).records;
const first = (record: TestRecord) => records(record)['orders-0']?.[0];

describe('events as the service sends them', () => {
  test('MSK, several partitions, signed bytes, a header name twice', () => {
    const event = kafkaEvent({
      topic: 'orders',
      eventSourceArn: 'arn:aws:kafka:eu-west-1:111122223333:cluster/shop/4f9c2c1e-8a5d-4c3b-9e21-7d0f6a1b2c3d-3',
      bootstrapServers: 'b-1.shop.example:9098,b-2.shop.example:9098',
      records: [
        {
          value: { id: 'o-1' },
          key: 'k1',
          offset: 41,
          timestamp: 1_790_000_000_000,
          headers: [
            ['trace', 'abë'],
            ['city', 'Zürich'],
            ['trace', 'second'],
          ],
        },
        { value: '{"id":"o-2"}', key: Buffer.from('k2'), timestamp: 1_790_000_000_007 },
        {
          value: { id: 'o-3' },
          partition: 3,
          offset: 7,
          timestamp: new Date(1_790_000_000_100),
          headers: { raw: Buffer.from([0, 127, 128, 255]) },
        },
      ],
    });

    expect(event).toEqual(read('msk-headers.json'));
  });

  test('self-managed: no ARN', () => {
    const { records: _, ...envelope } = kafkaEvent({ topic: 'orders', records: [], source: 'self-managed' });

    expect(envelope).toEqual({ eventSource: 'SelfManagedKafka', bootstrapServers: expect.stringContaining(':9092') });
  });

  test('what a schema registry adds', () => {
    const [record] = (read('msk-schema-registry.json') as ReturnType<typeof kafkaEvent>).records['payments-0'] ?? [];
    const { keySchemaMetadata, valueSchemaMetadata, timestamp = 0 } = record ?? {};
    const event = kafkaEvent({
      topic: 'payments',
      records: [
        {
          value: { id: 'p-1' },
          key: { id: 'p-1' },
          offset: 5,
          timestamp,
          ...(keySchemaMetadata && { keySchemaMetadata }),
          ...(valueSchemaMetadata && { valueSchemaMetadata }),
        },
      ],
    });

    expect(valueSchemaMetadata).toBeDefined();
    expect(event.records['payments-0']).toEqual([record]);
  });
});

describe('one record', () => {
  test.each<[string, TestRecord['value'], string | undefined]>([
    ['a string is written as it is', 'a"b', 'YSJi'],
    ['an empty string is not a tombstone', '', ''],
    ['null is a tombstone, and left out', null, undefined],
    ['an object is JSON', { a: 1 }, 'eyJhIjoxfQ=='],
    ['an array is JSON', [1], 'WzFd'],
    ['a number is JSON', 7, 'Nw=='],
    ['a part of a buffer is that part', Buffer.from('abc').subarray(1, 2), 'Yg=='],
    ['bytes need no Buffer', new Uint8Array([97, 0]), 'YQA='],
  ])('%s', (_, value, base64) => {
    const record = first({ value });

    expect(record?.value).toBe(base64);
    expect('value' in (record ?? {})).toBe(base64 !== undefined);
  });

  test('without a key it has no key', () => {
    expect(first({ value: 'a' })).not.toHaveProperty('key');
    expect(first({ value: 'a', key: null })).not.toHaveProperty('key');
    expect(first({ value: 'a', key: '' })).toHaveProperty('key', '');
  });

  test('headers of one name keep their order, and one without a value has no bytes', () => {
    expect(first({ value: 'a', headers: { x: ['1', null, Buffer.from([255])], y: '' } })?.headers).toEqual([
      { x: [49] },
      { x: [] },
      { x: [-1] },
      { y: [] },
    ]);
    expect(first({ value: 'a' })?.headers).toEqual([]);
  });
});

describe('offsets and timestamps', () => {
  const place = (event: ReturnType<typeof kafkaEvent>) => [
    recordNames(event),
    Object.values(event.records)
      .flat()
      .map(({ timestamp }) => timestamp - 1_789_999_000_000),
  ];

  test('rise by one, in each partition from 0, or from what is given', () => {
    const event = kafkaEvent({
      topic: 't',
      partition: 2,
      records: [{ value: 1 }, { value: 2, partition: 0 }, { value: 3, offset: 9 }, { value: 4 }],
    });

    expect(place(event)).toEqual([
      ['t-2@0', 't-2@9', 't-2@10', 't-0@0'],
      [0, 2, 3, 1],
    ]);
  });

  test('go on after another event', () => {
    const before = kafkaEvent({ topic: 't', records: [{ value: 1 }, { value: 2 }, { value: 3, partition: 1 }] });
    const event = kafkaEvent({ topic: 't', after: before, records: [{ value: 4 }, { value: 5, partition: 1 }] });

    expect(place(event)).toEqual([
      ['t-0@2', 't-1@1'],
      [3, 4],
    ]);
  });

  test('the same records make the same event', () => {
    expect(records({ value: 1 })).toEqual(records({ value: 1 }));
  });
});

describe('what cannot be is refused', () => {
  test.each<[string, () => unknown, string]>([
    ['no value', () => first({} as TestRecord), 'the record orders-0@0: value is missing'],
    ['a function', () => first({ value: () => 1 }), 'value is a function'],
    ['a circle', () => first({ value: circle() }), 'value has no JSON'],
    ['a bigint', () => first({ value: { a: 1n } }), 'value has no JSON'],
    ['an offset twice', () => records({ value: 1 }, { value: 2, offset: 0 }), 'The offset 0 follows 0'],
    ['an offset that a number rounds', () => first({ value: 1, offset: 2 ** 53 }), 'The offset is 9007199254740992'],
    ['half an offset', () => first({ value: 1, offset: 0.5 }), 'The offset is 0.5'],
    ['a partition below 0', () => first({ value: 1, partition: -1 }), 'The partition is -1'],
    ['no date', () => first({ value: 1, timestamp: new Date('x') }), 'The timestamp of offset 0 is NaN'],
    ['no topic', () => kafkaEvent({ topic: '', records: [] }), 'The topic is ""'],
    [
      'an ARN of a self-managed cluster',
      () => kafkaEvent({ topic: 't', records: [], source: 'self-managed', eventSourceArn: 'arn' }),
      'has no ARN',
    ],
  ])('%s', (_, build, message) => {
    expect(build).toThrow(message);
    expect(build).toThrow(TestingError);
    expect(build).toThrow('MSK_ONCE_TEST_INPUT_INVALID');
  });
});

const bytes = fc.uint8Array({ maxLength: 8 });
const written = fc.record({
  key: fc.option(bytes),
  value: fc.option(bytes),
  partition: fc.nat({ max: 2 }),
  headers: fc.array(fc.tuple(fc.string({ minLength: 1 }), bytes), { maxLength: 4 }),
});

describe('nothing of what was written is lost on the way', () => {
  test('the runtime reads each record as it was written', () => {
    fc.assert(
      fc.property(fc.array(written, { maxLength: 8 }), (given) => {
        const arrays = parseEvent(kafkaEvent({ topic: 'a-b', records: given }));
        const seen = arrays.flatMap(({ records }) => records);

        expect(seen.length).toBe(given.length);
        for (const partition of [0, 1, 2]) {
          const wanted = given.filter((record) => record.partition === partition);
          const found = seen.filter((record) => record.partition === partition);
          expect(found.map(({ offset }) => offset)).toEqual(wanted.map((_, index) => index));
          expect(found.map(({ key, value, headers }) => [key ?? null, value, [...headers]])).toEqual(
            wanted.map(({ key, value, headers }) => [
              key && Buffer.from(key),
              value && Buffer.from(value),
              headers.map(([name, content]) => [name, Buffer.from(content)]),
            ]),
          );
        }
      }),
    );
  });

  test('the local event source would deliver the same', () => {
    fc.assert(
      fc.property(fc.array(written, { maxLength: 8 }), (given) => {
        const event = kafkaEvent({ topic: 'a-b', records: given, bootstrapServers: 'b:1', eventSourceArn: 'arn' });
        const next = new Map<number, number>();
        const offsetIn = (partition: number) => {
          const offset = next.get(partition) ?? 0;
          next.set(partition, offset + 1);
          return offset;
        };
        const log = given.map(({ key, value, partition, headers }, index) => ({
          topic: 'a-b',
          partition,
          offset: offsetIn(partition),
          timestamp: 1_789_999_000_000 + index,
          timestampType: 'CREATE_TIME' as const,
          key: key && Buffer.from(key),
          value: value && Buffer.from(value),
          headers: headers.map(([name, content]): [string, Buffer] => [name, Buffer.from(content)]),
        }));

        expect(event).toEqual(eventOf(log, { eventSourceArn: 'arn', bootstrapServers: 'b:1' }));
      }),
    );
  });
});

test('a record is named as the runtime names it', () => {
  expect(recordName({ topic: 'orders', partition: 3, offset: 41 })).toBe('orders-3@41');
  expect(recordName('orders-3@41')).toBe('orders-3@41');
});

test('headers may be given as pairs', () => {
  const headers: TestHeaders = [['a', '1']];

  expect(first({ value: 'x', headers })?.headers).toEqual([{ a: [49] }]);
});

function circle(): object {
  const self: Record<string, unknown> = {};
  self.self = self;
  return self;
}
