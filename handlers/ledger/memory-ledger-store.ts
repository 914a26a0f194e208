import type { StoredParked } from '../parking/judge-parked';
import { parkInMemory } from '../parking/park-in-memory';
import { unparkable } from '../parking/parkable';
import type { Clock } from '../ports';
import { CLAIMANTS_KEPT, claimantOf } from './claimant';
import { judgeLedgerClaim, judgeLedgerMark, type StoredLedger } from './judge-ledger';
import { isWritten, markAttributes } from './ledger-item';
import { EMPTY_LEDGER, type LedgerState, type OffsetRun } from './ledger-state';
import type { LedgerClaimAnswer, LedgerClaimRequest, LedgerMark, LedgerMarkAnswer, LedgerStore } from './ledger-store';
import { union } from './offset-runs';

/** A partition's item in memory: the state of the last mark, and the arrays that claims have noted since. */
export interface MemoryLedger extends StoredLedger {
  readonly noted: readonly OffsetRun[];
}

export interface MemoryLedgerStoreOptions {
  readonly clock: Clock;
  readonly clockSkewMs: number;
  /** From key to item; shared with a transaction store, which writes the same marks. */
  readonly items?: Map<string, MemoryLedger>;
  /** The parked items; shared with the stores of claims and of parked records. */
  readonly parked?: Map<string, StoredParked>;
}

/** The laws of {@link LedgerStore} in this process's memory: for unit tests. */
export class MemoryLedgerStore implements LedgerStore {
  readonly items: Map<string, MemoryLedger>;
  readonly parked: Map<string, StoredParked>;
  readonly #options: MemoryLedgerStoreOptions;

  constructor(options: MemoryLedgerStoreOptions) {
    this.#options = options;
    this.items = options.items ?? new Map();
    this.parked = options.parked ?? new Map();
  }

  async claim(batch: readonly LedgerClaimRequest[]): Promise<LedgerClaimAnswer[]> {
    return batch.map((request) => this.#claim(request));
  }

  async mark(batch: readonly LedgerMark[]): Promise<LedgerMarkAnswer[]> {
    return batch.map((mark) => markInMemory(this, mark));
  }

  #claim(request: LedgerClaimRequest): LedgerClaimAnswer {
    const { clock, clockSkewMs } = this.#options;
    const stored = this.items.get(request.id);
    if (stored) {
      const read = { ...stored, state: stateOf(stored, request) };
      const verdict = judgeLedgerClaim(read, request, clock.now(), clockSkewMs);
      if (verdict.kind !== 'takeover') return verdict;
    }
    const { token: owner, leaseUntilMs, first, last } = request;
    const before = stored?.state ?? EMPTY_LEDGER;
    const claimants = [...before.claimants, claimantOf(owner)].slice(-CLAIMANTS_KEPT);
    const state = { ...before, unclean: before.unclean + 1, claimants };
    const seq = (stored?.seq ?? 0) + 1;
    const claimed = { owner, leaseUntilMs, seq, state, noted: [...(stored?.noted ?? []), { first, last }] };
    this.items.set(request.id, claimed);
    return { kind: 'claimed', claim: { state: stateOf(claimed, request), seq, leaseUntilMs } };
  }
}

/** The items of a table in memory that a mark is about. */
export interface MemoryLedgers {
  readonly items: Map<string, MemoryLedger>;
  readonly parked: Map<string, StoredParked>;
}

/** As a late copy of a mark does, and one that is in time (protocol L2). */
function markInMemory(ledgers: MemoryLedgers, mark: LedgerMark): LedgerMarkAnswer {
  const unfit = unparkable(mark.parked ?? []);
  if (unfit) return unfit;
  const answer = judgeInMemory(ledgers, mark);
  if (answer !== 'writable') return answer;
  writeInMemory(ledgers, mark);
  return { kind: 'written' };
}

/** Nothing in it waits, so nobody sees the mark without its parked items (P5). */
export function writeInMemory({ items, parked }: MemoryLedgers, mark: LedgerMark): void {
  items.set(mark.id, markedInMemory(mark));
  parkInMemory(parked, mark.parked ?? []);
}

/** What a mark finds, before it writes. */
export function judgeInMemory({ items, parked }: MemoryLedgers, mark: LedgerMark): 'writable' | LedgerMarkAnswer {
  const stored = items.get(mark.id);
  if (stored?.owner === mark.token && stored.seq === mark.seq) return 'writable';
  if (stored === undefined) return { kind: 'lost' };
  const state = stateOf(stored);
  const answer = judgeLedgerMark({ ...stored, state }, mark, isSame(stored, mark));
  const isWhole = (mark.parked ?? []).every(({ id }) => parked.has(id));
  return answer.kind === 'written' && !isWhole ? { kind: 'overtaken', seq: stored.seq, state } : answer;
}

export function markedInMemory({ token: owner, seq, state, leaseUntilMs }: LedgerMark): MemoryLedger {
  const released = leaseUntilMs === undefined ? { ...state, unclean: 0, suspect: undefined } : state;
  return { owner, leaseUntilMs: leaseUntilMs ?? 0, seq: seq + 1, state: released, noted: [] };
}

/** With the arrays that claims have noted, but for the claim's own. */
export function stateOf({ state, noted }: MemoryLedger, own?: OffsetRun): LedgerState {
  const latest = noted.at(-1);
  const others = own && latest?.first === own.first && latest.last === own.last ? noted.slice(0, -1) : noted;
  if (others.length === 0) return state;
  const sorted = [...others].sort((a, b) => (a.first < b.first ? -1 : a.first > b.first ? 1 : 0));
  return { ...state, delivered: union(state.delivered, sorted) };
}

/** Compared as they would be stored. */
function isSame({ leaseUntilMs, seq, state }: MemoryLedger, mark: LedgerMark): boolean {
  const stands = { ...mark, seq: seq - 1, state, leaseUntilMs: leaseUntilMs === 0 ? undefined : leaseUntilMs };
  return isWritten(markAttributes(stands).sets, markAttributes(mark));
}
