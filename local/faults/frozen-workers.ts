import type { DatabaseRequest } from '../dynamodb/interceptor';
import type { Time } from '../time';
import type { Worker } from '../worker/worker';
import type { ScriptedFault } from './scripted-fault';
import { outcomeOf } from './writes';

interface FrozenWorker {
  readonly scripted: ScriptedFault;
  readonly name: string;
  readonly process: Pick<Worker, 'thaw'>;
  state: 'frozen' | 'thawed' | 'over';
  /** The numbers of the requests that it sent after it was thawed, in the invocation that was frozen. */
  readonly later: Set<number>;
  accepted: number;
  refused: number;
}

/** Workers that were stopped in the middle of an invocation, and what they write when they go on. */
export class FrozenWorkers {
  readonly #time: Time;
  readonly #workers: FrozenWorker[] = [];
  readonly #settling = new AbortController();

  constructor(time: Time) {
    this.#time = time;
  }

  /** @param ms undefined: it is not thawed. */
  freeze(
    scripted: ScriptedFault,
    name: string,
    process: Pick<Worker, 'freeze' | 'thaw'>,
    ms: number | undefined,
  ): void {
    const frozen: FrozenWorker = {
      scripted,
      name,
      process,
      state: 'frozen',
      later: new Set(),
      accepted: 0,
      refused: 0,
    };
    this.#workers.push(frozen);
    process.freeze();
    if (ms !== undefined)
      void this.#time.sleep(ms, this.#settling.signal).then(() => this.#thaw(frozen, `after ${ms} ms`));
  }

  request({ worker, number }: DatabaseRequest): void {
    for (const one of this.#workers) if (one.name === worker && one.state === 'thawed') one.later.add(number);
  }

  answered(request: DatabaseRequest, status: number, output: unknown): void {
    for (const one of this.#workers) {
      if (one.name !== request.worker || !one.later.has(request.number)) continue;
      const { accepted, refused } = outcomeOf(request, status, output);
      one.accepted += accepted;
      one.refused += refused;
    }
  }

  /** The invocation that was frozen is over, or its worker is. */
  over(name: string): void {
    for (const one of this.#workers) {
      if (one.state === 'over' || (one.name !== name && !one.name.startsWith(`${name}/`))) continue;
      one.scripted.note(
        one.state === 'frozen'
          ? 'it stood still until its end'
          : `of its writes after that ${one.accepted} were accepted and ${one.refused} refused`,
      );
      one.state = 'over';
    }
  }

  /** Thaws whoever stands still. */
  settle(): void {
    this.#settling.abort();
    for (const one of this.#workers) this.#thaw(one, 'at the end of the run');
  }

  #thaw(one: FrozenWorker, when: string): void {
    if (one.state !== 'frozen') return;
    one.state = 'thawed';
    one.scripted.note(`thawed ${when}`);
    one.process.thaw();
  }
}
