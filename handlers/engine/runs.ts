import type { Deadline } from '../core/deadline';
import { isThenable } from '../core/thenable';
import { describeKind, isOnceError, writesUndeclared } from '../errors';
import type { Settings } from '../options';
import type { Clock } from '../ports';
import { looksLikeWrites } from '../transaction/prepare-writes';
import { prepare } from './prepare';
import type { Content, RecordState } from './record-state';

/** How user code ended over a record. */
export type Ended =
  | { readonly ok: true; readonly result: unknown }
  | {
      readonly ok: false;
      readonly error: unknown;
      /** Whether it counts as an attempt (P2). */
      readonly counts: boolean;
    };

/** User code that is running over a record. */
export class Run<T> {
  readonly startedAtMs: number;
  #controller: AbortController | undefined = undefined;
  #reason: Error | undefined = undefined;

  constructor(
    readonly state: RecordState<T>,
    nowMs: number,
  ) {
    this.startedAtMs = nowMs;
  }

  /** Made when somebody looks at it: an instant function never does. */
  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    if (this.#reason && !this.#controller.signal.aborted) this.#controller.abort(this.#reason);
    return this.#controller.signal;
  }

  get isAborted(): boolean {
    return this.#reason !== undefined || this.#controller?.signal.aborted === true;
  }

  abort(reason: Error): void {
    this.#reason ??= reason;
    this.#controller?.abort(this.#reason);
  }
}

/** Records that are decoded between two looks at what the store has answered. */
const AHEAD = 100;

/** Calls user code, and knows what of it is running. */
export class Runs<T> {
  readonly #running = new Set<Run<T>>();
  #decoding = 0;
  readonly #settings: Settings<T>;
  readonly #consumer: string;
  readonly #clock: Clock;
  readonly #deadline: Deadline;

  constructor(settings: Settings<T>, consumer: string, clock: Clock, deadline: Deadline) {
    this.#settings = settings;
    this.#consumer = consumer;
    this.#clock = clock;
    this.#deadline = deadline;
  }

  /** How much user code is running: over records, or over the decoding of them. */
  get count(): number {
    return this.#running.size + this.#decoding;
  }

  /** Decodes all of them before any lane starts, where identities have to be known (O3). Never rejects. */
  async decode(states: readonly RecordState<T>[]): Promise<void> {
    await Promise.all(states.flatMap((state) => this.#decode(state) ?? []));
  }

  /**
   * Decodes what will probably run, in the time that the store takes to answer: it costs the invocation nothing then.
   * Ends when `isOver`, and at a codec that itself has to be waited for.
   * @param turn lets answers come in
   */
  async decodeAhead(
    states: readonly RecordState<T>[],
    isOver: () => boolean,
    turn: () => Promise<void>,
  ): Promise<void> {
    for (const [index, state] of states.entries()) {
      if (index % AHEAD === 0) {
        await turn();
        if (isOver()) return;
      }
      if (this.#decode(state)) return;
    }
  }

  #decode(state: RecordState<T>): Promise<void> | undefined {
    const content = prepare(state.record, this.#consumer, this.#settings);
    if (!isThenable(content)) {
      state.content = content;
      return undefined;
    }
    this.#decoding += 1;
    return content.then((decoded) => {
      state.content = decoded;
      this.#decoding -= 1;
    });
  }

  get running(): Iterable<Run<T>> {
    return this.#running;
  }

  /**
   * Decodes the record where nobody has yet, and processes it. Never rejects, and answers at once where user code does.
   * @param begun is told of the run before user code is called
   */
  call(state: RecordState<T>, attempt: number, begun?: (run: Run<T>) => void): Ended | Promise<Ended> {
    const run = new Run(state, this.#clock.now());
    this.#running.add(run);
    begun?.(run);
    const content = state.content ?? prepare(state.record, this.#consumer, this.#settings);
    if (isThenable(content)) return content.then((later) => this.#process(run, later, attempt));
    return this.#process(run, content, attempt);
  }

  #process(run: Run<T>, content: Content<T>, attempt: number): Ended | Promise<Ended> {
    run.state.content = content;
    if (content.kind === 'skip') return this.#ended(run, { ok: true, result: undefined });
    if (content.kind === 'failed') return this.#failed(run, content.error);
    const { record } = run.state;
    const { topic, partition, offset, timestamp, timestampType, headers } = record;
    try {
      const result = this.#settings.process({
        topic,
        partition,
        offset,
        timestamp,
        timestampType,
        // Decoded, and made, when somebody looks at them.
        get key() {
          return record.key;
        },
        value: content.value,
        headers,
        attempt,
        get signal() {
          return run.signal;
        },
      });
      if (!isThenable(result)) return this.#ended(run, { ok: true, result });
      return Promise.resolve(result).then(
        (resolved) => this.#ended(run, { ok: true, result: resolved }),
        (error: unknown) => this.#failed(run, error),
      );
    } catch (error) {
      return this.#failed(run, error);
    }
  }

  #failed(run: Run<T>, error: unknown): Ended {
    // Cut off by us: it counts only if it had a fair share of an invocation (P2).
    const counts = !run.isAborted || this.#clock.now() - run.startedAtMs >= this.#deadline.budgetMs / 2;
    return this.#ended(run, {
      ok: false,
      error: error ?? new Error('process() rejected without a reason'),
      counts,
    });
  }

  #ended(run: Run<T>, ended: Ended): Ended {
    this.#running.delete(run);
    // Nobody would carry them out: the record must not count as done.
    if (ended.ok && this.#settings.remember !== 'transaction' && looksLikeWrites(ended.result)) {
      return { ok: false, error: writesUndeclared({ received: describeKind(ended.result) }), counts: true };
    }
    return ended;
  }
}

/** What the table remembers of an error: never its text, which may hold payload. */
export function codeOf(error: unknown): string {
  if (isOnceError(error)) return error.code;
  return error instanceof Error ? error.name : typeof error;
}
