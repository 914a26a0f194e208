/**
 * A place where the scheduler may interfere, in a call out of the runtime, before it and after it:
 * - `call`, `answer`: a request to the store leaves the worker, its answer comes back;
 * - `run`, `ran`: user code is called, and is about to return;
 * - `sleep`, `wake`: a sleep begins, and is over;
 * - `return`: the invocation's answer leaves the worker;
 * - `delivery`, `commit`: the event source invokes the function, and commits;
 * - `tie`: something else could go on at the same time.
 */
export type Place = 'call' | 'answer' | 'run' | 'ran' | 'sleep' | 'wake' | 'return' | 'delivery' | 'commit' | 'tie';

/** What happens at a place instead of going on in order. `at` is the place's name. */
export type Decision =
  /** Everything else that is due now goes first. */
  | { readonly at: string; readonly do: 'switch' }
  /** It goes on so much later; a request arrives so much later. */
  | { readonly at: string; readonly do: 'delay'; readonly ms: number }
  /** The worker dies here. What it has sent still lands. */
  | { readonly at: string; readonly do: 'crash' }
  /** The worker stands still for so long, and its time goes on. */
  | { readonly at: string; readonly do: 'freeze'; readonly ms: number }
  /** The request or the answer never arrives; the caller sees a broken connection after `ms`, or its own time-out. */
  | { readonly at: string; readonly do: 'lose'; readonly ms: number }
  /** The request arrives once more, so much after the first time. */
  | { readonly at: string; readonly do: 'copy'; readonly ms: number }
  /** The database answers that it is throttled, or that it failed; nothing took effect. */
  | { readonly at: string; readonly do: 'throttle' }
  | { readonly at: string; readonly do: 'fail' }
  /** About half of the members of a batch, and every transaction, are refused for a passing reason. */
  | { readonly at: string; readonly do: 'refuse-members' }
  /** About half of the members of a batch of statements take effect, and are answered as if they had failed. */
  | { readonly at: string; readonly do: 'hide-members' }
  /** For so long the database answers everybody that it failed. */
  | { readonly at: string; readonly do: 'down'; readonly ms: number }
  /** One more poller joins the group: partitions move, and old invocations go on. */
  | { readonly at: string; readonly do: 'rebalance' }
  /** The committed offset of a partition is set back, and its pollers read again from there. */
  | { readonly at: string; readonly do: 'rewind'; readonly partition: number; readonly offset: number }
  /** The batch does not reach the function; the service tries again. */
  | { readonly at: string; readonly do: 'throttle-delivery' }
  /** The answer is lost on its way, and the same batch is delivered again. */
  | { readonly at: string; readonly do: 'duplicate-delivery' }
  /** The poller dies between the answer and the commit. */
  | { readonly at: string; readonly do: 'crash-after-success' }
  /** The commit is refused. */
  | { readonly at: string; readonly do: 'refuse-commit' };

export type Interference = Decision['do'];

/** The whole event source is concerned, whatever the place. */
const EVERYWHERE: readonly Interference[] = ['rebalance', 'rewind', 'down'];
const WORKER: readonly Interference[] = ['crash', 'freeze', ...EVERYWHERE];

/** What may happen at which place. */
export const INTERFERENCES: Readonly<Record<Place, readonly Interference[]>> = {
  call: [...WORKER, 'delay', 'lose', 'copy', 'throttle', 'fail', 'refuse-members', 'hide-members'],
  answer: [...WORKER, 'delay', 'lose'],
  run: [...WORKER, 'delay'],
  ran: [...WORKER, 'delay'],
  sleep: WORKER,
  // One timer alone is never late: what holds it up holds up the whole process.
  wake: WORKER,
  return: [...WORKER, 'delay'],
  delivery: [...EVERYWHERE, 'throttle-delivery', 'duplicate-delivery', 'crash-after-success'],
  // A commit that is on its way would undo a rewind.
  commit: ['rebalance', 'down', 'refuse-commit'],
  tie: ['switch'],
};

/** Decides at each place. */
export interface Director {
  /** undefined: it goes on in order. */
  decide(place: Place, at: string): Decision | undefined;
}

/** Decides as it was written down; at every other place it goes on in order. */
export class ReplayDirector implements Director {
  readonly #decisions: ReadonlyMap<string, Decision>;

  constructor(decisions: readonly Decision[]) {
    this.#decisions = new Map(decisions.map((decision) => [keyOf(decision.do === 'switch', decision.at), decision]));
  }

  decide(place: Place, at: string): Decision | undefined {
    return this.#decisions.get(keyOf(place === 'tie', at));
  }
}

/** A switch and another interference may meet at one place. */
const keyOf = (isTie: boolean, at: string) => (isTie ? `${at} tie` : at);
