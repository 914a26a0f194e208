import type { RawRecord } from '../record/parse-event';
import type { LedgerState } from './ledger-state';
import { RunWalk } from './offset-runs';

/** For each record of an array, in ascending order of offsets: whether a durable mark closes it (protocol L6). */
export function closedIn({ runs }: Pick<LedgerState, 'runs'>, array: readonly Pick<RawRecord, 'offset'>[]): boolean[] {
  const walk = new RunWalk(runs);
  return array.map(({ offset }) => walk.holds(offset));
}
