import { ERROR_CODES } from '../../contract/error-codes';
import type { Claim, WriteAnswer } from '../claims/claim-store';
import type { Step } from '../engine/lane';
import type { RecordState } from '../engine/record-state';
import type { Scope } from '../engine/scope';
import { isUnknown } from '../store/unknown';
import type { ClaimWindow } from './claim-window';
import type { IdentityMarks } from './identity-marks';

/** Between two looks at whether anything else runs. */
const IDLE_MS = 10;

/** A claim with at least half of its lease left, if there is time to start (C4). */
export type Renewed = { readonly kind: 'claimed'; readonly claim: Claim } | Exclude<WriteAnswer, { kind: 'written' }>;

export interface LoneRecordsOptions<T> {
  readonly marks: IdentityMarks<T>;
  readonly window: ClaimWindow<T>;
  readonly halfLease: (claim: Claim) => Promise<Renewed>;
}

/** Whether an invocation has ended with the record: its process died of it, or had to be ended. */
export function hasEndedInvocation({ lastError }: Pick<Claim, 'lastError'>): boolean {
  return lastError === ERROR_CODES.processDied || lastError === ERROR_CODES.unsettled;
}

/** Runs claimed records that processes may have died of: one at a time in this process, each start written first (P3). */
export class LoneRecords<T> {
  readonly #scope: Scope<T>;
  readonly #options: LoneRecordsOptions<T>;

  constructor(scope: Scope<T>, options: LoneRecordsOptions<T>) {
    this.#scope = scope;
    this.#options = options;
  }

  /** `lost`: the claim is another's, and has to be asked for again. */
  async run(state: RecordState<T>, claim: Claim): Promise<Step | 'lost'> {
    const { solo, slots } = this.#scope;
    if (hasEndedInvocation(claim)) await this.#untilIdle();
    await solo.acquire();
    try {
      if (await slots.acquire(true)) return await this.#inSlot(state, claim);
      return this.#giveBack(state, claim, this.#scope.tooLate());
    } finally {
      solo.release();
    }
  }

  /** What invocations have ended with goes last: everything else of the batch has made its progress then. */
  async #untilIdle(): Promise<void> {
    const { ports, slots, solo, stopped } = this.#scope;
    do await ports.sleep(IDLE_MS, stopped);
    while (!stopped.aborted && (slots.isBusy || solo.isBusy));
  }

  async #inSlot(state: RecordState<T>, claim: Claim): Promise<Step | 'lost'> {
    const { marks, window } = this.#options;
    const { ports, slots } = this.#scope;
    slots.reserve();
    try {
      // What has ended in this turn is handed in behind the slot that it gave back.
      await ports.sleep(0);
      // Nobody else's effect is to happen again, and nobody else's claim to be left behind, when this process dies.
      await Promise.all([marks.drained(), window.hold()]);
      const started = await this.#start(state, claim);
      // Or the next one that runs could let this one be blamed for its own death.
      await marks.drained();
      return started;
    } finally {
      window.goOn();
      slots.unreserve();
    }
  }

  async #start(state: RecordState<T>, claim: Claim): Promise<Step | 'lost'> {
    const { slots, patience, ports } = this.#scope;
    const { marks, halfLease } = this.#options;
    let held = await halfLease(claim);
    if (held.kind === 'claimed' && this.#scope.mayStart) {
      const { answers } = patience.save([held], (members) => ports.store.claims.suspect(members));
      const answer = (await answers[0]) as WriteAnswer;
      // To write it may have taken longer than half a lease.
      held = answer.kind === 'written' ? await halfLease(held.claim) : answer;
      if (held.kind === 'claimed' && this.#scope.mayStart) return marks.run(state, held.claim, true);
    }
    slots.release();
    if (held.kind === 'lost') return 'lost';
    if (isUnknown(held)) return this.#giveBack(state, claim, this.#scope.unanswered('claim', held));
    return this.#giveBack(state, held.claim, this.#scope.tooLate());
  }

  #giveBack(state: RecordState<T>, claim: Claim, error: unknown): Step {
    this.#options.marks.giveBack(claim);
    state.leaveOpen(error);
    return 'stop';
  }
}
