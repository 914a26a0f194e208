/**
 * A world in which everything that may go wrong does: workers die, two of them get the same batch, requests and answers
 * are lost, clocks differ. What happened is judged by an oracle of its own, which knows the records and the effects and
 * asks the stored items, and which shares nothing with the runtime.
 */
import { createHash } from 'node:crypto';
import type { BatchResponse, KafkaEvent } from '../../contract/event';
import type { StoredClaim } from '../../handlers/claims/judge';
import { MemoryClaimStore } from '../../handlers/claims/memory-claim-store';
import { createProcessor } from '../../handlers/create-processor';
import type { Order as LaneOrder } from '../../handlers/index';
import { type MemoryLedger, MemoryLedgerStore } from '../../handlers/ledger/memory-ledger-store';
import { type BatchResult, type FailedRecord, type Settings, settingsOf } from '../../handlers/options';
import type { StoredParked } from '../../handlers/parking/judge-parked';
import { MemoryParkingStore } from '../../handlers/parking/memory-parking-store';
import type { Store } from '../../handlers/store/store';
import { MemoryRedriveStore } from '../../handlers/transaction/memory-redrive-store';
import { MemoryTransactionStore, type WriteRefusal } from '../../handlers/transaction/memory-transaction-store';
import type { PreparedWrite } from '../../handlers/transaction/prepared-write';
import { type Reading, redelivery } from './deliveries';
import { FaultyStore, MortalStore, type StoreFault } from './faulty-store';
import {
  batches,
  event,
  ledger,
  MAPPINGS,
  type Order,
  orders,
  ProcessEnded,
  transactions,
  VirtualTime,
  type World,
  world,
} from './virtual-world';

/** The ways of remembering. */
export type Way = 'ledger' | 'identity' | 'transaction' | 'transaction with identity';

export interface PlannedRecord {
  readonly id: string;
  /** Another amount is another payload. */
  readonly amount: number;
  readonly key: string | undefined;
}

export interface Plan {
  readonly partitions: readonly (readonly PlannedRecord[])[];
  readonly way: Way;
  /** Of transactions: their writes do not depend on what user code read. */
  readonly independent: boolean;
  readonly checkpointMs: number;
  readonly order: LaneOrder;
  readonly concurrency: number;
  /**
   * Several records go to user code in one call: it goes through them and says which failed, or carries out all of them
   * or none. @default one record at a time
   */
  readonly calls?: 'listing' | 'all or none';
  readonly mode: Reading | 'throw';
  /** How often the run of an identity fails before it works. */
  readonly failuresOf: Readonly<Record<string, number>>;
  /** Of transactions: how often the condition of an identity's write fails, after its run has worked. */
  readonly refusalsOf: Readonly<Record<string, number>>;
  /** How long the run of an identity takes. */
  readonly workMsOf: Readonly<Record<string, number>>;
  /** For each delivery of the bad times what its workers meet; two workers get it at once. */
  readonly deliveries: readonly (readonly WorkerPlan[])[];
  readonly seed: number;
  /** Share of the requests that meet a fault. */
  readonly faultRate: number;
  readonly latencyMs: number;
}

export interface WorkerPlan {
  readonly remainingMs: number;
  readonly clockAheadMs: number;
  /**
   * The worker dies in its n-th run, before or after the effect; -1: it lives. In a transaction, where the effect comes
   * with a commit: in its n-th run, or right after its n-th commit.
   */
  readonly diesInRun: number;
  readonly diesAfterEffect: boolean;
  /** It does not stop when its signal is aborted. */
  readonly isDeaf: boolean;
}

/** A mistake that is planted, to see whether the oracle sees it. */
export interface Broken {
  readonly store?: (right: MemoryParts) => Store;
  readonly settings?: Partial<Settings<Order>>;
}

/** The stores of a worker's own clock, over items that all share. */
export interface MemoryParts extends Store {
  readonly claims: MemoryClaimStore;
  readonly ledger: MemoryLedgerStore;
  readonly transactions: MemoryTransactionStore;
}

interface Effect {
  readonly id: string;
  readonly worker: Worker;
  readonly partition: number;
  readonly offset: number;
}

class Worker {
  runs = 0;
  commits = 0;
  /** Places of records whose user code ended well. */
  readonly ended = new Set<string>();
  isDead = false;
  readonly died: Promise<void>;
  /** What its store stands on, once it has one. */
  store: MortalStore | undefined;
  #die: () => void = () => {};

  constructor(readonly plan: WorkerPlan) {
    this.died = new Promise((resolve) => {
      this.#die = resolve;
    });
  }

  die(): Promise<never> {
    this.isDead = true;
    if (this.store) this.store.dead = true;
    this.#die();
    return new Promise(() => undefined);
  }
}

const CALM: WorkerPlan = {
  remainingMs: 300_000,
  clockAheadMs: 0,
  diesInRun: -1,
  diesAfterEffect: false,
  isDeaf: false,
};
const FAULTS: readonly StoreFault[] = ['request lost', 'answer lost', 'late copy', 'throttled'];
const LIMIT = 60;

export class Chaos {
  readonly violations: string[] = [];
  readonly effects: Effect[] = [];
  /** How often each identity failed on purpose. */
  readonly failed = new Map<string, number>();
  readonly #refused = new Map<string, number>();
  /** Items with a fault on a completion, a mark or a renewal: what was done may not be known. */
  readonly #clouded = new Set<string>();
  readonly #attempts = new Map<string, number[]>();
  readonly #time = new VirtualTime();
  readonly #world: World = world();
  readonly #items = new Map<string, StoredClaim>();
  readonly #ledgers = new Map<string, MemoryLedger>();
  readonly #parked = new Map<string, StoredParked>();
  readonly #random: () => number;
  readonly #event: KafkaEvent;
  #isCalm = false;

  constructor(
    readonly plan: Plan,
    private readonly broken: Broken = {},
  ) {
    this.#random = mulberry32(plan.seed);
    this.#event = event(
      Object.fromEntries(
        plan.partitions.map((records, partition) => [
          partition,
          records.map(({ id, amount, key }) => ({ value: { id, amount }, key: key ?? null })),
        ]),
      ),
    );
  }

  /** Runs the bad times, then good ones until nothing moves any more. */
  async run(): Promise<void> {
    let next = this.#event;
    for (const workers of this.plan.deliveries) {
      if (Object.keys(next.records).length === 0) break;
      next = await this.#deliver(next, workers);
    }
    this.#isCalm = true;
    // What is still under way arrives now, and every lease of the dead runs out.
    await this.#time.sleep(60_000);
    for (let delivery = 0; ; delivery += 1) {
      const open = openIn(next).filter((name) => !this.#isClosed(...placeOf(name)));
      const blocked = this.#blocked();
      if (open.every((name) => blocked.has(name))) break;
      if (delivery === LIMIT) {
        this.violations.push(`lost: still open are ${open.join(' ')}, and only ${[...blocked].join(' ')} may be`);
        break;
      }
      next = await this.#deliver(next, [CALM]);
    }
    this.#judge();
  }

  async #deliver(given: KafkaEvent, plans: readonly WorkerPlan[]): Promise<KafkaEvent> {
    const answers = await Promise.all(plans.map((plan) => this.#invoke(given, plan)));
    // With two workers on one batch the last one owns the partition: its answer counts.
    const answer = answers.at(-1);
    if (answer === undefined || answer === 'failed') return given;
    if (answer === 'closed') return { ...given, records: {} };
    return redelivery(given, answer, this.plan.mode === 'throw' ? 'listed' : this.plan.mode);
  }

  #storeOf(worker: Worker): FaultyStore {
    const clock = { now: () => this.#time.nowMs + worker.plan.clockAheadMs };
    const rules = { clock, clockSkewMs: 1_000, rememberForSeconds: 1_209_600 };
    const parked = this.#parked;
    const claims = new MemoryClaimStore({ ...rules, parked });
    Object.assign(claims, { items: this.#items });
    const partitions = new MemoryLedgerStore({ ...rules, items: this.#ledgers, parked });
    const apply = (writes: readonly PreparedWrite[]) => this.#commit(worker, writes);
    const transactions = new MemoryTransactionStore({ ...rules, claims, ledger: partitions, apply });
    const parking = new MemoryParkingStore({ ...rules, items: parked, claims });
    const right: MemoryParts = {
      table: 'memory',
      claims,
      ledger: partitions,
      transactions,
      parking,
      redrives: new MemoryRedriveStore({ ...rules, parking, claims, transactions, apply }),
    };
    const store: FaultyStore = new FaultyStore(this.broken.store?.(right) ?? right, this.#time, {
      faultOf: ({ operation, id }) => {
        if (this.#isCalm || this.#random() >= this.plan.faultRate) return undefined;
        const fault = FAULTS[Math.floor(this.#random() * FAULTS.length)];
        if (operation === 'complete' || operation === 'renew' || operation === 'mark') this.#clouded.add(id);
        if (fault === 'late copy') void this.#time.sleep(this.#random() * 50_000).then(() => store.deliverLate());
        return fault;
      },
      latencyMs: () => Math.floor(this.#random() * this.plan.latencyMs),
    });
    return store;
  }

  #settings(worker: Worker): Settings<Order> {
    const { way, order, concurrency, checkpointMs, independent } = this.plan;
    const common = { order, concurrency, checkpointMs };
    type Given = Parameters<Settings<Order>['process']>[0];
    const process = (record: Given) => this.#process(worker, record);
    const writing = async (record: Given) => {
      await process(record);
      const { id } = record.value;
      return { Put: { TableName: 'orders', Item: { id, partition: record.partition, offset: record.offset } } };
    };
    const optionsOf = {
      ledger: () => ledger(process, common),
      identity: () => orders(process, common),
      transaction: () => transactions(writing, { ...common, independent }),
      'transaction with identity': () =>
        transactions(writing, { ...common, independent, identity: ({ value }) => value.id }),
    };
    const single = settingsOf<Order, undefined>(optionsOf[way]());
    if (this.plan.calls === undefined) return { ...single, ...this.broken.settings };
    const processBatch = (records: readonly Given[]) => this.#processBatch(worker, records);
    const given = { ...common, ...(way === 'identity' ? { identity: ({ value }: { value: Order }) => value.id } : {}) };
    return { ...settingsOf<Order, undefined>(batches(processBatch, given)), ...this.broken.settings };
  }

  async #invoke(given: KafkaEvent, plan: WorkerPlan): Promise<BatchResponse | 'closed' | 'failed'> {
    const worker = new Worker(plan);
    worker.store = new MortalStore(this.#storeOf(worker));
    const handler = createProcessor(this.#settings(worker), MAPPINGS, {
      ...this.#world.ports,
      clock: { now: () => this.#time.nowMs + plan.clockAheadMs },
      sleep: this.#time.sleep,
      store: worker.store,
      exit: () => {
        void worker.die();
        throw new ProcessEnded();
      },
    });
    const endsAtMs = this.#time.nowMs + plan.remainingMs;
    const context = {
      invokedFunctionArn: `x:x:x:x:x:x:f:Orders-${this.plan.mode === 'throw' ? 'throw' : 'partial'}`,
      getRemainingTimeInMillis: () => endsAtMs - this.#time.nowMs,
    };
    const over = new AbortController();
    const answer = await Promise.race([
      handler(given, context).then(
        (response) => response ?? ('closed' as const),
        () => 'failed' as const,
      ),
      worker.died.then(() => 'failed' as const),
      this.#time.sleep(plan.remainingMs, over.signal).then(() => 'too late' as const),
    ]);
    over.abort();
    if (answer === 'too late') {
      this.violations.push('D1: no answer before the end');
      void worker.die();
      return 'failed';
    }
    if (answer !== 'failed') this.#checkAnswer(given, answer, plan);
    return answer;
  }

  async #process(
    worker: Worker,
    { value, partition, offset, attempt, signal }: Parameters<Settings<Order>['process']>[0],
  ): Promise<void> {
    if (worker.isDead) return worker.die();
    const { plan } = worker;
    const run = worker.runs;
    worker.runs += 1;
    this.#checkLane(worker, partition, offset);
    const counted = this.plan.way === 'identity' ? value.id : `${partition}@${offset}`;
    this.#attempts.set(counted, [...(this.#attempts.get(counted) ?? []), attempt]);
    await this.#time.sleep(this.plan.workMsOf[value.id] ?? 0, plan.isDeaf ? undefined : signal);
    if (worker.isDead || (run === plan.diesInRun && !plan.diesAfterEffect)) return worker.die();
    if (signal.aborted && !plan.isDeaf) throw signal.reason;
    const failed = this.failed.get(value.id) ?? 0;
    if (failed < (this.plan.failuresOf[value.id] ?? 0)) {
      this.failed.set(value.id, failed + 1);
      throw new Error('no');
    }
    if (!this.#isTransaction) {
      this.#effect({ id: value.id, worker, partition, offset });
      if (run === plan.diesInRun) return worker.die();
    }
    worker.ended.add(`${partition}@${offset}`);
  }

  async #processBatch(
    worker: Worker,
    records: readonly Parameters<Settings<Order>['process']>[0][],
  ): Promise<BatchResult> {
    const isBad = (id: string) => (this.failed.get(id) ?? 0) < (this.plan.failuresOf[id] ?? 0);
    if (this.plan.calls === 'all or none' && records.length > 1 && records.some(({ value }) => isBad(value.id))) {
      for (const { value, partition, offset, attempt } of records) {
        const counted = this.plan.way === 'identity' ? value.id : `${partition}@${offset}`;
        if (this.#countsEach && attempt !== (this.#attempts.get(counted)?.length ?? 0) + 1)
          this.violations.push(`P2: ${counted} has attempt ${attempt} in a call with others`);
      }
      throw new Error('no');
    }
    const failed: FailedRecord[] = [];
    for (const record of records) {
      const hasStopped = failed.length > 0 && (this.plan.order !== 'none' || record.signal.aborted);
      // Nothing behind the first that failed needs to be listed.
      if (hasStopped && this.plan.order !== 'none' && this.plan.calls === 'listing') break;
      const error = hasStopped
        ? new Error('not begun')
        : await this.#process(worker, record).then(
            () => undefined,
            (thrown: unknown) => thrown,
          );
      if (error !== undefined) failed.push({ record, error });
    }
    return failed.length > 0 ? { failed } : undefined;
  }

  /** What the database carries out: a transaction's effects, all of them at one instant. */
  #commit(worker: Worker, writes: readonly PreparedWrite[]): readonly (WriteRefusal | undefined)[] {
    const refusals = writes.map((write) => this.#refusal(write));
    if (refusals.some((refusal) => refusal !== undefined)) return refusals;
    const now = new Set<string>();
    for (const { item } of writes) {
      const { id, partition, offset } = item.Put?.Item ?? {};
      const effect = { id: id?.S ?? '', worker, partition: Number(partition?.N), offset: Number(offset?.N) };
      this.#checkCommit(effect, now);
      this.#effect(effect);
      now.add(`${effect.partition}@${effect.offset}`);
    }
    const commit = worker.commits;
    worker.commits += 1;
    if (worker.plan.diesAfterEffect && commit === worker.plan.diesInRun) void worker.die();
    return [];
  }

  #refusal({ item }: PreparedWrite): WriteRefusal | undefined {
    const id = item.Put?.Item?.id?.S ?? '';
    const refused = this.#refused.get(id) ?? 0;
    if (refused >= (this.plan.refusalsOf[id] ?? 0)) return undefined;
    this.#refused.set(id, refused + 1);
    return { kind: 'condition' };
  }

  #effect(effect: Effect): void {
    this.#checkTwice(effect);
    this.effects.push(effect);
  }

  get #isTransaction(): boolean {
    return this.plan.way.startsWith('transaction');
  }

  /** Whether records mean the same thing where their identities are equal, or only where their offsets are. */
  get #hasIdentity(): boolean {
    return this.plan.way.endsWith('identity');
  }

  /** Whether a durable mark closes the record. */
  #isClosed(partition: number, offset: number): boolean {
    if (this.plan.way === 'identity') return this.#isRemembered(this.#recordAt(partition, offset));
    const runs = this.#ledgers.get(partitionKey(partition))?.state.runs ?? [];
    return runs.some(({ first, last }) => first <= offset && offset <= last);
  }

  /** Whether its identity is completed, with its payload. */
  #isRemembered({ id, amount }: PlannedRecord): boolean {
    const item = this.#items.get(itemKey(id));
    return item?.status === 'COMPLETED' && item.payloadDigest === payloadDigest(id, amount);
  }

  /**
   * A record starts when everything ahead of it in its lane is closed or, where its mark may follow later, has ended in
   * this invocation. In a transaction that is not independent the mark is there, the record's or its identity's (T2).
   */
  #checkLane(worker: Worker, partition: number, offset: number): void {
    const mayFollow = !this.#isTransaction || this.plan.independent;
    for (const [other, record] of this.#lane(partition, offset)) {
      if (other >= offset || this.#isClosed(partition, other)) continue;
      if (mayFollow && worker.ended.has(`${partition}@${other}`)) continue;
      if (this.plan.way === 'transaction with identity' && this.#isRemembered(record)) continue;
      this.violations.push(`O1: ${partition}@${offset} runs while ${partition}@${other} is open`);
    }
  }

  /** Nothing is committed before what is ahead of it in its lane. */
  #checkCommit({ partition, offset }: Effect, now: ReadonlySet<string>): void {
    for (const [other, record] of this.#lane(partition, offset)) {
      if (other >= offset || this.#isClosed(partition, other) || now.has(`${partition}@${other}`)) continue;
      if (this.#hasIdentity && this.#isRemembered(record)) continue;
      this.violations.push(`T2: ${partition}@${offset} is committed while ${partition}@${other} is open`);
    }
  }

  #lane(partition: number, offset: number): (readonly [offset: number, record: PlannedRecord])[] {
    const records = this.plan.partitions[partition] ?? [];
    const { key } = records[offset] as PlannedRecord;
    const isInLane = (other: number, record: PlannedRecord) => {
      if (this.plan.order === 'none') return other === offset;
      return this.plan.order === 'partition' || record.key === key;
    };
    return records.flatMap((record, other) => (isInLane(other, record) ? [[other, record] as const] : []));
  }

  /**
   * An effect is excused only if the one before it died unmarked, or if its mark or lease met a fault. Those of
   * transactions never are.
   */
  #checkTwice({ id, partition, offset }: Effect): void {
    const before = this.effects.filter((effect) =>
      this.#hasIdentity ? effect.id === id : effect.partition === partition && effect.offset === offset,
    );
    const item = this.plan.way === 'identity' ? itemKey(id) : partitionKey(partition);
    for (const { worker } of before) {
      if (this.#isTransaction || !(worker.isDead || this.#clouded.has(item))) {
        this.violations.push(`twice: ${id} at ${partition}@${offset}`);
      }
    }
  }

  #checkAnswer(given: KafkaEvent, answer: BatchResponse | 'closed', { diesInRun, remainingMs }: WorkerPlan): void {
    const listed = new Set(
      answer === 'closed'
        ? []
        : answer.batchItemFailures.map(({ itemIdentifier: { partition, offset } }) => `${partition}@${offset}`),
    );
    // Who comes behind a dead worker may wait for its partition in vain (L1); an identity that is done answers at once.
    const isFree = this.plan.way === 'identity' ? diesInRun === -1 : !this.#mayDie;
    const isWhole = this.#isExact && !this.#isCutOff && isFree && remainingMs >= 60_000;
    const delivered = openIn(given);
    delivered.forEach((name) => {
      const isClosed = this.#isClosed(...placeOf(name));
      const isListed = listed.has(name);
      if (!isListed && !isClosed) this.violations.push(`A1: ${name} is left out and not closed`);
      if (isWhole && isListed && isClosed && this.#isHead(name)) {
        this.violations.push(`A1: ${name} is listed and closed`);
      }
    });
    for (const name of listed) {
      if (!delivered.includes(name)) this.violations.push(`A1: ${name} is listed and was not delivered`);
    }
  }

  /** Behind a record that is open its lane does not ask. */
  #isHead(name: string): boolean {
    const [partition, offset] = placeOf(name);
    return this.#lane(partition, offset).every(([other]) => other >= offset || this.#isClosed(partition, other));
  }

  /** With one worker at a time and a sound store the answer is exact; else a mark may land behind it. */
  get #isExact(): boolean {
    return this.plan.faultRate === 0 && this.plan.deliveries.every(({ length }) => length === 1);
  }

  /** Whether every run that ends without success is one attempt, and there are no others. */
  get #countsEach(): boolean {
    return this.#isExact && !this.#isCutOff && !this.#mayDie;
  }

  get #mayDie(): boolean {
    return this.plan.deliveries.flat().some(({ diesInRun }) => diesInRun !== -1);
  }

  /** Whether runs may meet the deadline of an invocation. */
  get #isCutOff(): boolean {
    return Object.values(this.plan.workMsOf).some((ms) => ms > 1_000);
  }

  #recordAt(partition: number, offset: number): PlannedRecord {
    return this.plan.partitions[partition]?.[offset] as PlannedRecord;
  }

  /** What may stay open for ever: conflicts, and what is behind them in their lanes. */
  #blocked(): Set<string> {
    const all = this.plan.partitions.flatMap((records, partition) =>
      records.map((record, offset) => ({ record, partition, offset, name: `orders-${partition}@${offset}` })),
    );
    const isConflict = ({ id, amount }: PlannedRecord) => {
      if (!this.#hasIdentity) return false;
      const digest = this.#items.get(itemKey(id))?.payloadDigest;
      return digest !== undefined && digest !== payloadDigest(id, amount);
    };
    const isOpen = (partition: number, offset: number) => !this.#isClosed(partition, offset);
    const blocked = new Set(
      all
        .filter(({ record, partition, offset }) => isConflict(record) && isOpen(partition, offset))
        .map(({ name }) => name),
    );
    for (let size = -1; size !== blocked.size; ) {
      size = blocked.size;
      all.forEach(({ partition, offset, name }) => {
        const behind = this.#lane(partition, offset).some(
          ([other]) => other < offset && blocked.has(`orders-${partition}@${other}`),
        );
        if (behind && isOpen(partition, offset)) blocked.add(name);
      });
    }
    return blocked;
  }

  #judge(): void {
    const blocked = this.#blocked();
    this.plan.partitions.forEach((records, partition) => {
      records.forEach((record, offset) => {
        if (blocked.has(`orders-${partition}@${offset}`)) return;
        if (!this.#isClosed(partition, offset)) this.violations.push(`lost: ${partition}@${offset} is not closed`);
        const isOf = (effect: Effect) =>
          this.#hasIdentity ? effect.id === record.id : effect.partition === partition && effect.offset === offset;
        if (!this.effects.some(isOf)) this.violations.push(`lost: no effect of ${record.id} at ${partition}@${offset}`);
      });
    });
    if (!this.#countsEach) return;
    // What ran well behind a record that only its commit finds open is not committed, and runs again without a count.
    if (this.#isTransaction && this.plan.independent) return;
    for (const [counted, attempts] of this.#attempts) {
      const expected = attempts.map((_, index) => index + 1);
      if (attempts.join() !== expected.join())
        this.violations.push(`P2: attempts of ${counted} are ${attempts.join()}`);
    }
  }
}

function placeOf(name: string): [partition: number, offset: number] {
  const [, partition, offset] = /-(\d+)@(\d+)$/.exec(name) ?? [];
  return [Number(partition), Number(offset)];
}

function openIn(given: KafkaEvent): string[] {
  return Object.entries(given.records).flatMap(([name, records]) => records.map(({ offset }) => `${name}@${offset}`));
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('base64');
const partitionKey = (partition: number) => `ledger#shop-orders#u-1#1#orders#${partition}`;
const itemKey = (id: string) => `shop-orders#orders#${sha256(JSON.stringify(id))}`;
const payloadDigest = (id: string, amount: number) => sha256(JSON.stringify({ id, amount }));

/** A small generator of numbers that are the same for the same seed. */
function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
