import { Type } from 'avsc';
import protobufjs from 'protobufjs';
import { ERROR_CODES } from '../../../contract/error-codes';
import { type Codec, json, text } from '../../../handlers';
import { avro } from '../../../handlers/avro';
import { protobuf } from '../../../handlers/protobuf';
import { event, failures, type RecordInput, world } from '../../support/virtual-world';

interface Order {
  readonly id: string;
}

const SCHEMA = { type: 'record', name: 'Order', fields: [{ name: 'id', type: 'string' }] } as const;
const TYPE = protobufjs.parse('syntax = "proto3"; message Order { string id = 1; }').root.lookupType('Order');

const CONFLUENT = Buffer.from('0000000007', 'hex');
const GLUE = Buffer.from('0300b7b4a7f09c964e4aa687fb5de9ef0c63', 'hex');
const asAvro = (id: string) => Type.forSchema(SCHEMA as never).toBuffer({ id });
const asProtobuf = (id: string) => Buffer.from(TYPE.encode({ id }).finish());
const asJson = (id: string) => Buffer.from(JSON.stringify({ id }));
const registry = (dataFormat: string) => ({ valueSchemaMetadata: { dataFormat, schemaId: '7' } });
const frame = (...parts: readonly Buffer[]) => Buffer.concat(parts);

/** How each codec's producer writes an order, what the service says of it, and what the codec cannot read. */
const CASES: readonly [name: string, codec: Codec<Order>, (id: string) => RecordInput, bad: Buffer][] = [
  ['json()', json() as Codec<Order>, (id) => ({ bytes: asJson(id) }), Buffer.from('{"id":')],
  [
    'json() of what a registry has deserialised',
    json() as Codec<Order>,
    (id) => ({ bytes: asJson(id), ...registry('AVRO') }),
    Buffer.from('{"id":'),
  ],
  ['avro()', avro<Order>({ schema: SCHEMA }), (id) => ({ bytes: asAvro(id) }), Buffer.from('ff', 'hex')],
  [
    'avro() over Confluent',
    avro<Order>({ schema: SCHEMA, wire: 'confluent' }),
    (id) => ({ bytes: frame(CONFLUENT, asAvro(id)) }),
    asAvro('a'),
  ],
  [
    'avro() over Confluent, schemas looked up',
    avro<Order>({ schema: SCHEMA, wire: 'confluent', writers: async (id) => (id === '7' ? SCHEMA : undefined) }),
    (id) => ({ bytes: frame(CONFLUENT, asAvro(id)) }),
    frame(Buffer.from('0000000008', 'hex'), asAvro('a')),
  ],
  [
    'avro() over Glue',
    avro<Order>({ schema: SCHEMA, wire: 'glue' }),
    (id) => ({ bytes: frame(GLUE, asAvro(id)) }),
    frame(GLUE, asAvro('a'), Buffer.from('x')),
  ],
  [
    'avro() after a registry, SOURCE',
    avro<Order>({ schema: SCHEMA, wire: 'confluent' }),
    (id) => ({ bytes: asAvro(id), ...registry('AVRO') }),
    Buffer.from('ff', 'hex'),
  ],
  [
    'avro() after a registry, JSON',
    avro<Order>({ schema: SCHEMA }),
    (id) => ({ bytes: asJson(id), ...registry('AVRO') }),
    Buffer.from('{"id":7}'),
  ],
  ['protobuf()', protobuf<Order>({ type: TYPE }), (id) => ({ bytes: asProtobuf(id) }), Buffer.from('ff', 'hex')],
  [
    'protobuf() over Confluent',
    protobuf<Order>({ type: TYPE, wire: 'confluent' }),
    (id) => ({ bytes: frame(CONFLUENT, Buffer.from([0]), asProtobuf(id)) }),
    frame(CONFLUENT, Buffer.from([2, 2]), asProtobuf('a')),
  ],
  [
    'protobuf() after a registry, SOURCE',
    protobuf<Order>({ type: TYPE }),
    (id) => ({ bytes: frame(Buffer.from([0]), asProtobuf(id)), ...registry('PROTOBUF') }),
    Buffer.from('ff', 'hex'),
  ],
  [
    'protobuf() after a registry, JSON',
    protobuf<Order>({ type: TYPE }),
    (id) => ({ bytes: asJson(id), ...registry('PROTOBUF') }),
    Buffer.from('{"id":7}'),
  ],
];

/** The codec, counting how often it is asked. */
function counted<T>(codec: Codec<T>): { readonly codec: Codec<T>; readonly times: () => number } {
  let times = 0;
  const decode: Codec<T>['decode'] = (bytes, about) => {
    times += 1;
    return codec.decode(bytes, about);
  };
  return { codec: { ...codec, decode }, times: () => times };
}

describe.each(CASES)('%s', (_, codec, record, bad) => {
  test.each(['ledger', 'identity'])('one value that cannot be read harms no neighbour (%s)', async (way) => {
    const w = world();
    const done: string[] = [];
    const watched = counted(codec);
    const handler = w.handler({
      value: watched.codec,
      order: 'none',
      ...(way === 'identity' && { identity: ({ value }: { readonly value: Order }) => value.id }),
      process: ({ value }) => void done.push(value.id),
    });
    const poisoned = { ...record('any'), bytes: bad };
    const batch = event({ 0: [record('a'), poisoned, record('b')], 1: [poisoned, record('c')] });

    const first = failures(await handler(batch, w.context()));
    const decoded = watched.times();
    const second = failures(await handler(batch, w.context()));

    expect(done.sort()).toEqual(['a', 'b', 'c']);
    expect([first, second]).toEqual([
      ['orders-0@1', 'orders-1@0'],
      ['orders-0@1', 'orders-1@0'],
    ]);
    expect(decoded).toBe(5);
    // By its offset a record is known to be done without a look at its value.
    if (way === 'ledger') expect(watched.times()).toBe(5 + 2);
    expect(JSON.stringify(w.logged)).toMatch(/MSK_ONCE_VALUE_UNDECODABLE/);
  });
});

test('a schema registry that is down leaves every record open and counts as no bad value', async () => {
  const w = world();
  const done: string[] = [];
  let isDown = true;
  const writers = async () => {
    if (isDown) throw new Error('503');
    return SCHEMA;
  };
  const value = avro<Order>({ schema: SCHEMA, wire: 'confluent', writers });
  const handler = w.handler({ value, process: (order) => void done.push(order.value.id) });
  const batch = event({ 0: ['a', 'b'].map((id) => ({ bytes: frame(CONFLUENT, asAvro(id)) })) });

  const open = failures(await handler(batch, w.context()));
  isDown = false;
  const then = failures(await handler(batch, w.context()));

  expect([open, then]).toEqual([['orders-0@0', 'orders-0@1'], []]);
  expect(done).toEqual(['a', 'b']);
  expect(JSON.stringify(w.logged)).toContain(ERROR_CODES.schemaUnavailable);
  expect(JSON.stringify(w.logged)).not.toContain(ERROR_CODES.valueUndecodable);
});

test('a tombstone asks no codec, whatever it is', async () => {
  const w = world();
  const { codec, times } = counted(text());
  const seen: unknown[] = [];
  const handler = w.handler({ value: codec, tombstones: 'process', process: ({ value }) => void seen.push(value) });

  const answer = await handler(event({ 0: [{}, { bytes: Buffer.alloc(0) }] }), w.context());

  expect(failures(answer)).toEqual([]);
  expect(seen).toEqual([null, '']);
  expect(times()).toBe(1);
});
