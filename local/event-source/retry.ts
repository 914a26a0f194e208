import type { TopicRecord } from '../broker/broker';
import type { Choices } from './choices';
import type { Verdict } from './response';

/**
 * What returns after a partial response. The documentation says "only" the listed records; the commit of one offset per
 * partition suggests everything from the lowest listed one. A handler must bear both.
 */
export type PartialReading = Choices['partial-response'];

export const PARTIAL_READINGS: readonly PartialReading[] = ['listed', 'checkpoint'];

/** The records of a batch that are delivered again. */
export function toRetry(
  batch: readonly TopicRecord[],
  verdict: Verdict,
  reading: PartialReading,
): readonly TopicRecord[] {
  if (verdict.kind === 'success') return [];
  if (verdict.kind === 'failed') return batch;
  const lowest = new Map([...verdict.failed].map(([partition, offsets]) => [partition, lowestOf(offsets)]));
  return batch.filter(({ partition, offset }) => {
    if (reading === 'listed') return verdict.failed.get(partition)?.has(offset) ?? false;
    const from = lowest.get(partition);
    return from !== undefined && offset >= from;
  });
}

/** The pause before the n-th retry; the service's figures are unknown. */
export function retryPauseMs(retries: number, fraction: number, baseMs: number, capMs: number): number {
  const limit = Math.min(capMs, baseMs * 2 ** (retries - 1));
  return limit / 2 + (fraction * limit) / 2;
}

function lowestOf(offsets: ReadonlySet<number>): number {
  let lowest = Number.POSITIVE_INFINITY;
  for (const offset of offsets) lowest = Math.min(lowest, offset);
  return lowest;
}
