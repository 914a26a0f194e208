import * as z from 'zod';
import { ERROR_CODES } from '../../../contract/error-codes';
import { type Codec, json, text } from '../../../handlers';
import { avro } from '../../../handlers/avro';
import { MemoryDeadLetters } from '../../../handlers/dead-letters/memory-dead-letters';
import { event, failures, type Order, type RecordInput, world } from '../../support/virtual-world';

const VALUE = json() as Codec<Order>;
const WAYS = ['ledger', 'identity'] as const;
type Way = (typeof WAYS)[number];
const identityOf = (way: Way) =>
  way === 'identity' ? { identity: ({ value }: { readonly value: Order }) => value.id } : {};
const order = (id: string, key: string | null): RecordInput => ({ value: { id }, key });
/** Bytes that are no UTF-8, in the place of a key. */
const NO_TEXT = { key: Buffer.from('secret\xff', 'latin1').toString('base64') };

/** An event whose record at each of these offsets of partition 0 has a key that is no text. */
function withBadKeys(records: readonly RecordInput[], ...offsets: readonly number[]) {
  const given = event({ 0: records });
  const array = given.records['orders-0'] ?? [];
  return {
    ...given,
    records: {
      'orders-0': array.map((record, offset) => (offsets.includes(offset) ? { ...record, ...NO_TEXT } : record)),
    },
  };
}

describe.each(WAYS)('the option key, remembering by %s', (way) => {
  test.each<[string, (key: Buffer) => string | Promise<string>]>([
    ['now', (key) => key.toString().toUpperCase()],
    ['later', async (key) => key.toString().toUpperCase()],
  ])('process gets the key as the codec reads it %s, and undefined where there is none', async (_, decode) => {
    const w = world();
    const seen: unknown[] = [];
    const handler = w.handler({
      value: VALUE,
      key: { name: 'shout', decode },
      ...identityOf(way),
      process: ({ key }) => void seen.push(key),
    });

    const answer = await handler(event({ 0: [order('1', 'a'), order('2', null), order('3', '')] }), w.context());

    expect(failures(answer)).toEqual([]);
    expect(seen).toEqual(['A', undefined, '']);
  });

  test('P1: a key that it cannot read is a permanent error: a letter, parked, and its lane goes on', async () => {
    const w = world();
    const deadLetters = new MemoryDeadLetters();
    const done: string[] = [];
    const options = {
      value: VALUE,
      key: text(),
      order: 'key' as const,
      ...identityOf(way),
      process: ({ value }: { readonly value: Order }) => void done.push(value.id),
    };
    const given = withBadKeys([order('a', 'k'), order('b', 'k'), order('c', 'k')], 1);

    const first = failures(await w.handler(options, { deadLetters })(given, w.context()));
    const second = failures(await w.handler(options, { deadLetters })(given, w.context()));

    expect([first, second]).toEqual([[], []]);
    expect(done).toEqual(['a', 'c']);
    expect(deadLetters.letters).toMatchObject([
      { record: { offset: 1, ...NO_TEXT }, error: { code: ERROR_CODES.keyUndecodable }, attempts: 1 },
    ]);
    expect(JSON.stringify(w.logged)).not.toContain('secret');
  });

  test('without dead letters its record is open, with no neighbour of another key', async () => {
    const w = world();
    const done: string[] = [];
    const handler = w.handler({
      value: VALUE,
      key: text(),
      order: 'key',
      ...identityOf(way),
      process: ({ value }) => void done.push(value.id),
    });

    const answer = await handler(withBadKeys([order('a', 'k'), order('b', 'k'), order('c', 'k')], 1), w.context());

    expect(failures(answer)).toEqual(['orders-0@1']);
    expect(done).toEqual(['a', 'c']);
  });

  test("O1: lanes go by the bytes of a key, whatever the codec makes of them: order 'key'", async () => {
    const w = world();
    const handler = w.handler({
      value: VALUE,
      key: { name: 'one for all', decode: () => 'same' },
      order: 'key',
      ...identityOf(way),
      process: async ({ value }) => {
        if (value.id === 'a') throw new Error('not now');
      },
      retries: 0,
    });
    const records = [order('a', 'k1'), order('b', 'k2'), order('c', 'k1')];

    expect(failures(await handler(event({ 0: records }), w.context()))).toEqual(['orders-0@0', 'orders-0@2']);
  });

  test('a record that is done already is not decoded again where its offset tells that it is done', async () => {
    const w = world();
    let asked = 0;
    const key: Codec<string> = {
      name: 'counting',
      decode: (bytes) => {
        asked += 1;
        return bytes.toString();
      },
    };
    const handler = w.handler({ value: VALUE, key, ...identityOf(way), process: () => undefined });
    const given = event({ 0: [order('a', 'k'), order('b', 'k')] });

    await handler(given, w.context());
    await handler(given, w.context());

    expect(asked).toBe(way === 'ledger' ? 2 : 4);
  });
});

test('identity and payload get the decoded key, tombstones too', async () => {
  const w = world();
  const seen: unknown[] = [];
  const handler = w.handler({
    value: VALUE,
    key: json(z.object({ id: z.string() })),
    tombstones: 'process',
    identity: ({ key }) => key?.id ?? 'none',
    payload: ({ key, value }) => [key?.id, value],
    process: ({ key, value }) => void seen.push([key, value]),
  });
  const twice = { key: '{"id":"x"}' };

  const answer = await handler(event({ 0: [twice, twice, { key: '{"id":"y"}', value: { id: '1' } }] }), w.context());

  expect(failures(answer)).toEqual([]);
  expect(seen).toEqual([
    [{ id: 'x' }, null],
    [{ id: 'y' }, { id: '1' }],
  ]);
});

test("a key gets the metadata of the mapping's schema registry for keys, and the value that for values", async () => {
  const w = world();
  const schema = { type: 'record', name: 'Key', fields: [{ name: 'id', type: 'string' }] };
  const seen: unknown[] = [];
  const handler = w.handler({
    value: { name: 'own', decode: (_bytes, about) => about?.schema?.schemaId },
    key: avro<{ id: string }>({ schema, wire: 'confluent' }),
    process: ({ key, value }) => void seen.push([key?.id, value]),
  });
  const registered = {
    value: 1,
    key: '{"id":"a"}',
    keySchemaMetadata: { dataFormat: 'AVRO', schemaId: '7' },
    valueSchemaMetadata: { dataFormat: 'JSON', schemaId: '8' },
  };

  expect(failures(await handler(event({ 0: [registered] }), w.context()))).toEqual([]);
  expect(seen).toEqual([['a', '8']]);
});

test("tombstones: 'skip' asks no codec of keys", async () => {
  const w = world();
  const handler = w.handler({
    value: VALUE,
    key: { name: 'never', decode: () => Promise.reject(new Error('asked')) },
    tombstones: 'skip',
    process: () => undefined,
  });

  expect(failures(await handler(event({ 0: [{ key: 'k' }] }), w.context()))).toEqual([]);
});

test('what a key was decoded to is told in no log line', async () => {
  const w = world();
  const handler = w.handler({
    value: VALUE,
    key: { name: 'hex', decode: (bytes) => Buffer.from(bytes.toString(), 'hex').toString() },
    identity: ({ value }) => value.id,
    retries: 0,
    process: ({ key }) => Promise.reject(new Error(`no customer ${key}`)),
  });
  const key = Buffer.from('Zaphod Beeblebrox').toString('hex');

  expect(failures(await handler(event({ 0: [order('a', key)] }), w.context()))).toEqual(['orders-0@0']);
  expect(JSON.stringify(w.logged)).not.toContain('Zaphod');
});
