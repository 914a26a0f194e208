import { AsyncLocalStorage } from 'node:async_hooks';

/**
 * The calls of makeIdempotent that are under way, found again by what Powertools passes when they end: the payload, by
 * reference, and nothing else (protocol C12: a token lives per call, never per key).
 *
 * One call of a payload is found by the payload. A further one of the very same payload (the same object handed to two
 * functions, or the same string) is carried by its async context. That context must be the call's own: entered while
 * its caller's code runs, it would go on in the caller, and in the function of a call around it.
 */
export class LiveCalls<Call extends { readonly payload: unknown }> {
  /** Those that began while no other call had their payload: at most one for each. */
  readonly #first = new Map<unknown, Call>();
  readonly #further = new Map<unknown, Set<Call>>();
  readonly #context = new AsyncLocalStorage<Call>();

  /** False when another call with this payload is under way: then nothing was begun. */
  begin(call: Call): boolean {
    if (this.#first.has(call.payload) || this.#further.has(call.payload)) return false;
    this.#first.set(call.payload, call);
    return true;
  }

  /** Begins in the present async context, which from here on belongs to the call. */
  beginInContext(call: Call): void {
    if (this.begin(call)) return;
    const further = this.#further.get(call.payload) ?? new Set();
    this.#further.set(call.payload, further.add(call));
    this.#context.enterWith(call);
  }

  /** The call whose continuation is running, of those that have this payload. */
  find(payload: unknown): Call | undefined {
    const further = this.#further.get(payload);
    const carried = further && this.#context.getStore();
    // In the context of none of the further ones, only the first can be meant.
    return carried && further.has(carried) ? carried : this.#first.get(payload);
  }

  end(call: Call): void {
    const { payload } = call;
    if (this.#first.get(payload) === call) this.#first.delete(payload);
    const further = this.#further.get(payload);
    if (further?.delete(call) && further.size === 0) this.#further.delete(payload);
  }
}
