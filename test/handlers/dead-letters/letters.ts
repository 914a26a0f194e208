import fc from 'fast-check';
import type { KafkaEventRecord } from '../../../contract/event';
import type { Letter } from '../../../contract/letter';

export const RECORD: KafkaEventRecord = {
  topic: 'orders',
  partition: 2,
  offset: 4711,
  timestamp: 1_790_000_000_000,
  timestampType: 'CREATE_TIME',
  key: 'azE=',
  value: 'eyJhIjoxfQ==',
  headers: [{ trace: [97, 98, -61, -85] }, { trace: [] }],
  valueSchemaMetadata: { dataFormat: 'AVRO', schemaId: '7' },
};

/** Written by hand, as the format is documented. */
export function letter(changes: Partial<Letter> = {}): Letter {
  const record = changes.record ?? RECORD;
  return {
    mskOnce: 'letter/1',
    id: `parked#shop-orders#u-1#1#${record.topic}#${record.partition}#${record.offset}`,
    consumer: 'shop-orders',
    source: 'u-1',
    record,
    error: { name: 'Error', message: 'no such order' },
    attempts: 5,
    firstFailure: '2026-11-02T09:00:00.000Z',
    lastFailure: '2026-11-02T09:10:00.000Z',
    functionVersion: '12',
    ...changes,
  };
}

/** Letters of records at different offsets. */
export const lettersAt = (...offsets: readonly number[]): Letter[] =>
  offsets.map((offset) => letter({ record: { ...RECORD, offset } }));

/** A letter whose document has exactly so many bytes. */
export function letterOfBytes(bytes: number, offset = 1): Letter {
  const sized = (value: string) => letter({ record: { ...RECORD, offset, value } });
  const empty = Buffer.byteLength(JSON.stringify(sized('')));
  return sized('A'.repeat(bytes - empty));
}

const text = fc.string({ unit: 'binary' });
const bytes = fc.uint8Array({ maxLength: 40 }).map((value) => Buffer.from(value).toString('base64'));
const nullable = fc.option(bytes, { nil: null });
const header = fc.dictionary(text, fc.oneof(fc.array(fc.integer({ min: -128, max: 255 })), fc.constant(null)), {
  minKeys: 1,
  maxKeys: 2,
});
const time = fc
  .date({ min: new Date('1970-01-01T00:00:00Z'), max: new Date('2100-01-01T00:00:00Z'), noInvalidDate: true })
  .map((date) => date.toISOString());

export const anyRecord: fc.Arbitrary<KafkaEventRecord> = fc.record(
  {
    topic: fc.stringMatching(/^[A-Za-z0-9._-]{1,249}$/),
    partition: fc.nat(),
    offset: fc.maxSafeNat(),
    timestamp: fc.maxSafeInteger(),
    timestampType: fc.constantFrom('CREATE_TIME', 'LOG_APPEND_TIME'),
    key: nullable,
    value: nullable,
    headers: fc.array(header, { maxLength: 3 }),
    keySchemaMetadata: fc.record({ dataFormat: text, schemaId: text }),
    valueSchemaMetadata: fc.record({ dataFormat: text, schemaId: text }),
  },
  { requiredKeys: ['topic', 'partition', 'offset', 'timestamp', 'timestampType'] },
);

export const anyLetter: fc.Arbitrary<Letter> = fc.record(
  {
    mskOnce: fc.constant('letter/1' as const),
    id: text.filter((id) => id !== ''),
    consumer: text.filter((name) => name !== ''),
    source: text,
    record: anyRecord,
    error: fc.record({ code: text, name: text, message: text, stack: text }, { requiredKeys: ['name', 'message'] }),
    attempts: fc.nat(),
    firstFailure: time,
    lastFailure: time,
    functionVersion: text,
  },
  {
    requiredKeys: [
      'mskOnce',
      'id',
      'consumer',
      'record',
      'error',
      'attempts',
      'firstFailure',
      'lastFailure',
      'functionVersion',
    ],
  },
);
