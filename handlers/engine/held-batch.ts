import { batchFailed, nameOf, type OnceError } from '../errors';
import { callTogether } from './batch-call';
import type { Hold } from './batch-memory';
import type { Step } from './lane';
import type { Scope } from './scope';
import type { TryOptions } from './tries';

/** Between two looks at whether leases were renewed. */
const FRESH_MS = 100;
const DONE = { ok: true, result: undefined } as const;

/** What a call says of its records. Those that it says nothing of have not happened, as far as anybody knows. */
interface Said<T> {
  readonly done: readonly Hold<T>[];
  readonly failed: readonly { readonly hold: Hold<T>; readonly error: unknown }[];
}

const NOTHING = { done: [], failed: [] };

/** Records that are held: in one call and, where that fails as a whole, in a call each. */
export class HeldBatch<T> {
  readonly #scope: Scope<T>;
  readonly #isOrdered: boolean;
  /** Those of a call that failed as a whole, and with what. */
  readonly #singles = new Map<Hold<T>, OnceError>();
  /** Nothing more of it starts: the pause behind the call would last too long. */
  #refusal: Error | undefined;

  constructor(scope: Scope<T>) {
    this.#scope = scope;
    this.#isOrdered = scope.settings.order !== 'none';
  }

  /** Begins in a slot that is held, and has given it back at the end. Without an order the step means nothing. */
  async run(holds: readonly Hold<T>[]): Promise<Step> {
    if (this.#isOrdered) return this.#inOrder(holds);
    await this.#inAnyOrder(holds);
    return 'next';
  }

  /** Behind the first that fails nothing counts as done, and nothing runs before that one is closed (O1). */
  async #inOrder(holds: readonly Hold<T>[]): Promise<Step> {
    let rest = holds;
    for (let hasSlot = true; rest.length > 0; hasSlot = false) {
      const refusal = await this.#start(rest, hasSlot, ([first], nowMs) => first?.refusal(nowMs));
      if (refusal) return this.#giveBack(rest, refusal);
      const end = rest.findIndex((hold) => !this.#mayShare(hold));
      const together = end < 0 ? rest : rest.slice(0, end);
      const steps: Step[] = [];
      if (together.length < 2) {
        steps.push(await this.#single(rest[0] as Hold<T>));
        rest = rest.slice(1);
      } else {
        const { done, failed } = await this.#call(together);
        rest = rest.slice(done.length + failed.length);
        for (const hold of done) steps.push(await this.#done(hold));
        for (const { hold, error } of failed) steps.push(await this.#resume(hold, error));
      }
      if (steps.includes('stop')) return this.#giveBack(rest, undefined);
    }
    return 'next';
  }

  async #inAnyOrder(holds: readonly Hold<T>[]): Promise<void> {
    const refusal = await this.#start(holds, true, allRefused);
    if (refusal) {
      this.#giveBack(holds, refusal);
      return;
    }
    const together = holds.filter((hold) => this.#mayShare(hold));
    const single = holds.filter((hold) => !together.includes(hold)).map((hold) => this.#singleInTurn(hold));
    if (together.length < 2) {
      this.#scope.slots.release();
      await Promise.all([...single, ...together.map((hold) => this.#singleInTurn(hold))]);
      return;
    }
    const { done, failed } = await this.#call(together);
    const known = new Set([...done, ...failed.map(({ hold }) => hold)]);
    await Promise.all([
      ...single,
      ...done.map((hold) => this.#done(hold)),
      ...failed.map(({ hold, error }) => this.#resume(hold, error)),
      ...together.filter((hold) => !known.has(hold)).map((hold) => this.#singleInTurn(hold)),
    ]);
  }

  /** Waits for a slot, and until they may start. Gives why they may not; then there is no slot. */
  async #start(
    holds: readonly Hold<T>[],
    hasSlot: boolean,
    refusalOf: (holds: readonly Hold<T>[], nowMs: number) => Error | undefined,
  ): Promise<Error | undefined> {
    const { slots, ports, stopped } = this.#scope;
    // Timers run and answers are read, however busy user code keeps the process.
    await ports.sleep(0);
    if (!hasSlot && !slots.tryAcquire() && !(await slots.acquire())) return this.#scope.tooLate();
    for (;;) {
      const now = ports.clock.now();
      const refusal = this.#refusal ?? refusalOf(holds, now);
      if (refusal) {
        slots.release();
        return refusal;
      }
      if (holds.every((hold) => hold.isFresh(now) || hold.refusal(now))) return undefined;
      await ports.sleep(FRESH_MS, stopped);
    }
  }

  #mayShare(hold: Hold<T>): boolean {
    return !this.#singles.has(hold) && !hold.refusal(this.#scope.ports.clock.now());
  }

  /** In a slot, which it gives back. What it says nothing of is to run singly, but for an outage. */
  async #call(holds: readonly Hold<T>[]): Promise<Said<T>> {
    const { slots, tries, ports } = this.#scope;
    const ended = await callTogether(this.#scope, holds, ports.clock.now());
    slots.release();
    if (ended.kind === 'failed') {
      const { state } = holds[0] as Hold<T>;
      if (tries.classOf(ended.error, state) === 'outage') this.#scope.outageOf(state, ended.error);
      else await this.#pause(this.#failTogether(holds, holds, ended.error), ended.error);
      return NOTHING;
    }
    const { failures, isAborted } = ended;
    const end = this.#isOrdered ? Math.min(...failures.keys(), holds.length) : holds.length;
    const done = holds.filter((_, index) => index < end && !failures.has(index));
    const failed = [...failures].flatMap(([index, error]) => {
      const hold = holds[index];
      return hold && index <= end ? [{ hold, error }] : [];
    });
    if (!isAborted || failed.length === 0) return { done, failed };
    // It was cut short: an attempt for nobody (P2).
    this.#failTogether(
      holds.filter((hold) => !done.includes(hold)),
      holds,
      failed[0]?.error,
    );
    return { done, failed: [] };
  }

  #failTogether(singles: readonly Hold<T>[], holds: readonly Hold<T>[], error: unknown): OnceError {
    const [first, last] = [holds[0]?.state, holds.at(-1)?.state];
    const names = { first: first?.name ?? '', last: last?.name ?? '' };
    const failure = batchFailed({ records: holds.length, ...names, error: nameOf(error) }, { cause: error });
    for (const hold of singles) this.#singles.set(hold, failure);
    const { topic, partition } = first?.record ?? {};
    this.#scope.ports.log.error(failure.message, { code: failure.code, topic, partition });
    return failure;
  }

  /** As before a record's second try: what failed is left alone for a while. */
  async #pause(failure: OnceError, error: unknown): Promise<void> {
    const { tries, ports, deadline, stopped } = this.#scope;
    const now = ports.clock.now();
    const pauseMs = tries.pauseMs(error, 1, now);
    if (now + pauseMs >= deadline.atMs) this.#refusal = failure;
    else await ports.sleep(pauseMs, stopped);
  }

  async #singleInTurn(hold: Hold<T>): Promise<Step> {
    const refusal = await this.#start([hold], false, allRefused);
    return refusal ? this.#giveBack([hold], refusal) : this.#single(hold);
  }

  #done(hold: Hold<T>): Step | Promise<Step> {
    const { state } = hold;
    // Nobody else asks for a value without an identity: a batch of thousands is not to be held twice.
    if (state.id === undefined) state.content = undefined;
    return hold.ended(DONE);
  }

  /** In a slot, which it gives back. */
  async #single(hold: Hold<T>): Promise<Step> {
    hold.state.isReached = true;
    return hold.ended(await this.#scope.tries.call(hold.state, this.#optionsOf(hold)));
  }

  /** It failed in a call with others, and by itself. */
  async #resume(hold: Hold<T>, error: unknown): Promise<Step> {
    const ended = { ok: false, error, counts: true, ran: true } as const;
    return hold.ended(await this.#scope.tries.resume(hold.state, this.#optionsOf(hold), ended));
  }

  #optionsOf(hold: Hold<T>): TryOptions<T> {
    return {
      attempt: hold.attempt,
      nowMs: this.#scope.ports.clock.now(),
      refusal: (nowMs) => hold.refusal(nowMs),
      begun: (run) => hold.begun(run),
    };
  }

  #giveBack(holds: readonly Hold<T>[], refusal: Error | undefined): 'stop' {
    for (const hold of holds) {
      const failure = this.#singles.get(hold);
      hold.giveBack(failure ?? refusal, failure !== undefined);
    }
    return 'stop';
  }
}

function allRefused<T>(holds: readonly Hold<T>[], nowMs: number): Error | undefined {
  const refusals = holds.map((hold) => hold.refusal(nowMs));
  return refusals.includes(undefined) ? undefined : refusals[0];
}
