import { isThenable } from '../core/thenable';
import { batchResultInvalid, describeKind, processRejected } from '../errors';
import type { BatchResult, ProcessBatch, ProcessedRecord } from '../options';

/** What tells a record of a call from the others. */
type Place = Pick<ProcessedRecord<unknown, unknown>, 'topic' | 'partition' | 'offset'>;

/**
 * Which records of a call failed, and with what, by their index in the call. A record is known by its place, so that a
 * copy of it will do. Throws batchResultInvalid: whatever cannot be read must not count as done.
 */
export function failuresIn(result: unknown, records: readonly Place[]): ReadonlyMap<number, unknown> {
  const failures = new Map<number, unknown>();
  if (result === undefined) return failures;
  const failed: unknown = isObject(result) ? result.failed : undefined;
  if (!Array.isArray(failed)) throw batchResultInvalid({ received: `${describeKind(result)} without a list failed` });
  const indices = new Map(records.map((record, index) => [placeOf(record), index]));
  for (const [at, entry] of (failed as readonly unknown[]).entries()) {
    const record = isObject(entry) ? entry.record : undefined;
    const index = isObject(record) ? indices.get(placeOf(record)) : undefined;
    if (index === undefined) throw batchResultInvalid({ received: `failed[${at}] without a record of the call` });
    if (failures.has(index))
      throw batchResultInvalid({ received: `failed[${at}] with a record that is listed before` });
    const { error } = entry as { readonly error?: unknown };
    failures.set(index, error ?? processRejected({ received: error as undefined | null }));
  }
  return failures;
}

/** Runs a record in a call of its own, as `process` would: what the call says of it is its end. */
export function singly<T>(processBatch: ProcessBatch<T, unknown>): (record: ProcessedRecord<T, unknown>) => unknown {
  return (record) => {
    const records = [record];
    const ended = (result: unknown) => {
      for (const error of failuresIn(result, records).values()) throw error;
    };
    const batch = {
      get signal() {
        return record.signal;
      },
    };
    const result: BatchResult | PromiseLike<BatchResult> = processBatch([record], batch);
    return isThenable(result) ? Promise.resolve(result).then(ended) : ended(result);
  };
}

function placeOf({ topic, partition, offset }: Partial<Place>): string {
  return `${topic}-${partition}@${offset}`;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
