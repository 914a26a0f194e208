import type { Step } from '../engine/lane';
import type { RecordState } from '../engine/record-state';
import type { Scope } from '../engine/scope';
import { parkedId } from '../parking/parked';
import type { ParkedAnswer } from '../parking/parking-store';
import { isUnknown } from '../store/unknown';
import type { LetterDesk } from './letter-desk';

/**
 * Records that no claim can be taken for: undecodable, without an identity, or in conflict with another one's. They
 * never touch an identity record: their parked item closes them, and is looked up before a letter is written (P5).
 */
export class UnclaimedRecords<T> {
  readonly #scope: Scope<T>;
  readonly #desk: LetterDesk<T>;

  constructor(scope: Scope<T>, desk: LetterDesk<T>) {
    this.#scope = scope;
    this.#desk = desk;
  }

  /** Closes those of an event that were parked before, in as few requests as there are. */
  async lookUp(states: readonly RecordState<T>[]): Promise<void> {
    await this.#closeParked(states.filter(({ content }) => content?.kind === 'failed'));
  }

  /** The lane goes on once the parked item is durable. */
  async failed(state: RecordState<T>, error: unknown): Promise<Step> {
    const { ports, patience, tries } = this.#scope;
    const failed = { errorClass: tries.classOf(error, state), counts: true };
    // Nothing remembers attempts of a record without an identity.
    if (!this.#desk.takes(failed, 0)) {
      if (failed.errorClass === 'outage') this.#scope.outageOf(state, error);
      return leaveOpen(state, error);
    }
    if (state.isConflict && (await this.#closeParked([state]))) return 'next';
    const parked = await this.#desk.write(state, { error, attempts: 1, firstFailureMs: undefined });
    if (parked === undefined) return leaveOpen(state, error);
    const { answers } = patience.save([parked], (members) => ports.store.parking.park(members));
    const [answer] = await Promise.all(answers);
    if (answer?.kind !== 'written') {
      if (answer && isUnknown(answer)) this.#scope.unanswered('park', answer);
      return leaveOpen(state, error);
    }
    state.error = error;
    state.close('parked');
    return 'next';
  }

  /** Whether the first of them was closed. */
  async #closeParked(states: readonly RecordState<T>[]): Promise<boolean> {
    const { ports, patience, caller, stopped } = this.#scope;
    if (states.length === 0 || ports.deadLetters === undefined) return false;
    const ids = states.map(({ record }) => parkedId(caller, record.topic, record.partition, record.offset));
    const { answers } = patience.start<string, ParkedAnswer>(ids, (some) => ports.store.parking.lookUp(some), stopped);
    const found = await Promise.all(answers);
    found.forEach((answer, index) => {
      const state = states[index] as RecordState<T>;
      if (answer.kind === 'done') state.close('duplicate');
      else if (answer.kind === 'parked' || answer.kind === 'redriving') state.close('parked');
      else if (isUnknown(answer)) this.#scope.unanswered('look up', answer);
    });
    return states[0]?.isSettled === true;
  }
}

function leaveOpen<T>(state: RecordState<T>, error: unknown): Step {
  state.leaveOpen(error);
  return 'stop';
}
