import type { KafkaEvent, KafkaEventRecord } from '../../../../contract/event';
import { below, type SeededRandom, shuffled } from '../../../../local/seeded-random';
import type { Time } from '../../../../local/time';
import type { InvocationResult } from '../../../../local/worker/invocation-result';
import { CRASHED, report, SUCCESS, THROWN, TIMED_OUT } from '../poller-fixture';
import { nameOf } from '../topic-records';

export interface ToyOptions {
  readonly random: SeededRandom;
  readonly time: Time;
  /** Whether somebody reads a report; else it throws. */
  readonly reports: boolean;
  /** Whether it stops a partition at its first open record. */
  readonly keepsOrder: boolean;
  /** In how many invocations it fails at a record. */
  readonly failuresOf: (name: string) => number;
}

/**
 * A correct function: it remembers outside of its invocations what it did, by topic, partition and offset, and reports
 * exactly what is open.
 */
export class ToyFunction {
  /** In the order in which they were done. */
  readonly done: string[] = [];
  readonly #options: ToyOptions;
  readonly #isDone = new Set<string>();
  readonly #failures = new Map<string, number>();

  constructor(options: ToyOptions) {
    this.#options = options;
  }

  async invoke(event: KafkaEvent, killed: AbortSignal): Promise<InvocationResult> {
    const { random, time, reports, keepsOrder } = this.#options;
    const records = Object.values(event.records).flat();
    const ending = below(random, 12);
    const cutAfter = ending <= 1 ? below(random, records.length + 1) : records.length;
    const stopped = new Set<number>();
    for (const [index, record] of records.entries()) {
      if (index % 5 === 0) await time.sleep(below(random, 20));
      if (killed.aborted || index >= cutAfter) break;
      if (!stopped.has(record.partition) && !this.#do(record) && keepsOrder) stopped.add(record.partition);
    }
    if (killed.aborted || ending === 0) return CRASHED;
    if (ending === 1) return TIMED_OUT;
    const open = records.map(nameOf).filter((name) => !this.#isDone.has(name));
    if (open.length === 0) return SUCCESS;
    return reports && ending > 2 ? report(...shuffled(open, random)) : THROWN;
  }

  #do(record: KafkaEventRecord): boolean {
    const name = nameOf(record);
    if (this.#isDone.has(name)) return true;
    const failed = this.#failures.get(name) ?? 0;
    if (failed < this.#options.failuresOf(name)) {
      this.#failures.set(name, failed + 1);
      return false;
    }
    this.#isDone.add(name);
    this.done.push(name);
    return true;
  }
}
