/**
 * A world in which everything that may go wrong does: workers die, two of them get the same batch, requests and answers
 * are lost, clocks differ. What happened is judged by an oracle of its own, which knows the records and the effects and
 * asks the stored items, and which shares nothing with the runtime.
 */
import { createHash } from 'node:crypto';
import type { BatchResponse, KafkaEvent } from '../../contract/event';
import type { ClaimStore } from '../../handlers/claims/claim-store';
import { MemoryClaimStore } from '../../handlers/claims/memory-claim-store';
import { createProcessor } from '../../handlers/create-processor';
import type { Order as LaneOrder } from '../../handlers/index';
import { settingsOf } from '../../handlers/options';
import { type Reading, redelivery } from './deliveries';
import { FaultyStore, MortalStore, type StoreFault } from './faulty-store';
import { event, type Order, orders, ProcessEnded, VirtualTime, type World, world } from './virtual-world';

export interface PlannedRecord {
  readonly id: string;
  /** Another amount is another payload. */
  readonly amount: number;
  readonly key: string | undefined;
}

export interface Plan {
  readonly partitions: readonly (readonly PlannedRecord[])[];
  readonly order: LaneOrder;
  readonly concurrency: number;
  readonly mode: Reading | 'throw';
  /** How often the run of an identity fails before it works. */
  readonly failuresOf: Readonly<Record<string, number>>;
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
  /** The worker dies in its n-th run, before or after the effect; -1: it lives. */
  readonly diesInRun: number;
  readonly diesAfterEffect: boolean;
  /** It does not stop when its signal is aborted. */
  readonly isDeaf: boolean;
}

/** A mistake that is planted, to see whether the oracle sees it. */
export interface Broken {
  readonly store?: (right: MemoryClaimStore) => ClaimStore;
  readonly order?: LaneOrder;
}

interface Effect {
  readonly id: string;
  readonly worker: Worker;
  readonly partition: number;
  readonly offset: number;
}

class Worker {
  runs = 0;
  isDead = false;
  readonly died: Promise<void>;
  readonly store: MortalStore;
  #die: () => void = () => {};

  constructor(
    readonly plan: WorkerPlan,
    store: FaultyStore,
  ) {
    this.store = new MortalStore(store);
    this.died = new Promise((resolve) => {
      this.#die = resolve;
    });
  }

  die(): Promise<never> {
    this.isDead = true;
    this.store.dead = true;
    this.#die();
    return new Promise(() => undefined);
  }
}

const CALM: WorkerPlan = { remainingMs: 60_000, clockAheadMs: 0, diesInRun: -1, diesAfterEffect: false, isDeaf: false };
const FAULTS: readonly StoreFault[] = ['request lost', 'answer lost', 'late copy', 'throttled'];
const LIMIT = 60;

export class Chaos {
  readonly violations: string[] = [];
  readonly effects: Effect[] = [];
  /** How often each identity failed on purpose. */
  readonly failed = new Map<string, number>();
  /** Identities with a fault on a completion or a renewal: what they did may not be known. */
  readonly #clouded = new Set<string>();
  readonly #attempts = new Map<string, number[]>();
  readonly #time = new VirtualTime();
  readonly #world: World = world();
  readonly #items = new Map<string, ReturnType<MemoryClaimStore['items']['get']> & object>();
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
      const open = openIn(next).filter((name) => !this.#isClosed(this.#record(name)));
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

  async #invoke(given: KafkaEvent, plan: WorkerPlan): Promise<BatchResponse | 'closed' | 'failed'> {
    const clock = { now: () => this.#time.nowMs + plan.clockAheadMs };
    const memory = new MemoryClaimStore({ clock, clockSkewMs: 1_000, rememberForSeconds: 1_209_600 });
    Object.assign(memory, { items: this.#items });
    const store = new FaultyStore(this.broken.store?.(memory) ?? memory, this.#time, {
      faultOf: ({ operation, id }) => {
        if (this.#isCalm || this.#random() >= this.plan.faultRate) return undefined;
        const fault = FAULTS[Math.floor(this.#random() * FAULTS.length)];
        if (operation === 'complete' || operation === 'renew') this.#clouded.add(id);
        if (fault === 'late copy') void this.#time.sleep(this.#random() * 50_000).then(() => store.deliverLate());
        return fault;
      },
      latencyMs: () => Math.floor(this.#random() * this.plan.latencyMs),
    });
    const worker = new Worker(plan, store);
    const handler = createProcessor(
      settingsOf(
        orders((record) => this.#process(worker, record), {
          order: this.broken.order ?? this.plan.order,
          concurrency: this.plan.concurrency,
        }),
      ),
      { Orders: { consumer: 'shop-orders', generation: 1 } },
      {
        ...this.#world.ports,
        clock,
        sleep: this.#time.sleep,
        store: worker.store,
        exit: () => {
          void worker.die();
          throw new ProcessEnded();
        },
      },
    );
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
    {
      value,
      partition,
      offset,
      attempt,
      signal,
    }: { value: Order; partition: number; offset: number; attempt: number; signal: AbortSignal },
  ): Promise<void> {
    if (worker.isDead) return worker.die();
    const { plan } = worker;
    const run = worker.runs;
    worker.runs += 1;
    this.#checkLane(partition, offset);
    this.#attempts.set(value.id, [...(this.#attempts.get(value.id) ?? []), attempt]);
    await this.#time.sleep(this.plan.workMsOf[value.id] ?? 0, plan.isDeaf ? undefined : signal);
    if (worker.isDead || (run === plan.diesInRun && !plan.diesAfterEffect)) return worker.die();
    if (signal.aborted && !plan.isDeaf) throw signal.reason;
    const failed = this.failed.get(value.id) ?? 0;
    if (failed < (this.plan.failuresOf[value.id] ?? 0)) {
      this.failed.set(value.id, failed + 1);
      throw new Error('no');
    }
    this.#checkTwice(value.id);
    this.effects.push({ id: value.id, worker, partition, offset });
    if (run === plan.diesInRun) return worker.die();
  }

  /** Whether a durable mark closes the record: its identity is completed, with its payload. */
  #isClosed({ id, amount }: PlannedRecord): boolean {
    const item = this.#items.get(itemKey(id));
    return item?.status === 'COMPLETED' && item.payloadDigest === payloadDigest(id, amount);
  }

  /** Nothing runs before everything ahead of it in its lane is closed. */
  #checkLane(partition: number, offset: number): void {
    for (const [other, record] of this.#lane(partition, offset)) {
      if (other < offset && !this.#isClosed(record)) {
        this.violations.push(`O1: ${partition}@${offset} runs while ${partition}@${other} is open`);
      }
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

  /** An effect is excused only if the one before it died unmarked, or if its mark or lease met a fault. */
  #checkTwice(id: string): void {
    const before = this.effects.filter((effect) => effect.id === id);
    for (const { worker } of before) {
      if (!worker.isDead && !this.#clouded.has(itemKey(id))) this.violations.push(`twice: ${id}`);
    }
  }

  #checkAnswer(given: KafkaEvent, answer: BatchResponse | 'closed', { diesInRun, remainingMs }: WorkerPlan): void {
    const listed = new Set(
      answer === 'closed'
        ? []
        : answer.batchItemFailures.map(({ itemIdentifier: { partition, offset } }) => `${partition}@${offset}`),
    );
    const isWhole = this.#isExact && !this.#isCutOff && diesInRun === -1 && remainingMs === 60_000;
    const delivered = openIn(given);
    delivered.forEach((name) => {
      const isClosed = this.#isClosed(this.#record(name));
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
    return this.#lane(partition, offset).every(([other, record]) => other >= offset || this.#isClosed(record));
  }

  /** With one worker at a time and a sound store the answer is exact; else a mark may land behind it. */
  get #isExact(): boolean {
    return this.plan.faultRate === 0 && this.plan.deliveries.every(({ length }) => length === 1);
  }

  /** Whether runs may meet the deadline of an invocation. */
  get #isCutOff(): boolean {
    return Object.values(this.plan.workMsOf).some((ms) => ms > 1_000);
  }

  #record(name: string): PlannedRecord {
    const [partition, offset] = placeOf(name);
    return this.plan.partitions[partition]?.[offset] as PlannedRecord;
  }

  /** What may stay open for ever: conflicts, and what is behind them in their lanes. */
  #blocked(): Set<string> {
    const all = this.plan.partitions.flatMap((records, partition) =>
      records.map((record, offset) => ({ record, partition, offset, name: `orders-${partition}@${offset}` })),
    );
    const isConflict = ({ id, amount }: PlannedRecord) => {
      const digest = this.#items.get(itemKey(id))?.payloadDigest;
      return digest !== undefined && digest !== payloadDigest(id, amount);
    };
    const blocked = new Set(all.filter(({ record }) => isConflict(record)).map(({ name }) => name));
    for (let size = -1; size !== blocked.size; ) {
      size = blocked.size;
      all.forEach(({ record, partition, offset, name }) => {
        const behind = this.#lane(partition, offset).some(
          ([other]) => other < offset && blocked.has(`orders-${partition}@${other}`),
        );
        if (behind && !this.#isClosed(record)) blocked.add(name);
      });
    }
    return blocked;
  }

  #judge(): void {
    const blocked = this.#blocked();
    this.plan.partitions.forEach((records, partition) => {
      records.forEach((record, offset) => {
        if (blocked.has(`orders-${partition}@${offset}`)) return;
        if (!this.#isClosed(record)) this.violations.push(`lost: ${partition}@${offset} is not closed`);
        if (!this.effects.some(({ id }) => id === record.id)) this.violations.push(`lost: no effect of ${record.id}`);
      });
    });
    const died = this.plan.deliveries.flat().some(({ diesInRun }) => diesInRun !== -1);
    if (!this.#isExact || this.#isCutOff || died) return;
    for (const [id, attempts] of this.#attempts) {
      const expected = attempts.map((_, index) => index + 1);
      if (attempts.join() !== expected.join()) this.violations.push(`C5: attempts of ${id} are ${attempts.join()}`);
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
