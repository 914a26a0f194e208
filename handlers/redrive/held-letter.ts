import type { Claim } from '../claims/claim-store';
import type { RecordState } from '../engine/record-state';
import type { Run } from '../engine/run';
import type { RedriveClaim } from '../parking/parking-store';

/** A record whose parked item is ours, from its claim to its end. */
export class HeldLetter<T> {
  /** Of its identity, where that was nobody's. */
  identity: Claim | undefined;
  /** Key of the identity that is parked with it, and turns to done with it. */
  turns: string | undefined;
  /** User code was called, and has ended. */
  hasRun = false;
  #lost: Error | undefined;
  #current: Run<T> | undefined;
  readonly #ends: (() => void)[] = [];

  constructor(
    readonly state: RecordState<T>,
    readonly claim: RedriveClaim,
  ) {}

  /** Why it is not ours any more, if so. */
  get lost(): Error | undefined {
    return this.#lost;
  }

  begun(run: Run<T>): void {
    this.#current = run;
  }

  lose(error: Error): void {
    this.#lost ??= error;
    this.#current?.abort(this.#lost);
  }

  /** What ends the keeping of a lease. */
  until(end: () => void): void {
    this.#ends.push(end);
  }

  letGo(): void {
    for (const end of this.#ends) end();
  }
}
