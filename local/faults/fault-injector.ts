import type { Failure } from '../destinations/failure';
import type { AnswerDecision, DatabaseRequest, Decision, Interceptor } from '../dynamodb/interceptor';
import type { CommitPoint, DeliveryFaults, InvocationFault, InvocationPoint } from '../event-source/delivery-faults';
import { REAL_TIME, type Time } from '../time';
import { type Backstage, DatabaseFaults } from './database-faults';
import { type Fault, numberOf } from './fault';
import type { FaultName } from './fault-definitions';
import type { FaultMoment, FaultReport } from './fault-report';
import { Script } from './script';
import type { Passing } from './scripted-fault';

export type { Backstage } from './database-faults';

export interface FaultInjectorOptions {
  readonly faults: readonly Fault[];
  readonly backstage: Backstage;
  /** Decides what a fault leaves open: which members of a batch, how late a copy. */
  readonly seed: number;
  /** @default the machine's. */
  readonly time?: Time;
  /** Called as a fault happens. */
  readonly onFault?: (report: FaultReport) => void;
}

/**
 * Lets the faults of a script happen, each at its place: between workers and database as an interceptor of the
 * recorder, and at the event source's deliveries, commits and destinations.
 */
export class FaultInjector implements Interceptor, DeliveryFaults {
  readonly #script: Script;
  readonly #database: DatabaseFaults;

  constructor({ faults, backstage, seed, time = REAL_TIME, onFault = () => {} }: FaultInjectorOptions) {
    this.#script = new Script(faults, seed, onFault);
    this.#database = new DatabaseFaults(this.#script, backstage, time);
  }

  request(request: DatabaseRequest): Promise<Decision> {
    return this.#database.request(request);
  }

  answered(request: DatabaseRequest, status: number, output: unknown): Promise<AnswerDecision> {
    return this.#database.answered(request, status, output);
  }

  unanswered(request: DatabaseRequest, problem: string): void {
    this.#database.unanswered(request, problem);
  }

  invocation({ poller }: InvocationPoint): readonly InvocationFault[] {
    return this.#script.dueAt('invocation', { poller }).flatMap(({ scripted }) => {
      scripted.happened({ poller });
      const found = INVOCATION_FAULTS[scripted.fault.name];
      return found === undefined ? [] : [found];
    });
  }

  commitFails({ poller, partition }: CommitPoint): boolean {
    return this.#happenedAt('commit', { poller }, { poller, partition });
  }

  destinationFails(_: Failure): boolean {
    return this.#happenedAt('destination', {}, {});
  }

  /** How far the clock of a worker that is about to be started runs ahead, in milliseconds. */
  clockOffsetMs(worker: string): number {
    let offsetMs = 0;
    for (const { scripted, random } of this.#script.dueAt('worker', { worker })) {
      const skewMs = numberOf(scripted.fault, 'ms') ?? (random() < 0.5 ? -SKEW_MS : SKEW_MS);
      scripted.note(`its clock is ${Math.abs(skewMs)} ms ${skewMs < 0 ? 'behind' : 'ahead'}`);
      scripted.happened({ worker });
      offsetMs += skewMs;
    }
    return offsetMs;
  }

  /** The poller's invocation is over: what its worker writes from here on belongs to another one. */
  invocationEnded(poller: string): void {
    this.#database.over(poller);
  }

  workerEnded(worker: string): void {
    this.#database.over(worker);
  }

  /**
   * To be called when the run is over and before it is judged: what is still on its way arrives, and who stands still
   * is thawed. Resolves when the database has seen all of it.
   */
  settle(): Promise<void> {
    return this.#database.settle();
  }

  reports(): readonly FaultReport[] {
    return this.#script.reports();
  }

  /** What went wrong with the database itself, in words; nothing that was scripted. */
  problems(): readonly string[] {
    return this.#database.problems();
  }

  #happenedAt(place: 'commit' | 'destination', passing: Passing, moment: FaultMoment): boolean {
    const due = this.#script.dueAt(place, passing);
    for (const { scripted } of due) scripted.happened(moment);
    return due.length > 0;
  }
}

const SKEW_MS = 5_000;

const INVOCATION_FAULTS: Readonly<Partial<Record<FaultName, InvocationFault>>> = {
  'duplicate-delivery': 'duplicate-delivery',
  'crash-after-success': 'crash-after-success',
  rebalance: 'rebalance',
  'invoke-throttle': 'throttle',
  'invoke-error': 'service-error',
};
