/**
 * Claims about the types of codecs, checked by `npm run typecheck`: this file is compiled and never run. A line behind
 * `@ts-expect-error` must not compile.
 */
import type * as arktype from 'arktype' with { 'resolution-mode': 'import' };
import { Type } from 'avsc';
import protobufjs from 'protobufjs';
import * as v from 'valibot';
import * as z from 'zod';
import {
  bytes,
  type Codec,
  type DecodedRecord,
  json,
  type ProcessedRecord,
  type ProcessRecordsOptions,
  processRecords,
  text,
} from '../../handlers';
import { avro } from '../../handlers/avro';
import { protobuf } from '../../handlers/protobuf';

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
/** Compiles only where both types are the same. */
function same<A, B>(_: Equal<A, B>): void {}
const outputOf = <T>(_: Codec<T>): T => undefined as T;

interface Order {
  id: string;
  at: Date;
}

same<ReturnType<typeof text>, Codec<string>>(true);
same<ReturnType<typeof bytes>, Codec<Buffer>>(true);

// The output of a schema is the type of the value, whatever its vendor, and whether it validates now or later.
const date = (given: string) => new Date(given);
const zodNow = outputOf(json(z.object({ id: z.string(), at: z.string().transform(date) })));
same<typeof zodNow, Order>(true);
const zodLater = outputOf(
  json(z.object({ id: z.string().refine(async () => true), at: z.string().transform(async (given) => date(given)) })),
);
same<typeof zodLater, Order>(true);
const valibotNow = outputOf(json(v.object({ id: v.string(), at: v.pipe(v.string(), v.transform(date)) })));
same<typeof valibotNow, Order>(true);
const valibotLater = outputOf(
  json(
    v.objectAsync({
      id: v.pipeAsync(
        v.string(),
        v.checkAsync(async () => true),
      ),
      at: v.pipe(v.string(), v.transform(date)),
    }),
  ),
);
same<typeof valibotLater, Order>(true);
declare const type: typeof arktype.type;
const arktypeNow = outputOf(json(type({ id: 'string', at: 'string.date.iso.parse' })));
same<typeof arktypeNow, Order>(true);

// Of Avro and Protobuf the user says it, or a validator does.
const schema = { type: 'record', name: 'Order', fields: [{ name: 'id', type: 'string' }] };
same<ReturnType<typeof outputOf<unknown>>, unknown>(true);
const avroUnknown = outputOf(avro({ schema }));
same<typeof avroUnknown, unknown>(true);
const avroSaid = outputOf(avro<Order>({ schema, wire: 'confluent', longs: 'bigint' }));
same<typeof avroSaid, Order>(true);
const avroValidated = outputOf(avro({ schema, validate: z.object({ id: z.string() }) }));
same<typeof avroValidated, { id: string }>(true);
avro({ schema: '"string"', writers: () => schema });
avro({ schema: Type.forSchema('string'), writers: async (id) => (id === '1' ? JSON.stringify(schema) : undefined) });
// @ts-expect-error: no such wire format
avro({ schema, wire: 'avro' });
// @ts-expect-error: the schema is missing
avro({ wire: 'glue' });
// @ts-expect-error: the id of a schema is a string
avro({ schema, writers: (id: number) => id });

const order = protobufjs.parse('').root.lookupType('Order');
const protobufUnknown = outputOf(protobuf({ type: order }));
same<typeof protobufUnknown, unknown>(true);
const protobufSaid = outputOf(protobuf<Order>({ type: order, message: [1, 0] }));
same<typeof protobufSaid, Order>(true);
const protobufValidated = outputOf(protobuf({ type: order, validate: v.object({ id: v.string() }) }));
same<typeof protobufValidated, { id: string }>(true);
// @ts-expect-error: a name is no type
protobuf({ type: 'shop.Order' });
// @ts-expect-error: Avro's option
protobuf({ type: order, schema });

// A tombstone is null beside the value, of every codec, and only where tombstones are processed.
processRecords({
  value: avro<Order>({ schema }),
  tombstones: 'process',
  process: ({ value }) => same<typeof value, Order | null>(true),
});
processRecords({
  value: text(),
  tombstones: 'process',
  identity: ({ value }) => {
    same<typeof value, string | null>(true);
    return value ?? 'none';
  },
  process: ({ value }) => same<typeof value, string | null>(true),
});
processRecords({
  value: bytes(),
  tombstones: 'skip',
  process: ({ value }) => same<typeof value, Buffer>(true),
});
processRecords({ value: protobuf<Order>({ type: order }), process: ({ value }) => same<typeof value, Order>(true) });

// A key is what its codec puts out, in every function, and may be missing; without one it is its bytes.
processRecords({
  value: text(),
  key: json(z.object({ customer: z.string() })),
  identity: ({ key }) => {
    same<typeof key, { customer: string } | undefined>(true);
    // @ts-expect-error: it may be missing
    key.customer;
    return key?.customer ?? 'none';
  },
  payload: ({ key }) => same<typeof key, { customer: string } | undefined>(true),
  process: ({ key, value }) => {
    same<typeof key, { customer: string } | undefined>(true);
    same<typeof value, string>(true);
  },
});
processRecords({
  value: text(),
  key: text(),
  tombstones: 'process',
  transaction: true,
  process: ({ key, value }) => {
    same<typeof key, string | undefined>(true);
    same<typeof value, string | null>(true);
    return undefined;
  },
});
processRecords({ value: text(), process: ({ key }) => same<typeof key, Buffer | undefined>(true) });
export const keyed = {
  value: text(),
  key: text(),
  process: ({ key }) => same<typeof key, string | undefined>(true),
} satisfies ProcessRecordsOptions<string, undefined, string>;
processRecords(keyed);
same<DecodedRecord<string>['key'], Buffer | undefined>(true);
same<ProcessedRecord<string, string>['key'], string | undefined>(true);
// @ts-expect-error: a schema is no codec
processRecords({ value: text(), key: z.string(), process: () => undefined });

// A codec of one's own may look at what a schema registry says, or not.
const own: Codec<string> = { name: 'own', decode: (given, about) => `${about?.schema?.schemaId} ${given.length}` };
processRecords({ value: own, process: ({ value }) => same<typeof value, string>(true) });
