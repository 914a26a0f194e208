import type { Claim } from '../claims/claim-store';
import { runsSingly } from '../claims/judge';
import type { Hold } from '../engine/batch-memory';
import type { RecordState } from '../engine/record-state';
import type { Scope } from '../engine/scope';
import type { ClaimWindow } from './claim-window';
import type { IdentityMarks } from './identity-marks';

/** Claims records that are to run in one call. None of them is waited for: that would be waiting with claims in hand (C6). */
export class IdentityHolds<T> {
  readonly #scope: Scope<T>;
  readonly #window: ClaimWindow<T>;
  readonly #marks: IdentityMarks<T>;
  /** Their claims have told that they run in calls of their own. */
  readonly #singles = new Set<RecordState<T>>();

  constructor(scope: Scope<T>, window: ClaimWindow<T>, marks: IdentityMarks<T>) {
    this.#scope = scope;
    this.#window = window;
    this.#marks = marks;
  }

  /** A twin waits for the one before it, and never shares a call with it (O3). */
  mayShare(state: RecordState<T>): boolean {
    const isFirst = state.previousTwin === undefined && !this.#singles.has(state);
    return isFirst && state.content?.kind === 'ready' && !state.isSettled;
  }

  /** Of an ordered lane, all up to the first that has to wait. */
  async hold(states: readonly RecordState<T>[]): Promise<Hold<T>[]> {
    const isOrdered = this.#scope.settings.order !== 'none';
    const answers = await Promise.all(states.map((state) => this.#window.claim(state)));
    const held: Hold<T>[] = [];
    const back: Claim[] = [];
    const single: Claim[] = [];
    let isOver = false;
    for (const [index, answer] of answers.entries()) {
      const state = states[index] as RecordState<T>;
      if (answer.kind === 'closed') {
        state.close(answer.outcome === 'parked' ? 'parked' : 'duplicate');
        continue;
      }
      if (answer.kind !== 'claimed') {
        isOver = isOrdered;
        continue;
      }
      const { claim, takeover } = answer;
      if (runsSingly(claim)) {
        isOver = isOrdered;
        this.#singles.add(state);
        const isNoted = claim.attempts === 0 && claim.lastError !== undefined;
        (isNoted ? single : back).push(claim);
      } else if (isOver) {
        back.push(claim);
      } else {
        if (takeover) this.#scope.observer.noticed('takeovers', state.record.topic);
        held.push(this.#marks.hold(state, claim));
      }
    }
    await Promise.all([this.#marks.release(back), this.#marks.release(single, true)]);
    return held;
  }
}
