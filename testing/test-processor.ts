import { DEFAULT_REMEMBER_FOR_SECONDS, type Mapping, type ResponseMode } from '../contract/environment';
import { ERROR_CODES } from '../contract/error-codes';
import type { BatchResponse, InvocationContext, KafkaEvent, KafkaEventRecord } from '../contract/event';
import type { Letter } from '../contract/letter';
import { createProcessor, type Handler } from '../handlers/create-processor';
import { MemoryDeadLetters } from '../handlers/dead-letters/memory-dead-letters';
import { type ProcessRecordsOptions, settingsOf, type Tombstones } from '../handlers/options';
import { MemoryStore } from '../handlers/store/memory-store';
import type { TransactionWrite } from '../handlers/transaction/transaction-write';
import { type DeliverOptions, type Delivery, deliverUntilDone } from './deliver-until-done';
import { TestingError } from './errors';
import { type FakeContext, type FakeContextOptions, fakeContext, TEST_MAPPING } from './fake-context';
import { Journal, type TestRun } from './journal';
import { type MarkedOutcome, MemoryView, type OffsetRange } from './memory-view';
import { plainWrite } from './plain-write';
import { type RecordRef, recordName } from './record-name';
import { TestClock } from './test-clock';
import { type LoggedLine, type TestWorld, testPorts } from './test-ports';
import type { TestTime } from './test-time';
import { watchedOptions } from './watched-options';
import { Worker } from './worker';

export interface TestProcessorOptions {
  /** `realTime`, or a clock that several processors share. @default a TestClock of its own */
  readonly clock?: TestTime;
  /** Whether the mapping reads partial responses. @default 'partial' */
  readonly mode?: ResponseMode;
  /** What the function is told of its mapping. @default { consumer: 'test', source: 'test', generation: 1 } */
  readonly mapping?: Mapping;
  /** How long an invocation may take, in ms. @default 60 000 */
  readonly timeoutMs?: number;
  /** Whether there is a dead-letter store. @default true */
  readonly deadLetters?: boolean;
  /**
   * Whether the condition of a write holds, for handlers with `transaction: true`. Nothing evaluates expressions here.
   * @default every condition holds
   */
  readonly conditionHolds?: (write: TransactionWrite) => boolean;
}

/** A function with its memory, in this process: what is remembered outlives its invocations and its workers. */
export interface TestProcessor {
  /** One invocation, as Lambda calls the handler. Rejects where the handler would fail, and when its worker dies. */
  readonly handle: (event: KafkaEvent, context?: InvocationContext) => Promise<BatchResponse | undefined>;
  /** Delivers again what stays open, as the mapping would. */
  deliverUntilDone(event: KafkaEvent, options?: Omit<DeliverOptions, 'mode' | 'context'>): Promise<readonly Delivery[]>;
  /** The context of an invocation that starts now. */
  context(options?: Pick<FakeContextOptions, 'remainingMs' | 'mode'>): FakeContext;

  /** What durable marks say of a record that was delivered. */
  outcomeOf(record: RecordRef): Promise<MarkedOutcome>;
  /** The same for every record that was delivered, by its name. */
  outcomes(): Promise<Record<string, MarkedOutcome>>;
  /** Runs of a record that ended without success, as they are remembered. */
  attemptsOf(record: RecordRef): Promise<number>;
  /** What a partition's ledger item holds; nothing where only identities are remembered. */
  closedOffsets(topic: string, partition: number): readonly OffsetRange[];

  /** Every run of `process`, in the order in which they began. */
  readonly runs: readonly TestRun[];
  /** The writes of committed transactions, in their order. */
  readonly written: readonly TransactionWrite[];
  /** What was dead-lettered, one letter for each record, in the order in which they came. */
  readonly letters: readonly Letter[];
  readonly logged: readonly LoggedLine[];

  /**
   * Kills the worker, once, when the effect of this record (default: of any) has happened and nothing is remembered of
   * it: `process` has resolved. Under `transaction` nothing has happened then: the effect is what it returned.
   */
  crashAfterEffect(record?: RecordRef): void;
  /** Kills the worker, once, when `process` is about to be called with this record (default: with any). */
  crashBeforeEffect(record?: RecordRef): void;
  /** Crashes that have happened, as `after the effect of orders-0@1`. */
  readonly crashes: readonly string[];
}

/**
 * Runs what was written for `processRecords` with everything outside of it in memory: the store, the dead letters, the
 * time. No environment is read.
 */
export function testProcessor<T, Mode extends Tombstones | undefined = undefined, Key = Buffer>(
  options: ProcessRecordsOptions<T, Mode, Key>,
  test: TestProcessorOptions = {},
): TestProcessor {
  const { clock: time = new TestClock(), mode = 'partial', timeoutMs, conditionHolds } = test;
  const mapping = test.mapping ?? { consumer: 'test', source: 'test', generation: 1 };
  const settings = settingsOf(options);
  const store = new MemoryStore({
    clock: time,
    clockSkewMs: settings.clockSkewMs,
    rememberForSeconds: DEFAULT_REMEMBER_FOR_SECONDS,
    apply: (writes) =>
      writes.map((write) => (conditionHolds?.(plainWrite(write)) === false ? { kind: 'condition' } : undefined)),
  });
  const deadLetters = test.deadLetters === false ? undefined : new MemoryDeadLetters();
  const world: TestWorld = { time, store, deadLetters, logged: [], tokens: { next: 1 } };
  const journal = new Journal();
  const delivered = new Map<string, KafkaEventRecord>();
  const view = new MemoryView(store, mapping, settings);

  const idle: { readonly worker: Worker; readonly handler: Handler }[] = [];
  const start = () => {
    const worker = new Worker(time);
    const own = settingsOf(watchedOptions(options, worker, time, journal));
    return { worker, handler: createProcessor(own, { [TEST_MAPPING]: mapping }, testPorts(world, worker)) };
  };
  const context = (given: Pick<FakeContextOptions, 'remainingMs' | 'mode'> = {}) =>
    fakeContext({ clock: time, mode, ...(timeoutMs === undefined ? {} : { remainingMs: timeoutMs }), ...given });

  const handle = async (event: KafkaEvent, given: InvocationContext = context()) => {
    for (const record of Object.values(event?.records ?? {}).flat()) delivered.set(recordName(record), record);
    // A process has one invocation at a time; a second one beside it is another process.
    const instance = idle.pop() ?? start();
    const { worker, handler } = instance;
    try {
      return await Promise.race([handler(event, given), worker.died]);
    } finally {
      if (!worker.isDead) idle.push(instance);
    }
  };
  const known = (ref: RecordRef): KafkaEventRecord => {
    const record = delivered.get(recordName(ref));
    if (record) return record;
    const names = [...delivered.keys()].slice(0, 20).join(', ') || 'none';
    throw new TestingError(
      ERROR_CODES.testInputInvalid,
      `The record ${recordName(ref)} was not delivered; delivered are ${names}`,
    );
  };

  return {
    handle,
    context,
    deliverUntilDone: (event, given) => deliverUntilDone(handle, event, { ...given, mode, context: () => context() }),
    outcomeOf: async (record) => view.outcomeOf(known(record)),
    outcomes: async () => {
      const outcomes: Record<string, MarkedOutcome> = {};
      for (const [name, record] of delivered) outcomes[name] = await view.outcomeOf(record);
      return outcomes;
    },
    attemptsOf: async (record) => view.attemptsOf(known(record)),
    closedOffsets: (topic, partition) => view.closedOffsets(topic, partition),
    runs: journal.runs,
    get written() {
      return store.transactions.written.map(plainWrite);
    },
    get letters() {
      return deadLetters?.letters ?? [];
    },
    logged: world.logged,
    crashAfterEffect: (record) => journal.arm('after effect', record),
    crashBeforeEffect: (record) => journal.arm('before effect', record),
    crashes: journal.crashes,
  };
}
