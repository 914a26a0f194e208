import type { Place, RecordRef } from './record-name';
import { recordName } from './record-name';
import type { Worker } from './worker';

/** One run of `process` over one record, or its part of a call of `processBatch`. */
export interface TestRun {
  /** `<topic>-<partition>@<offset>`. */
  readonly record: string;
  /** What `process` was told. */
  readonly attempt: number;
  /** `killed`: its worker died under it. */
  readonly ended: 'running' | 'resolved' | 'rejected' | 'killed';
  /** What it rejected with, or what the call says of this record. */
  readonly error?: unknown;
}

type OpenRun = { -readonly [Name in keyof TestRun]: TestRun[Name] };

export type CrashPoint = 'before effect' | 'after effect';

interface Crash {
  readonly point: CrashPoint;
  /** undefined: whichever comes first. */
  readonly record: string | undefined;
}

/** Every run of user code over records, and the crashes that are still to come. */
export class Journal {
  readonly runs: OpenRun[] = [];
  /** What has happened, as `after effect of orders-0@1`. */
  readonly crashes: string[] = [];
  readonly #armed: Crash[] = [];
  readonly #running = new Map<Worker, Set<OpenRun>>();

  arm(point: CrashPoint, record: RecordRef | undefined): void {
    this.#armed.push({ point, record: record === undefined ? undefined : recordName(record) });
  }

  begin(records: readonly (Place & { readonly attempt?: number })[], worker: Worker): OpenRun[] {
    const runs = records.map((record): OpenRun => {
      return { record: recordName(record), attempt: record.attempt ?? 1, ended: 'running' };
    });
    this.runs.push(...runs);
    const running = this.#runningOf(worker);
    for (const run of runs) running.add(run);
    return runs;
  }

  end(runs: readonly OpenRun[], worker: Worker, how: { readonly error: unknown } | undefined): void {
    if (worker.isDead) return;
    for (const run of runs) {
      this.#runningOf(worker).delete(run);
      run.ended = how ? 'rejected' : 'resolved';
      if (how) run.error = how.error;
    }
  }

  #runningOf(worker: Worker): Set<OpenRun> {
    const known = this.#running.get(worker);
    if (known) return known;
    const running = new Set<OpenRun>();
    this.#running.set(worker, running);
    const died = () => {
      for (const run of running) run.ended = 'killed';
      this.#running.delete(worker);
    };
    worker.death.addEventListener('abort', died, { once: true });
    return running;
  }

  /** Kills the worker, if a test wants it to die here. */
  crash(point: CrashPoint, runs: readonly OpenRun[], worker: Worker): void {
    if (worker.isDead) return;
    const index = this.#armed.findIndex(
      (crash) => crash.point === point && runs.some(({ record }) => (crash.record ?? record) === record),
    );
    if (index < 0) return;
    const [crash] = this.#armed.splice(index, 1);
    const where = `${point === 'after effect' ? 'after the effect' : 'before the effect'} of ${crash?.record ?? runs[0]?.record}`;
    this.crashes.push(where);
    worker.end(`was killed ${where}, as the test asked`);
  }
}
