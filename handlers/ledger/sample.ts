import { createHash } from 'node:crypto';
import type { RawRecord } from '../record/parse-event';
import type { Sample } from './ledger-state';

export type Sampled = Pick<RawRecord, 'offset' | 'timestamp' | 'key' | 'value'>;

/** Bytes of a digest that are kept. */
export const DIGEST_BYTES = 8;

/** What is remembered of a record, so that another one at its offset is noticed (protocol L7). */
function sampleOf(record: Sampled): Sample {
  return { offset: BigInt(record.offset), timestamp: record.timestamp, digest: digestOfRecord(record) };
}

/** The first 8 bytes of SHA-256 over key and value, in hex. Absent, empty, and a shift between both all differ. */
export function digestOfRecord({ key, value }: Pick<Sampled, 'key' | 'value'>): string {
  const hash = createHash('sha256').update(`${key?.length ?? 'none'},${value?.length ?? 'none'},`);
  if (key) hash.update(key);
  if (value) hash.update(value);
  return hash.digest('hex').slice(0, 2 * DIGEST_BYTES);
}

/** First and last of the first array ever. */
const PINNED = 2;
/** First and last of the last 8 arrays. */
const LATEST = 16;

/**
 * The samples with those of one more array. Each offset is there once. What an offset that is closed already was stays
 * known: only an open one may turn out to be another record.
 */
export function withSamples(
  samples: readonly Sample[],
  array: readonly Sampled[],
  isClosed: (offset: number) => boolean,
) {
  let all = samples;
  for (const record of array.length > 1 ? [array[0], array.at(-1)] : array) {
    if (record) all = withSample(all, record, isClosed);
  }
  return all.length <= PINNED + LATEST ? all : [...all.slice(0, PINNED), ...all.slice(-LATEST)];
}

function withSample(samples: readonly Sample[], record: Sampled, isClosed: (offset: number) => boolean): Sample[] {
  const offset = BigInt(record.offset);
  const index = samples.findIndex((sample) => sample.offset === offset);
  const known = samples[index];
  const sample = known && isClosed(record.offset) ? known : sampleOf(record);
  if (index < 0) return [...samples, sample];
  if (index < PINNED) return samples.with(index, sample);
  return [...samples.filter((_, other) => other !== index), sample];
}
