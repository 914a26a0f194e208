import type { AnswerDecision, DatabaseRequest, Decision, Interceptor } from '../dynamodb/interceptor';
import { below } from '../seeded-random';
import type { Time } from '../time';
import type { Worker } from '../worker/worker';
import { choiceOf, type Fault, numberOf } from './fault';
import type { FaultMoment } from './fault-report';
import { FrozenWorkers } from './frozen-workers';
import { LateCopies } from './late-copies';
import { tablesOf } from './request-tables';
import type { Script, ScriptEntry } from './script';
import type { Passing, ScriptedFault } from './scripted-fault';
import { serviceError } from './service-errors';
import { throttled } from './throttling';

/** What the faults need of workers and event source. */
export interface Backstage {
  /** A worker that is alive, by its name. */
  worker(name: string): Pick<Worker, 'kill' | 'freeze' | 'thaw'> | undefined;
  /** Lets partitions move to another poller; for the owner of a frozen worker. @default nothing moves */
  rebalance?(): Promise<void>;
}

/** The faults of requests and answers, and those of workers that are placed at them. */
export class DatabaseFaults implements Interceptor {
  readonly #script: Script;
  readonly #backstage: Backstage;
  readonly #time: Time;
  readonly #copies: LateCopies;
  readonly #frozen: FrozenWorkers;
  /** Requests that are held on their way to the database, by number. */
  readonly #held = new Set<number>();
  readonly #settling = new AbortController();
  readonly #problems = new Map<string, number>();

  constructor(script: Script, backstage: Backstage, time: Time) {
    this.#script = script;
    this.#backstage = backstage;
    this.#time = time;
    this.#copies = new LateCopies(time);
    this.#frozen = new FrozenWorkers(time);
  }

  async request(request: DatabaseRequest): Promise<Decision> {
    // Counted before anything is waited for: the order is that in which the requests came in.
    const due = this.#script.dueAt('request', passingOf(request));
    this.#frozen.request(request);
    await this.#copies.before();
    let decision: Decision = { kind: 'forward' };
    for (const script of due) {
      if (decision.kind !== 'forward') script.scripted.note(`another fault came first at request ${request.number}`);
      else decision = (await this.#atRequest(script, request)) ?? decision;
    }
    if (decision.kind !== 'forward') this.#held.delete(request.number);
    return decision;
  }

  async answered(request: DatabaseRequest, status: number, output: unknown): Promise<AnswerDecision> {
    if (request.isCopy) return { kind: 'pass' };
    this.#held.delete(request.number);
    this.#frozen.answered(request, status, output);
    let decision: AnswerDecision = { kind: 'pass' };
    for (const script of this.#script.dueAt('answer', passingOf(request))) {
      if (decision.kind !== 'pass') script.scripted.note(`another fault came first at request ${request.number}`);
      else decision = (await this.#atAnswer(script, request)) ?? decision;
    }
    return decision;
  }

  unanswered({ number }: DatabaseRequest, problem: string): void {
    this.#held.delete(number);
    this.#problems.set(problem, (this.#problems.get(problem) ?? 0) + 1);
  }

  /** An invocation of the poller, or the worker, is over. */
  over(name: string): void {
    this.#frozen.over(name);
  }

  /** What is still on its way arrives, and who stands still is thawed. Resolves when the database has seen all of it. */
  async settle(): Promise<void> {
    this.#settling.abort();
    this.#frozen.settle();
    const untilMs = this.#time.now() + SETTLE_MS;
    while (this.#held.size > 0 && this.#time.now() < untilMs) await this.#time.sleep(LOOK_MS);
    await this.#copies.settle();
  }

  /** What went wrong with the database itself, in words; nothing that was scripted. */
  problems(): readonly string[] {
    return [...this.#problems].map(
      ([problem, times]) => `The database gave no answer to ${times} requests: ${problem}`,
    );
  }

  async #atRequest({ scripted, random }: ScriptEntry, request: DatabaseRequest): Promise<Decision | undefined> {
    const { fault } = scripted;
    switch (fault.name) {
      case 'request-lost':
        scripted.happened(momentOf(request));
        return { kind: choiceOf(fault, 'how') === 'close' ? 'drop' : 'hang' };
      case 'delay':
        scripted.happened(momentOf(request));
        this.#held.add(request.number);
        await this.#wait(fault);
        return { kind: 'forward', onItsWay: true };
      case 'throttle': {
        scripted.happened(momentOf(request));
        return throttled(request, { error: choiceOf(fault, 'error'), members: numberOf(fault, 'members'), random });
      }
      case 'database-down': {
        scripted.happened(momentOf(request));
        const how = choiceOf(fault, 'how');
        if (how === 'close') return { kind: 'drop' };
        return { kind: 'answer', ...serviceError(how === '500' ? 'InternalServerError' : 'ServiceUnavailable') };
      }
      default:
        return this.#kill(scripted, request) ? { kind: 'hang' } : undefined;
    }
  }

  async #atAnswer({ scripted, random }: ScriptEntry, request: DatabaseRequest): Promise<AnswerDecision | undefined> {
    const { fault } = scripted;
    switch (fault.name) {
      case 'answer-lost':
        scripted.happened(momentOf(request));
        return { kind: choiceOf(fault, 'how') === 'close' ? 'drop' : 'hang' };
      case 'delay':
        scripted.happened(momentOf(request));
        await this.#wait(fault);
        return undefined;
      case 'late-copy': {
        scripted.happened(momentOf(request));
        const ms = numberOf(fault, 'ms');
        if (ms !== undefined) this.#copies.afterMs(request, ms);
        else this.#copies.afterRequests(request, numberOf(fault, 'after') ?? 1 + below(random, LATEST_COPY));
        return undefined;
      }
      case 'freeze':
        await this.#freeze(scripted, request);
        return undefined;
      default:
        return this.#kill(scripted, request) ? { kind: 'hang' } : undefined;
    }
  }

  #kill(scripted: ScriptedFault, request: DatabaseRequest): boolean {
    const process = this.#processOf(scripted, request);
    process?.kill();
    if (process) scripted.happened(momentOf(request));
    return process !== undefined;
  }

  async #freeze(scripted: ScriptedFault, request: DatabaseRequest): Promise<void> {
    const process = this.#processOf(scripted, request);
    if (!process) return;
    this.#frozen.freeze(scripted, request.worker, process, numberOf(scripted.fault, 'ms'));
    scripted.happened(momentOf(request));
    if (choiceOf(scripted.fault, 'rebalance') === 'no') return;
    await this.#backstage.rebalance?.().catch((error: unknown) => {
      scripted.note(`nothing could be rebalanced: ${error instanceof Error ? error.message : String(error)}`);
    });
  }

  #processOf(scripted: ScriptedFault, { worker, number }: DatabaseRequest) {
    const process = this.#backstage.worker(worker);
    if (!process) scripted.note(`at request ${number} no worker ${worker} was alive`);
    return process;
  }

  #wait(fault: Fault): Promise<void> {
    return this.#time.sleep(numberOf(fault, 'ms') ?? DELAY_MS, this.#settling.signal);
  }
}

const DELAY_MS = 1_000;
const LATEST_COPY = 8;
const LOOK_MS = 2;
/** For requests that are on their way when the run is over. */
const SETTLE_MS = 5_000;

function passingOf({ operation, input, worker }: DatabaseRequest): Passing {
  return { operation, tables: tablesOf(input), worker };
}

function momentOf({ number, operation, input, worker }: DatabaseRequest): FaultMoment {
  return { request: number, operation, tables: tablesOf(input), worker };
}
