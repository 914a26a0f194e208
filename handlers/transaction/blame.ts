import {
  claimBusy,
  conditionFailed,
  conditionFailedForGood,
  identityConflict,
  type OnceError,
  reasonOf,
  writeRefused,
} from '../errors';
import type { LedgerState } from '../ledger/ledger-state';
import type { Unknown } from '../store/unknown';
import type { Waiting } from './group';
import { nameOf, type PreparedWrite } from './prepared-write';
import type { MemberRefusal, TransactionAnswer } from './transaction-store';

/** What becomes of a record that kept its group from being committed. */
export type Verdict =
  /**
   * Closed by the next mark, without its writes: `done`, the fact stands already as its write declares; `duplicate` and
   * `parked`, its identity is closed.
   */
  | { readonly kind: 'close'; readonly outcome: 'done' | 'duplicate' | 'parked' }
  /** Permanent or transient, as the error's class says. */
  | { readonly kind: 'fail'; readonly error: OnceError }
  /** No attempt is counted (C6). Worth a new request once the lease has run out. */
  | { readonly kind: 'busy'; readonly leaseUntilMs: number; readonly error: OnceError };

export interface Settled<Each> {
  readonly record: Each;
  readonly verdict: Verdict;
}

/** What follows from the answer to a group. */
export type Blame<Each> =
  | { readonly kind: 'committed' }
  /** Nothing of it stands. */
  | {
      readonly kind: 'refused';
      readonly settled: readonly Settled<Each>[];
      /** Nothing against them: they go into the next request, together with the marks of what is closed. */
      readonly stay: readonly Each[];
      /** Behind a record of their lane that is not closed: they wait for what becomes of it (O1). */
      readonly held: readonly Each[];
    }
  /** Nothing of it stands. Each half is a request of its own, one after the other. */
  | { readonly kind: 'split'; readonly halves: readonly [readonly Each[], readonly Each[]] }
  /** The same request again, with the same token. */
  | { readonly kind: 'again'; readonly unknown: Unknown }
  | { readonly kind: 'overtaken'; readonly seq: number; readonly state: LedgerState }
  | { readonly kind: 'lost' };

/** Decides what an answer means for the records of its group (T4). `laneOf` gives equal values for one lane. */
export function blame<Each extends Waiting>(
  group: readonly Each[],
  answer: TransactionAnswer,
  laneOf: (record: Each) => unknown,
): Blame<Each> {
  switch (answer.kind) {
    case 'refused':
      return refused(group, (_, index) => verdictOf(group[index] as Each, answer.refusals[index]), laneOf);
    case 'invalid': {
      if (group.length === 1) return refused(group, (record) => wholeRefused(record, answer.error), laneOf);
      const middle = Math.ceil(group.length / 2);
      return { kind: 'split', halves: [group.slice(0, middle), group.slice(middle)] };
    }
    case 'unknown':
      return { kind: 'again', unknown: answer };
    default:
      return answer;
  }
}

function refused<Each>(
  group: readonly Each[],
  judge: (record: Each, index: number) => Verdict | undefined,
  laneOf: (record: Each) => unknown,
): Blame<Each> {
  const settled: Settled<Each>[] = [];
  const stay: Each[] = [];
  const held: Each[] = [];
  const stopped = new Set<unknown>();
  for (const [index, record] of group.entries()) {
    const lane = laneOf(record);
    const verdict = judge(record, index);
    if (stopped.has(lane)) held.push(record);
    else if (verdict === undefined) stay.push(record);
    else {
      settled.push({ record, verdict });
      if (verdict.kind !== 'close') stopped.add(lane);
    }
  }
  return { kind: 'refused', settled, stay, held };
}

function verdictOf({ writes, identityId }: Waiting, refusal: MemberRefusal | undefined): Verdict | undefined {
  const id = identityId ?? '';
  switch (refusal?.kind) {
    case undefined:
      return undefined;
    case 'closed':
      return { kind: 'close', outcome: refusal.outcome === 'done' ? 'duplicate' : 'parked' };
    case 'conflict':
      return { kind: 'fail', error: identityConflict({ id }) };
    case 'busy': {
      const { leaseUntilMs } = refusal;
      return { kind: 'busy', leaseUntilMs, error: claimBusy({ id, leaseUntilMs }) };
    }
    case 'condition': {
      const write = writes[refusal.write] as PreparedWrite;
      if (write.onConditionFailed === 'done') return { kind: 'close', outcome: 'done' };
      const error = write.onConditionFailed === 'permanent' ? conditionFailedForGood : conditionFailed;
      return { kind: 'fail', error: error({ write: nameOf(write, refusal.write) }) };
    }
    case 'invalid': {
      const name = nameOf(writes[refusal.write] as PreparedWrite, refusal.write);
      const cause = refusal.error;
      return { kind: 'fail', error: writeRefused({ write: name, reason: reasonOf(cause) }, { cause }) };
    }
  }
}

/** The service says what is wrong, and not with which write. */
function wholeRefused({ writes }: Waiting, cause: unknown): Verdict {
  const write = writes.length === 1 ? nameOf(writes[0] as PreparedWrite, 0) : `one of the ${writes.length} writes`;
  return { kind: 'fail', error: writeRefused({ write, reason: reasonOf(cause) }, { cause }) };
}
