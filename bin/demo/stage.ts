import { setTimeout as delay } from 'node:timers/promises';
import { ATTRIBUTES } from '../../contract/idempotency-table';
import type { DatabaseRequest, Decision, Interceptor } from '../../local/dynamodb/recorder';
import { claimOnTheWire } from '../../local/oracle/claims-on-the-wire';
import type { ParkedItem } from '../../local/oracle/letters/parked-item';
import type { Marked, Observation, Place, WriteLost } from '../../local/oracle/observation';
import { AcceptedWrites } from '../../local/oracle/wire/accepted-writes';
import { requestedWrites } from '../../local/oracle/wire/requested-writes';
import type { Write } from '../../local/oracle/wire/write';
import type { Worker } from '../../local/worker/worker';
import type { FlightFact } from './flights';
import { GivenUpMarks, lostMarks } from './given-up-marks';
import { isLetters, lettersIn, nameInLetter } from './letter-requests';
import type { Fault } from './script';

/** What the faults need of the event source and its workers. */
export interface Backstage {
  worker(name: string): Pick<Worker, 'kill' | 'freeze'> | undefined;
  scaleUp(): Promise<void>;
}

export interface StageOptions {
  readonly topic: string;
  readonly countersTable: string;
  readonly memoryTable: string;
  /** Key of the parked item of a record. */
  readonly parkedId: (place: Place) => string;
  readonly facts: readonly FlightFact[];
  readonly faults: readonly Fault[];
  readonly backstage: Backstage;
  readonly onFault: (fault: Fault) => void;
  /** A request could not be read: what it wrote is not known. */
  readonly complain: (problem: string) => void;
}

/** An effect that names no record of the topic. */
const NOWHERE: { readonly partition: number; readonly offset: number; readonly identity?: string } = {
  partition: -1,
  offset: -1,
};

const FORWARD: Decision = { kind: 'forward' };
const ON_ITS_WAY: Decision = { kind: 'forward', onItsWay: true };
const DROP: Decision = { kind: 'drop' };
const FAILURES = 2;
const LOOK_MS = 2;
const DRAIN_MS = 3_000;
/** So often the partition of the script moves with one more poller. */
const MAXIMUM_REBALANCES = 5;

/** DynamoDB's own body for a fault of its own. */
const DATABASE_FAILS: Decision = {
  kind: 'answer',
  status: 500,
  body: { __type: 'com.amazonaws.dynamodb.v20120810#InternalServerError', message: 'The request failed: try again.' },
};

/**
 * Stands between the workers and the database, and between them and the queue of dead letters: writes down what they
 * accepted, and lets the scripted faults
 * happen at their records, to each worker one at a time. Before a worker dies all its other effects get their marks, so
 * that a seed brings back the same repeats.
 */
export class Stage implements Interceptor {
  readonly observations: Observation[] = [];
  /** Parked items that the database accepted. */
  readonly parkedItems: ParkedItem[] = [];
  /** Indexes of letters among the observations whose writer never heard that they are there. */
  readonly unheardLetters = new Set<number>();
  readonly #options: StageOptions;
  readonly #accepted = new AcceptedWrites();
  readonly #problems = new Set<string>();
  readonly #faults: ReadonlyMap<string, Fault>;
  readonly #facts: ReadonlyMap<string, FlightFact>;
  readonly #parked: ReadonlyMap<string, FlightFact>;
  readonly #failures = new Map<Fault, number>();
  readonly #givenUp = new GivenUpMarks((request) => this.#marksIn(request));
  /** Effects and letters on their way or accepted whose mark is not: by worker, the names of their records. */
  readonly #unmarked = new Map<string, Set<string>>();
  /** Workers whose further effects are held. */
  readonly #held = new Set<string>();
  /** What is being done to a worker: one fault at a time. */
  readonly #acting = new Map<string, Fault>();
  /** Workers that a fault has killed: of their end the event source tells only later. */
  readonly #killed = new Set<string>();
  /** Workers that stand still until their time-out. */
  readonly #frozen = new Set<string>();
  #rebalances = 0;
  readonly #ended = new Set<string>();
  /** During a rebalance: the record that the old owner is about to take effect for, and whether another one asked. */
  #contested: { readonly record: string; readonly owner: string; hasRival: boolean } | undefined;

  constructor(options: StageOptions) {
    this.#options = options;
    this.#faults = new Map(options.faults.map((fault) => [this.#name(fault), fault]));
    this.#facts = new Map(options.facts.map((fact) => [this.#name(fact), fact]));
    this.#parked = new Map(options.facts.map((fact) => [options.parkedId(fact), fact]));
  }

  async request(request: DatabaseRequest): Promise<Decision> {
    this.observations.push(...this.#givenUp.outlived(request));
    const records = [...this.#effectsIn(request), ...lettersIn(request).map(nameInLetter)];
    if (records.length === 0) return FORWARD;
    if (this.#contested && records.includes(this.#contested.record)) this.#noticeRival(request.worker);
    const decision = await this.#decide(request, records);
    const goesOn = decision === ON_ITS_WAY || (decision === FORWARD && !request.gone.aborted);
    for (const record of goesOn ? records : []) this.#unmarkedOf(request.worker).add(record);
    return decision;
  }

  async answered(request: DatabaseRequest, status: number, output: unknown): Promise<void> {
    const { worker, operation, input, receivedAtMs } = request;
    if (isLetters(request)) return this.#lettersAnswered(request, status === 200 ? output : undefined);
    if (this.#contested && this.#asksFor(this.#contested.record, input)) this.#noticeRival(worker);
    const writes = this.#read(() => this.#accepted.of({ operation, input, status, output, atMs: receivedAtMs }));
    const accepted = new Set(writes.filter((write) => this.#isEffect(write)).map(recordOf));
    for (const record of this.#effectsIn(request)) {
      if (accepted.has(record)) this.#effectAccepted(worker, record);
      else this.#effectRefused(worker, record);
    }
    for (const write of writes) if (write.table === this.#options.memoryTable) this.#memoryWritten(write, request);
  }

  #lettersAnswered(request: DatabaseRequest, output: unknown): void {
    const { Successful = [] } = (output ?? {}) as { Successful?: readonly { readonly Id: string }[] };
    const accepted = new Set(Successful.map(({ Id }) => Id));
    for (const letter of lettersIn(request)) {
      const record = nameInLetter(letter);
      const { worker } = request;
      if (accepted.has(letter.Id)) {
        const { partition, offset } = this.#facts.get(record) ?? NOWHERE;
        if (request.gone.aborted) this.unheardLetters.add(this.observations.length);
        this.observations.push({ kind: 'letter', worker, partition, offset });
        const fault = this.#actingAt(worker, record);
        if (fault) this.#strike(fault, worker);
      } else this.#effectRefused(worker, record);
    }
  }

  /** The event source saw a worker die. */
  workerEnded(worker: string, cause: string): void {
    this.observations.push({ kind: 'killed', worker, cause });
    this.#ended.add(worker);
    this.#givenUp.ended(worker);
    this.#held.delete(worker);
    this.#unmarked.delete(worker);
    if (!this.#frozen.delete(worker)) return;
    const fault = this.#acting.get(worker);
    if (fault && cause === 'time-out') this.#happened(fault, worker);
    else this.#giveUp(worker);
  }

  #noticeRival(worker: string): void {
    if (this.#contested && this.#contested.owner !== worker) this.#contested.hasRival = true;
  }

  /** Whoever wants to run the record names its identity, or the ledger of its partition. */
  #asksFor(record: string, input: object): boolean {
    const { identity = record, partition } = this.#facts.get(record) ?? NOWHERE;
    const text = JSON.stringify(input);
    return text.includes(`${identity}"`) || text.includes(`#${this.#options.topic}#${partition}"`);
  }

  #memoryWritten(write: Write, { worker, receivedAtMs }: DatabaseRequest): void {
    const parked = this.#parked.get(write.key[ATTRIBUTES.id]?.S ?? '');
    if (parked) {
      const { partition, offset, identity } = parked;
      this.parkedItems.push({ at: this.observations.length, worker, partition, offset });
      // Of a record without an identity it is what closes it (protocol P5).
      if (identity === undefined) this.#unmarkedOf(worker).delete(this.#name(parked));
    }
    for (const seen of this.#read(() => [claimOnTheWire(write, { worker, atMs: receivedAtMs })])) {
      if (seen === undefined) continue;
      this.observations.push(seen);
      if (seen.kind === 'mark') this.#marked(seen, this.#unmarkedOf(worker));
    }
  }

  #marked(mark: Marked, unmarked: Set<string>): void {
    for (const record of unmarked) {
      const fact = this.#facts.get(record);
      if (fact && closes(mark, fact)) unmarked.delete(record);
    }
  }

  #effectAccepted(worker: string, record: string): void {
    const { partition, offset } = this.#facts.get(record) ?? NOWHERE;
    this.observations.push({ kind: 'effect', worker, partition, offset });
    const fault = this.#actingAt(worker, record);
    if (fault) this.#strike(fault, worker);
  }

  #effectRefused(worker: string, record: string): void {
    this.#unmarkedOf(worker).delete(record);
    if (this.#actingAt(worker, record)) this.#giveUp(worker);
  }

  /** The fault at this record, if it is this worker's turn. */
  #actingAt(worker: string, record: string): Fault | undefined {
    const fault = this.#faults.get(record);
    return fault !== undefined && fault === this.#acting.get(worker) ? fault : undefined;
  }

  /** The effect of the fault's record has been accepted, and its worker does not know yet. */
  #strike(fault: Fault, worker: string): void {
    const process = this.#options.backstage.worker(worker);
    if (fault.name === 'rebalance') {
      this.#happened(fault, worker);
    } else if (!process) {
      this.#giveUp(worker);
    } else if (fault.name === 'crash' || fault.name === 'crash-letter') {
      this.#killed.add(worker);
      process.kill();
      this.#happened(fault, worker);
    } else {
      process.freeze();
      this.#frozen.add(worker);
    }
  }

  async #decide(request: DatabaseRequest, records: readonly string[]): Promise<Decision> {
    const due = records.flatMap((record) => {
      const fault = this.#faults.get(record);
      return fault && !fault.happened ? [{ fault, record }] : [];
    });
    // Those that keep the request from the database come first: behind the others their effect would have happened.
    const next = due.find(({ fault }) => fault.name === 'failing-record') ?? due[0];
    if (next) return this.#act(next.fault, request, next.record);
    const wasHeld = this.#held.has(request.worker);
    await this.#until(() => !this.#held.has(request.worker) || this.#isAwaited(request, records), request);
    return wasHeld && this.#ended.has(request.worker) ? DROP : FORWARD;
  }

  /** A letter's mark comes behind what was before it in its partition: holding that back would be waiting for itself. */
  #isAwaited(request: DatabaseRequest, records: readonly string[]): boolean {
    if (isLetters(request)) return false;
    const partitions = records.map((record) => this.#facts.get(record)?.partition);
    return [...this.#unmarkedOf(request.worker)].some((name) => {
      const fact = this.#facts.get(name);
      return fact?.doom !== undefined && partitions.includes(fact.partition);
    });
  }

  async #act(fault: Fault, request: DatabaseRequest, record: string): Promise<Decision> {
    const { worker } = request;
    if (fault.name === 'failing-record') {
      const failures = (this.#failures.get(fault) ?? 0) + 1;
      this.#failures.set(fault, failures);
      if (failures === FAILURES) this.#happened(fault, worker);
      return DATABASE_FAILS;
    }
    const isWanted = await this.#until(() => this.#isFree(worker, fault), request);
    // No fault befalls the dead: what a dead worker's request did would never come again, and the fault never happen.
    if (this.#isDead(worker)) return DROP;
    if (fault.happened) return FORWARD;
    // Its sender gave it up: were it to arrive now, the record would never come again, and the fault never happen.
    if (!isWanted) return DROP;
    if (fault.name === 'rebalance' && this.#rebalances === MAXIMUM_REBALANCES) return FORWARD;
    this.#acting.set(worker, fault);
    if (fault.name === 'rebalance') return this.#rebalance(worker, record);
    await this.#drain(request);
    if (request.gone.aborted || this.#isDead(worker)) {
      this.#giveUp(worker);
      return DROP;
    }
    return fault.name === 'crash-before' ? this.#killBefore(fault, worker) : FORWARD;
  }

  #isDead(worker: string): boolean {
    return this.#killed.has(worker) || this.#ended.has(worker);
  }

  #killBefore(fault: Fault, worker: string): Decision {
    const process = this.#options.backstage.worker(worker);
    if (!process) {
      this.#giveUp(worker);
      return FORWARD;
    }
    this.#killed.add(worker);
    process.kill();
    this.#happened(fault, worker);
    return DROP;
  }

  /**
   * Nothing else is being done to this worker, nor the same to another one. A rebalance waits for the others too, so
   * that nothing moves away from a worker that stands still; they do not wait for it, since its rival may be their
   * worker.
   */
  #isFree(worker: string, fault: Fault): boolean {
    if (fault.name === 'rebalance') return this.#acting.size === 0;
    return !this.#acting.has(worker) && ![...this.#acting.values()].includes(fault);
  }

  /** Something else came first: the fault waits for the record to come again. */
  #giveUp(worker: string): void {
    this.#acting.delete(worker);
    this.#held.delete(worker);
  }

  async #drain(request: DatabaseRequest): Promise<void> {
    this.#held.add(request.worker);
    const until = Date.now() + DRAIN_MS;
    await this.#until(() => this.#unmarkedOf(request.worker).size === 0 || Date.now() > until, request);
  }

  /**
   * The partition moves while the old owner's effect is on its way, and the new owner has asked for the same record. The
   * request arrives even if its sender has given it up meanwhile and sends it again, but not if its sender is dead.
   */
  async #rebalance(owner: string, record: string): Promise<Decision> {
    const contested = { record, owner, hasRival: false };
    this.#contested = contested;
    this.#rebalances += 1;
    await this.#options.backstage.scaleUp();
    while (!contested.hasRival && !this.#ended.has(owner)) await delay(LOOK_MS);
    this.#contested = undefined;
    if (!this.#ended.has(owner)) return ON_ITS_WAY;
    this.#giveUp(owner);
    return DROP;
  }

  #happened(fault: Fault, worker: string): void {
    fault.happened = true;
    if (this.#acting.get(worker) === fault) this.#acting.delete(worker);
    this.#options.onFault(fault);
  }

  /** False when the worker went away first. */
  async #until(condition: () => boolean, { gone }: DatabaseRequest): Promise<boolean> {
    while (!condition() && !gone.aborted) await delay(LOOK_MS);
    return !gone.aborted;
  }

  #unmarkedOf(worker: string): Set<string> {
    const set = this.#unmarked.get(worker) ?? new Set();
    this.#unmarked.set(worker, set);
    return set;
  }

  #marksIn(request: DatabaseRequest): WriteLost[] {
    const { memoryTable } = this.#options;
    const parkedIn = (id: string) => this.#parked.get(id)?.partition;
    return isLetters(request) ? [] : this.#read(() => lostMarks(request, memoryTable, parkedIn));
  }

  /** The records whose effects the request asks for, by name. */
  #effectsIn(request: DatabaseRequest): string[] {
    if (isLetters(request)) return [];
    const { operation, input } = request;
    return this.#read(() => requestedWrites(operation, input))
      .filter((write) => this.#isEffect(write))
      .map(recordOf);
  }

  #isEffect({ table }: Write): boolean {
    return table === this.#options.countersTable;
  }

  /** What cannot be read is told, once. */
  #read<Found>(read: () => Found[]): Found[] {
    try {
      return read();
    } catch (error) {
      const { message } = error as Error;
      if (!this.#problems.has(message)) this.#options.complain(message);
      this.#problems.add(message);
      return [];
    }
  }

  #name({ partition, offset }: { readonly partition: number; readonly offset: number }): string {
    return `${this.#options.topic}-${partition}@${offset}`;
  }
}

function closes(mark: Marked, { partition, offset, identity }: FlightFact): boolean {
  if (mark.identity !== undefined) return mark.identity === identity;
  return mark.partition === partition && mark.closes.some(([first, last]) => offset >= first && offset <= last);
}

/** An effect that does not say whose it is, is nobody's. */
const recordOf = ({ sets }: Write) => sets.lastRecord?.S ?? '';
