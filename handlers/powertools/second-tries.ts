import { type Deferred, deferred } from '../core/deferred';

/**
 * Calls that have to begin anew, in an async context of their own.
 *
 * Powertools asks for a claim while its caller's code still runs, and asks a second time, from its own continuation,
 * when a layer says that it met an inconsistent state. A call whose payload is taken is sent that way. One at a time for
 * each payload, so that a second try is known to be the one that was sent.
 */
export class SecondTries<Call extends { readonly payload: unknown }> {
  readonly #expected = new Map<unknown, Call>();
  readonly #queues = new Map<unknown, { readonly call: Call; readonly turn: Deferred<void> }[]>();

  /** Resolves when it is this call's turn to ask a second time. */
  async turn(call: Call): Promise<void> {
    const { payload } = call;
    if (this.#expected.has(payload)) {
      const waiting = { call, turn: deferred<void>() };
      const queue = this.#queues.get(payload) ?? [];
      this.#queues.set(payload, queue);
      queue.push(waiting);
      await waiting.turn.promise;
    }
    this.#expect(call);
  }

  isExpected(payload: unknown): boolean {
    return this.#expected.has(payload);
  }

  /** The call that asks a second time; undefined if none was sent to. */
  take(payload: unknown): Call | undefined {
    const call = this.#expected.get(payload);
    if (call) this.#next(call);
    return call;
  }

  #expect(call: Call): void {
    this.#expected.set(call.payload, call);
    // The second try comes within the same turn of the event loop, or never: nobody may wait for it longer.
    setImmediate(() => {
      if (this.#expected.get(call.payload) === call) this.#next(call);
    });
  }

  #next({ payload }: Call): void {
    this.#expected.delete(payload);
    const queue = this.#queues.get(payload);
    const next = queue?.shift();
    if (queue?.length === 0) this.#queues.delete(payload);
    if (!next) return;
    // Its own place is taken before anybody else's turn can come.
    this.#expected.set(payload, next.call);
    next.turn.resolve();
  }
}
