import type { Deadline } from '../core/deadline';
import { isThenable } from '../core/thenable';
import { describeKind, isOnceError, processRejected, writesUndeclared } from '../errors';
import type { Settings } from '../options';
import type { Ports } from '../ports';
import { looksLikeWrites } from '../transaction/prepare-writes';
import { OfferedRecord } from './offered-record';
import { prepare } from './prepare';
import type { Content, RecordState } from './record-state';
import { Run } from './run';

/** How user code ended over a record. */
export type Ended =
  | { readonly ok: true; readonly result: unknown }
  | {
      readonly ok: false;
      readonly error: unknown;
      /** Whether it counts as an attempt (P2). */
      readonly counts: boolean;
      /** Whether user code was called; what could not be decoded is the same again. */
      readonly ran: boolean;
    };

/** Records that are decoded between two looks at what the store has answered. */
const AHEAD = 100;

/** Calls user code, and knows what of it is running. */
export class Runs<T> {
  readonly #running = new Set<Run<T>>();
  #decoding = 0;
  readonly #settings: Settings<T>;
  readonly #consumer: string;
  readonly #ports: Pick<Ports, 'clock' | 'tracing'>;
  readonly #deadline: Deadline;

  constructor(settings: Settings<T>, consumer: string, ports: Pick<Ports, 'clock' | 'tracing'>, deadline: Deadline) {
    this.#settings = settings;
    this.#consumer = consumer;
    this.#ports = ports;
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

  /** Cut off by us: it counts only if it had a fair share of an invocation (P2). */
  countsCut({ startedAtMs }: Run<T>): boolean {
    return this.#ports.clock.now() - startedAtMs >= this.#deadline.budgetMs / 2;
  }

  get running(): Iterable<Run<T>> {
    return this.#running;
  }

  /** User code is called over several records; whoever began the runs ends them. */
  begin(runs: readonly Run<T>[]): void {
    for (const run of runs) this.#running.add(run);
  }

  end(runs: readonly Run<T>[]): void {
    for (const run of runs) this.#running.delete(run);
  }

  /**
   * Decodes the record where nobody has yet, and processes it. Never rejects, and answers at once where user code does.
   * @param begun is told of the run before user code is called
   */
  call(state: RecordState<T>, attempt: number, nowMs: number, begun?: (run: Run<T>) => void): Ended | Promise<Ended> {
    const run = new Run(state, nowMs);
    begun?.(run);
    const content = state.content ?? prepare(state.record, this.#consumer, this.#settings);
    // Nobody else asks for a value without an identity: a batch of thousands is not to be held twice.
    if (state.id === undefined) state.content = undefined;
    if (isThenable(content))
      return this.#until(
        run,
        content.then((later) => this.#process(run, later, attempt)),
      );
    return this.#process(run, content, attempt);
  }

  #process(run: Run<T>, content: Content<T>, attempt: number): Ended | Promise<Ended> {
    if (content.kind === 'skip') return SKIPPED;
    if (content.kind === 'failed') return this.#failed(run, content.error, false);
    try {
      const offered = new OfferedRecord(run, content.value, content.key, attempt);
      const span = this.#ports.tracing?.record;
      const result = span
        ? span(run.state.record, attempt, () => this.#settings.process(offered))
        : this.#settings.process(offered);
      if (!isThenable(result)) return this.#succeeded(result);
      const ended = Promise.resolve(result).then(
        (resolved) => this.#succeeded(resolved),
        (error: unknown) => this.#failed(run, error),
      );
      return this.#until(run, ended);
    } catch (error) {
      return this.#failed(run, error);
    }
  }

  /** What ends at once never counts as running: nobody could see it. */
  #until(run: Run<T>, ended: Promise<Ended>): Promise<Ended> {
    this.#running.add(run);
    return ended.finally(() => this.#running.delete(run));
  }

  #failed(run: Run<T>, error: unknown, ran = true): Ended {
    const counts = !run.isAborted || this.countsCut(run);
    return { ok: false, error: error ?? processRejected({ received: error as undefined | null }), counts, ran };
  }

  #succeeded(result: unknown): Ended {
    // Nobody would carry them out: the record must not count as done.
    if (this.#settings.remember !== 'transaction' && looksLikeWrites(result)) {
      return { ok: false, error: writesUndeclared({ received: describeKind(result) }), counts: true, ran: true };
    }
    return { ok: true, result };
  }
}

const SKIPPED: Ended = { ok: true, result: undefined };

/** What the table remembers of an error: never its text, which may hold payload. */
export function codeOf(error: unknown): string {
  if (isOnceError(error)) return error.code;
  return error instanceof Error ? error.name : typeof error;
}
