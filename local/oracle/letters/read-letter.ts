import type { KafkaEventRecord } from '../../../contract/event';
import { LETTER_FORMAT, type Letter } from '../../../contract/letter';

/** A record as it lies on the topic. */
export interface RecordOnTopic {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly timestamp: number;
  readonly timestampType: string;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: readonly (readonly [name: string, value: Buffer | null])[];
}

/** undefined: the text is no letter. */
export function letterIn(text: string): Letter | undefined {
  try {
    const letter = JSON.parse(text) as Letter;
    const { mskOnce, id, record } = letter;
    return mskOnce === LETTER_FORMAT && typeof id === 'string' && Number.isInteger(record.offset) ? letter : undefined;
  } catch {
    return undefined;
  }
}

/** In what the record of a letter differs from the one on the topic; undefined: it is whole, byte for byte. */
export function difference(letter: KafkaEventRecord, record: RecordOnTopic): string | undefined {
  const { topic, partition, offset, timestamp, timestampType } = record;
  const members: Readonly<Record<string, unknown>> = {
    topic,
    partition,
    offset,
    timestamp,
    timestampType,
    ...(record.key !== null && { key: record.key.toString('base64') }),
    ...(record.value !== null && { value: record.value.toString('base64') }),
    headers: record.headers.map(([name, value]) => ({ [name]: value === null ? [] : signed(value) })),
  };
  const found = letter as unknown as Readonly<Record<string, unknown>>;
  const names = [...new Set([...Object.keys(members), ...Object.keys(found)])];
  return names.find((name) => JSON.stringify(found[name] ?? null) !== JSON.stringify(members[name] ?? null));
}

const signed = (bytes: Buffer) => [...new Int8Array(bytes)];
