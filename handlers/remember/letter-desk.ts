import { ERROR_CODES } from '../../contract/error-codes';
import type { LetterAnswer } from '../dead-letters/dead-letters';
import { letterOf } from '../dead-letters/letter';
import type { RecordState } from '../engine/record-state';
import { codeOf } from '../engine/runs';
import type { Scope } from '../engine/scope';
import type { Failed } from '../engine/tries';
import { deadLettersUnavailable, isOnceError, massErrors, type OnceError, reasonOf } from '../errors';
import { type Parked, parkedId } from '../parking/parked';
import { isUnknown } from '../store/unknown';

/** Letters of one kind of error in one invocation; from there on it is not the records that are wrong (protocol P4). */
const LETTERS_OF_A_KIND = 20;

const SHORTEST_REQUEST_MS = 900;
const LONGEST_REQUEST_MS = 10_000;

/** A record that goes to the dead letters. */
export interface Condemned {
  readonly error: unknown;
  /** The last run included. */
  readonly attempts: number;
  /** undefined: the last run was the first that failed. */
  readonly firstFailureMs: number | undefined;
}

/** Writes the letters of an invocation: durable before anything closes their records (protocol P5). */
export class LetterDesk<T> {
  readonly #scope: Scope<T>;
  readonly #kinds = new Map<string, number>();

  constructor(scope: Scope<T>) {
    this.#scope = scope;
  }

  /** Whether a record that failed so goes to the dead letters now (P1). Without dead letters it stays open for ever. */
  takes({ errorClass, counts }: Pick<Failed, 'errorClass' | 'counts'>, attempts: number): boolean {
    if (this.#scope.ports.deadLetters === undefined || !counts) return false;
    return errorClass === 'permanent' || attempts >= this.#scope.settings.maxAttempts;
  }

  /** Gives what is to be written beside the closing mark; undefined: the record stays open, and no attempt counts. */
  async write(state: RecordState<T>, { error, attempts, firstFailureMs }: Condemned): Promise<Parked | undefined> {
    const { ports, caller, patience } = this.#scope;
    const { deadLetters } = ports;
    if (deadLetters === undefined || this.#isMass(error, state.record.topic)) return undefined;
    // Where no answer comes before the end of the invocation, its line says why it is open all the same.
    state.error = error;
    const lastFailureMs = ports.clock.now();
    const { topic, partition, offset, delivered } = state.record;
    const parked: Parked = {
      id: parkedId(caller, topic, partition, offset),
      attempts,
      firstFailureMs: firstFailureMs ?? lastFailureMs,
      lastFailureMs,
    };
    const letter = letterOf({ ...parked, caller, record: delivered, error });
    const requestTimeoutMs = this.#requestTimeoutMs(lastFailureMs);
    const { answers } = patience.save([letter], (letters) => deadLetters.put(letters, { requestTimeoutMs }));
    const answer = (await answers[0]) as LetterAnswer;
    if (!isUnknown(answer)) return parked;
    const reason = outageOf(answer.error, state.name);
    // That concerns this record alone.
    if (reason.code === ERROR_CODES.letterTooLarge) ports.log.error(reason.message, { code: reason.code });
    else this.#scope.declareOutage(reason);
    return undefined;
  }

  /** A letter of megabytes takes its time: as much as the invocation has. */
  #requestTimeoutMs(nowMs: number): number {
    const leftMs = this.#scope.deadline.atMs - nowMs;
    return Math.min(LONGEST_REQUEST_MS, Math.max(SHORTEST_REQUEST_MS, leftMs));
  }

  #isMass(error: unknown, topic: string): boolean {
    const kind = codeOf(error);
    const letters = (this.#kinds.get(kind) ?? 0) + 1;
    if (letters > LETTERS_OF_A_KIND) {
      this.#scope.observer.noticed('massErrors', topic);
      this.#scope.declareOutage(massErrors({ kind, letters: LETTERS_OF_A_KIND }));
      return true;
    }
    this.#kinds.set(kind, letters);
    return false;
  }
}

/** A store that says itself what is wrong, and what to do, knows best. */
function outageOf(error: unknown, record: string): OnceError {
  if (isOnceError(error)) return error;
  return deadLettersUnavailable(
    { operation: `write the letter of ${record}`, reason: reasonOf(error) },
    { cause: error },
  );
}
