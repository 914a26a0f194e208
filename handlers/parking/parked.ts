import type { Mapping } from '../../contract/environment';
import { PARKED_PREFIX } from '../../contract/idempotency-table';

/** A record that can not work, or not yet, as it is remembered beside the mark that closes it (protocol P5). */
export interface Parked {
  /** Of the letter and of the parked item, by {@link parkedId}. */
  readonly id: string;
  /** Runs that ended without success. */
  readonly attempts: number;
  /** Milliseconds since the epoch. */
  readonly firstFailureMs: number;
  /** Milliseconds since the epoch. */
  readonly lastFailureMs: number;
}

/** Key of a record's parked item. A mapping without a source has an empty one: its consumer tells clusters apart. */
export function parkedId(
  { consumer, source = '', generation }: Mapping,
  topic: string,
  partition: number,
  offset: number,
): string {
  return `${PARKED_PREFIX}${consumer}#${source}#${generation}#${topic}#${partition}#${offset}`;
}
