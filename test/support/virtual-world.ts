import type { Mappings } from '../../contract/environment';
import type { InvocationContext, KafkaEvent, KafkaEventRecord } from '../../contract/event';
import type { MemoryClaimStore } from '../../handlers/claims/memory-claim-store';
import { createProcessor, type Handler } from '../../handlers/create-processor';
import { type ProcessRecordsOptions, settingsOf, type Tombstones } from '../../handlers/options';
import type { Ports } from '../../handlers/ports';
import type { Codec } from '../../handlers/record/codec';
import { json } from '../../handlers/record/json';
import { MemoryStore } from '../../handlers/store/memory-store';
import { MemoryRedriveStore } from '../../handlers/transaction/memory-redrive-store';
import { type Apply, MemoryTransactionStore } from '../../handlers/transaction/memory-transaction-store';
import type { TransactionWrites } from '../../handlers/transaction/transaction-write';
import { type Faults, FaultyStore } from './faulty-store';

export const MAPPINGS: Mappings = { Orders: { consumer: 'shop-orders', source: 'u-1', generation: 1 } };
export const ARN = 'arn:aws:lambda:eu-west-1:111122223333:function:orders';

/** A process that the runtime has ended. */
export class ProcessEnded extends Error {}

/**
 * A clock that is turned by hand: `sleep` waits until the clock is there. While anybody sleeps and nothing else
 * happens, the clock jumps to the first that wakes up.
 */
export class VirtualTime {
  nowMs: number;
  readonly #sleepers: { readonly atMs: number; readonly wake: () => void }[] = [];
  #turning = false;

  constructor(startMs = 1_790_000_000_000) {
    this.nowMs = startMs;
  }

  readonly clock = { now: () => this.nowMs };

  readonly sleep = (ms: number, signal?: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const sleeper = {
        // Timers and wall clocks know whole milliseconds.
        atMs: this.nowMs + Math.max(0, Math.ceil(ms)),
        wake: () => {
          signal?.removeEventListener('abort', cancel);
          resolve();
        },
      };
      const cancel = () => {
        this.#sleepers.splice(this.#sleepers.indexOf(sleeper), 1);
        resolve();
      };
      signal?.addEventListener('abort', cancel, { once: true });
      this.#sleepers.push(sleeper);
      void this.#turn();
    });

  async #turn(): Promise<void> {
    if (this.#turning) return;
    this.#turning = true;
    while (this.#sleepers.length > 0) {
      // Let everything that can go on without time passing go on first.
      await new Promise((resolve) => setImmediate(resolve));
      this.#sleepers.sort((a, b) => a.atMs - b.atMs);
      const next = this.#sleepers.shift();
      if (!next) break;
      this.nowMs = Math.max(this.nowMs, next.atMs);
      next.wake();
    }
    this.#turning = false;
  }
}

export interface World {
  readonly time: VirtualTime;
  /** What every worker's store comes down to. */
  readonly memory: MemoryClaimStore;
  /** The store without a bad connection. */
  readonly all: MemoryStore;
  /** Judges the writes of users' transactions; as it is given, it takes every one. */
  apply: Apply;
  /** The memory behind a connection that can be made bad. */
  readonly store: FaultyStore;
  readonly logged: {
    readonly level: 'info' | 'error';
    readonly message: string;
    readonly fields: Readonly<Record<string, unknown>>;
  }[];
  readonly ports: Ports;
  /** A new worker of the same function: it shares the store and the clock, and nothing else. */
  handler<T, Mode extends Tombstones | undefined = undefined, Key = Buffer>(
    options: ProcessRecordsOptions<T, Mode, Key>,
    ports?: Partial<Ports>,
  ): Handler;
  context(remainingMs?: number, alias?: string): InvocationContext;
}

let tokens = 0;

export function world(faults: Faults = {}): World {
  const time = new VirtualTime();
  const rules = { clock: time.clock, clockSkewMs: 1_000, rememberForSeconds: 1_209_600 };
  const { claims, ledger, parking } = new MemoryStore(rules);
  const apply: Apply = (writes) => given.apply(writes);
  const transactions = new MemoryTransactionStore({ ...rules, claims, ledger, apply });
  const redrives = new MemoryRedriveStore({ ...rules, parking, claims, transactions, apply });
  const all: MemoryStore = { table: 'memory', claims, ledger, transactions, parking, redrives };
  const store = new FaultyStore(all, time, faults);
  const logged: World['logged'] = [];
  const ports: Ports = {
    clock: time.clock,
    sleep: time.sleep,
    random: { fraction: () => 0.5, token: () => `token-${++tokens}` },
    store,
    log: {
      info: (message, fields) => logged.push({ level: 'info', message, fields }),
      error: (message, fields) => logged.push({ level: 'error', message, fields }),
    },
    exit: () => {
      throw new ProcessEnded();
    },
  };
  const given: World = {
    time,
    all,
    apply: () => [],
    memory: claims,
    store,
    logged,
    ports,
    handler: (options, overrides) => createProcessor(settingsOf(options), MAPPINGS, { ...ports, ...overrides }),
    context: (remainingMs = 60_000, alias = 'Orders-partial') => {
      const endsAtMs = time.nowMs + remainingMs;
      return {
        invokedFunctionArn: alias === '' ? ARN : `${ARN}:${alias}`,
        getRemainingTimeInMillis: () => endsAtMs - time.nowMs,
      };
    },
  };
  return given;
}

/** The simplest values there are: an identity, and whatever a test wants beside it. */
export interface Order {
  readonly id: string;
  readonly amount?: number;
}

type EffectOptions = Extract<ProcessRecordsOptions<Order>, { readonly process: unknown; readonly transaction?: false }>;

/** Options of a handler of {@link Order}s; a test says what is special about its own, retries too. */
export function orders(process: EffectOptions['process'], options: Partial<EffectOptions> = {}): EffectOptions {
  return { value: json() as Codec<Order>, retries: 0, identity: ({ value }) => value.id, process, ...options };
}

/** The same without an identity: offsets are remembered. */
export function ledger(process: EffectOptions['process'], options: Partial<EffectOptions> = {}): EffectOptions {
  return { value: json() as Codec<Order>, retries: 0, process, ...options };
}

type BatchOptions = Extract<ProcessRecordsOptions<Order>, { readonly processBatch: unknown }>;

/** Options of a handler that gets several orders at a time; without an identity, if a test does not declare one. */
export function batches(processBatch: BatchOptions['processBatch'], options: Partial<BatchOptions> = {}): BatchOptions {
  return { value: json() as Codec<Order>, retries: 0, processBatch, ...options };
}

type TransactionOptions = Extract<ProcessRecordsOptions<Order>, { readonly transaction: true }>;

/** Writes are the effects; without an identity, if a test does not declare one. */
export function transactions(
  process: TransactionOptions['process'],
  options: Partial<TransactionOptions> = {},
): TransactionOptions {
  return { value: json() as Codec<Order>, retries: 0, transaction: true, process, ...options };
}

/** A write that stores the order. */
export function put({ id }: Order): TransactionWrites {
  return { Put: { TableName: 'orders', Item: { id } } };
}

/** The orders that transactions have stored, in the order of their commits. */
export const committed = (w: World) => w.all.transactions.written.map(({ item }) => item.Put?.Item?.id?.S);

/** Records of orders with these identities. */
export const ids = (...names: readonly string[]) => names.map((id) => ({ value: { id } }));

export type RecordInput = {
  /** Written as JSON; left out it is a tombstone. */
  readonly value?: unknown;
  /** The value as it is. */
  readonly bytes?: Buffer;
} & Partial<Omit<KafkaEventRecord, 'value' | 'key'>> & {
    readonly key?: string | null;
  };

/** An event of one topic: for each partition its records, offsets counted from `offset` or from 0. */
export function event(partitions: Readonly<Record<number, readonly RecordInput[]>>, topic = 'orders'): KafkaEvent {
  return {
    eventSource: 'aws:kafka',
    eventSourceArn: 'arn:aws:kafka:eu-west-1:111122223333:cluster/shop/0a1b-2',
    bootstrapServers: 'b-1.shop.example:9098',
    records: Object.fromEntries(
      Object.entries(partitions).map(([partition, records]) => [
        `${topic}-${partition}`,
        records.map(({ value, bytes, key, ...rest }, index) => ({
          topic,
          partition: Number(partition),
          offset: index,
          timestamp: 1_789_999_000_000 + index,
          timestampType: 'CREATE_TIME' as const,
          headers: [],
          ...(key === undefined || key === null ? {} : { key: Buffer.from(key).toString('base64') }),
          ...(value === undefined ? {} : { value: Buffer.from(JSON.stringify(value)).toString('base64') }),
          ...(bytes === undefined ? {} : { value: bytes.toString('base64') }),
          ...rest,
        })),
      ]),
    ),
  };
}

export const failures = (answer: unknown) =>
  (answer as { batchItemFailures: { itemIdentifier: { partition: string; offset: number } }[] }).batchItemFailures.map(
    ({ itemIdentifier: { partition, offset } }) => `${partition}@${offset}`,
  );
