import { setTimeout as delay } from 'node:timers/promises';
import { EXIT } from '../../contract/error-codes';
import type { LocalServer } from '../../local/aws/http-server';
import type { Choices } from '../../local/event-source/choices';
import type { Fault } from '../../local/faults/fault';
import { readApplication, readsFromLatest } from '../../local/run/application';
import { readInput } from '../../local/run/input';
import { InputError } from '../../local/run/input-error';
import { type Application, LocalRun } from '../../local/run/local-run';
import type { LocalSurroundings } from '../../local/run/surroundings';
import type { LocalArguments } from './arguments';
import type { Interruption } from './interruption';
import { openInvokeDoor } from './invoke-door';
import { progressText } from './progress-text';
import { type RunEnd, summaryText } from './summary';
import type { View } from './view';
import type { Watching } from './watch';
import { writeReport } from './write-report';

export interface Command {
  readonly given: LocalArguments;
  readonly choices: Choices;
  readonly faults: readonly Fault[];
  readonly view: View;
  readonly interrupted: Interruption;
}

const PROGRESS_MS = 250;

/** One run of an application: its input, its end, its report and its exit code. */
export class Work {
  readonly #command: Command;
  readonly #around: LocalSurroundings;
  readonly #watching: Watching | undefined;
  readonly #application: Application;
  readonly #run: LocalRun;
  #door: LocalServer | undefined;
  /** Ends the input and whatever has not begun yet. */
  readonly #over = new AbortController();

  constructor(command: Command, around: LocalSurroundings, watching: Watching | undefined, application: Application) {
    const { given, choices, faults, view } = command;
    this.#command = command;
    this.#around = around;
    this.#watching = watching;
    this.#application = application;
    this.#run = new LocalRun({
      ...around,
      application: this.#adapted(application),
      seed: given.seed,
      choices,
      faults,
      ...(given.inspectPort !== undefined && { inspectPort: given.inspectPort }),
      keepsRecords: given.once || given.report !== undefined,
      bearsLoadErrors: given.watch,
      onEvent: view.event,
    });
  }

  async run(): Promise<number> {
    const { given, view } = this.#command;
    const progress = setInterval(() => view.progress(progressText(this.#run.progress)), PROGRESS_MS);
    const ended = await this.#untilEnded().catch((error: unknown): RunEnd => ({ kind: 'failed', error }));
    clearInterval(progress);
    this.#over.abort();
    await this.#door?.close();
    await this.#run.stop();
    const report = await this.#run.report(given.once);
    const isBlocked = ended.kind === 'resolved' && report.mappings.some(({ end }) => end === 'blocked');
    view.event({
      type: 'ended',
      end: isBlocked ? 'blocked' : ended.kind,
      ok: report.ok,
      mappings: report.mappings,
    });
    if (given.report !== undefined) writeReport(given.report, report);
    if (ended.kind === 'failed') throw ended.error;
    view.say(summaryText(report, ended));
    return this.#exitCode(ended, report.ok);
  }

  #untilEnded(): Promise<RunEnd> {
    const { given, interrupted } = this.#command;
    const { timeoutMs } = given;
    return Promise.race([
      aborted(interrupted.signal),
      this.#work(),
      ...(timeoutMs === undefined ? [] : [delay(timeoutMs, { kind: 'timed-out', timeoutMs } as const, { ref: false })]),
    ]);
  }

  async #work(): Promise<RunEnd> {
    const { given } = this.#command;
    const { signal } = this.#over;
    if (this.#command.interrupted.signal.aborted) return { kind: 'interrupted' };
    await this.#around.prepare(this.#application.mappings);
    const isFile = given.records !== undefined && given.records !== '-';
    const read = () => readInput(given.records ?? '-', { signal });
    // A wrong line is found before anything is written.
    if (isFile) await this.#run.check(read());
    const isFirst = isFile && this.#isWrittenFirst;
    if (isFirst) await this.#run.produce(read());
    if (signal.aborted) return { kind: 'interrupted' };
    await this.#run.start();
    if (signal.aborted) return { kind: 'interrupted' };
    if (given.invoke) {
      const { mappings } = this.#adapted(this.#application);
      this.#door = await openInvokeDoor(mappings, this.#around, this.#command.view);
    }
    this.#watching?.onChange(() => this.#reload());
    const input = given.records === undefined || isFirst ? Promise.resolve() : this.#run.produce(read());
    return this.#untilDone(input);
  }

  /** So that batches are the same in each run with a seed. */
  get #isWrittenFirst(): boolean {
    return this.#around.ownPartitions !== undefined && !readsFromLatest(this.#application);
  }

  /** Without --once it goes on after the input has ended, unless that ended with a wrong line. */
  async #untilDone(input: Promise<void>): Promise<RunEnd> {
    const { once } = this.#command.given;
    const wrong = input.then(
      () => (once ? undefined : new Promise<undefined>(() => {})),
      (error: unknown) => {
        if (error instanceof InputError) return error;
        throw error;
      },
    );
    const inputError = await Promise.race([wrong, this.#run.untilFailed().then(() => undefined)]);
    if (this.#over.signal.aborted) return { kind: 'interrupted' };
    if (inputError)
      this.#command.view.say(`${inputError.message} What came before it is delivered, and nothing after it.`);
    await this.#run.untilResolved();
    return { kind: 'resolved', inputError };
  }

  async #reload(): Promise<void> {
    const changed = readApplication(this.#command.given);
    await this.#around.prepare(changed.mappings);
    await this.#run.reload(this.#adapted(changed));
  }

  #adapted(application: Application): Application {
    return { ...application, mappings: application.mappings.map(this.#around.adapted) };
  }

  #exitCode(ended: RunEnd, ok: boolean): number {
    const { given, interrupted } = this.#command;
    if (ended.kind === 'timed-out') return EXIT.timedOut;
    if (ended.kind === 'interrupted' && given.once) return interrupted.exitCode ?? EXIT.failed;
    if (ended.kind === 'resolved' && ended.inputError) return EXIT.usage;
    return ok ? EXIT.ok : EXIT.failed;
  }
}

function aborted(signal: AbortSignal): Promise<RunEnd> {
  return new Promise((resolve) => {
    const end = () => resolve({ kind: 'interrupted' });
    if (signal.aborted) end();
    signal.addEventListener('abort', end, { once: true });
  });
}
