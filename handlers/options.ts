import { CLAIM_LEASE_MS } from './claims/claim-store';
import type { Identity } from './core/identity';
import type { Order } from './core/lanes';
import { singly } from './engine/batch-result';
import { type ErrorClass, optionsInvalid } from './errors';
import { OBSERVATION_CHECKS, type ObservationOptions } from './observe/observation';
import type { Codec } from './record/codec';
import type { Headers } from './record/headers';
import type { RawRecord } from './record/parse-event';
import type { TransactionWrites } from './transaction/transaction-write';

export type Tombstones = 'process' | 'skip';

/** `value` as user code sees it: null stands for a tombstone where tombstones are processed. */
export type ValueOf<T, Mode extends Tombstones | undefined> = Mode extends 'process' ? T | null : T;

/** A record with its decoded value. */
export interface DecodedRecord<Value, Key = Buffer> extends Omit<RawRecord, 'key' | 'value' | 'delivered'> {
  /** What the option `key` makes of it, else its bytes; undefined where the record has none. */
  readonly key: Key | undefined;
  readonly headers: Headers;
  readonly value: Value;
}

/** What `process` gets: read its properties. `key` and `signal` are made when read, and a spread leaves them out. */
export interface ProcessedRecord<Value, Key = Buffer> extends DecodedRecord<Value, Key> {
  /** 1 for the first run of this record; counts every earlier run that ended without success. */
  readonly attempt: number;
  /** Aborted when the invocation ends or the claim is lost: stop then, or the process is ended. */
  readonly signal: AbortSignal;
}

/** What the call of several records ends with: nothing where all of them are done, or those that are not. */
// biome-ignore lint/suspicious/noConfusingVoidType: a function that returns nothing says that all is done.
export type BatchResult = void | undefined | { readonly failed: readonly FailedRecord[] };

/** A record of a call whose effect has not happened, and why. */
export interface FailedRecord {
  /** One of the given records, or a copy of it: it is known by its place. */
  readonly record: Pick<ProcessedRecord<unknown, unknown>, 'topic' | 'partition' | 'offset'>;
  /** Means what it would mean if `process` had thrown it for this record. */
  readonly error: unknown;
}

/** What `processBatch` gets beside its records. */
export interface BatchContext {
  /** Aborted when the invocation ends or the claim of any of the records is lost. */
  readonly signal: AbortSignal;
}

/**
 * The effect of several records at once: what it resolves with says which of them have not happened. When it rejects,
 * nobody knows.
 */
export type ProcessBatch<Value, Key = Buffer> = (
  records: readonly ProcessedRecord<Value, Key>[],
  batch: BatchContext,
) => BatchResult | PromiseLike<BatchResult>;

/** The ways of remembering what is done. The user does not name one: they follow from what is declared. */
export type Remember = 'ledger' | 'identity' | 'transaction';

interface CommonOptions<T, Mode extends Tombstones | undefined, Key> extends ObservationOptions {
  /** Decodes the value: `json()` or `json(schema)`. */
  readonly value: Codec<T>;
  /**
   * Decodes the key, of tombstones too: `text()`, `json(schema)`. A key that it cannot read is a permanent error of its
   * record, as a value would be. Lanes (`order: 'key'`) go by the bytes in any case.
   * @default the key is its bytes
   */
  readonly key?: Codec<Key>;
  /**
   * What to do with a record without a value: `process` it (as null, to `identity` too) or `skip` it.
   * @default a tombstone is an error of its record
   */
  readonly tombstones?: Mode;
  /**
   * Within what records run one after the other and stop at the first that stays open.
   * Partitions always run side by side.
   * @default 'partition'
   */
  readonly order?: Order;
  /** How many records run at once over all lanes. @default 32 */
  readonly concurrency?: number;
  /**
   * How long a claim (with `identity`) or a partition (without) is ours without being renewed, in ms; what a crashed
   * worker held waits for the rest of it. @default 30 000 with `identity`, 10 000 without and with `transaction`
   */
  readonly leaseMs?: number;
  /** How long a finished effect may wait for its mark to travel with others, in ms. @default 250 */
  readonly checkpointMs?: number;
  /** By how much the clocks of two workers may differ. @default 1 000 */
  readonly clockSkewMs?: number;
  /** How long aborted records may go on before the process is ended. @default 500 */
  readonly abortGraceMs?: number;
  /**
   * How often a record whose error may pass is run again in the invocation, after a pause: between 0 and 100 ms, and
   * each time up to twice as long, at most 5 s; or as long as the error asks for (`retryAfterMs`, a `Retry-After`
   * header). Tries within an invocation are one attempt. @default 3
   */
  readonly retries?: number;
  /**
   * Attempts after which a record that keeps failing is written to the dead letters, and its lane goes on. Counted
   * durably, over invocations and crashes, and only for runs of this record. @default 5
   */
  readonly maxAttempts?: number;
  /**
   * What an error means: `permanent` goes to the dead letters now, `transient` is tried again, `outage` concerns
   * everything and not this record: nothing more starts, and no attempt counts.
   * @default what the error says of itself (PermanentError, TransientError, OutageError), or else `transient`
   */
  readonly classify?: (error: unknown) => ErrorClass | undefined;
}

interface IdentityOptions<T, Mode extends Tombstones | undefined, Key> {
  /**
   * What makes two records mean the same thing: a non-empty string, a bigint or a finite number. The effect happens
   * once per identity, within the time that marks are remembered.
   * @default offsets are remembered: each record takes effect once, producer duplicates too
   */
  readonly identity?: (record: DecodedRecord<ValueOf<T, Mode>, Key>) => Identity;
  /**
   * What is compared when an identity comes again; another payload is an error of the later record.
   * A function narrows it (its result is compared as JSON), `false` turns it off. Only with `identity`.
   * @default the raw bytes of the value
   */
  readonly payload?: ((record: DecodedRecord<ValueOf<T, Mode>, Key>) => unknown) | false;
}

interface EffectOptions<T, Mode extends Tombstones | undefined, Key> {
  /** The effect. It has happened when the returned promise resolves; when it rejects, the record stays open. */
  readonly process: (record: ProcessedRecord<ValueOf<T, Mode>, Key>) => unknown;
  readonly processBatch?: undefined;
  readonly maxRecordsPerCall?: undefined;
  readonly transaction?: false;
  readonly independent?: undefined;
}

interface BatchOptions<T, Mode extends Tombstones | undefined, Key> {
  /**
   * In place of `process`, for effects that are cheaper in bulk: gets records of one partition, in their order, and under
   * `order: 'key'` of one key. When the returned promise resolves, the effects of all of them have happened, but for those
   * that it lists as `failed`. Where records are ordered, nothing behind the first failed one counts as done: stop there.
   * When it rejects, no attempt counts: its records run in calls of one record each, and only then count.
   */
  readonly processBatch: ProcessBatch<ValueOf<T, Mode>, Key>;
  /** How many records a call of `processBatch` gets at most; it takes one of the `concurrency`. @default 100 */
  readonly maxRecordsPerCall?: number;
  readonly process?: undefined;
  readonly transaction?: false;
  readonly independent?: undefined;
}

interface TransactionOptions<T, Mode extends Tombstones | undefined, Key> {
  /** `process` returns DynamoDB writes: they and the mark of their record take effect in one transaction, or neither does. */
  readonly transaction: true;
  readonly processBatch?: undefined;
  readonly maxRecordsPerCall?: undefined;
  /** Gives the writes of a record. It has no effect of its own: it may be called again for a record that is done. */
  readonly process: (
    record: ProcessedRecord<ValueOf<T, Mode>, Key>,
  ) => TransactionWrites | PromiseLike<TransactionWrites>;
  /**
   * The writes of a record do not depend on what `process` reads: the next one of its lane need not wait for their
   * commit, and many travel in one transaction. @default false
   */
  readonly independent?: boolean;
}

export type ProcessRecordsOptions<T, Mode extends Tombstones | undefined = undefined, Key = Buffer> = CommonOptions<
  T,
  Mode,
  Key
> &
  IdentityOptions<T, Mode, Key> &
  (EffectOptions<T, Mode, Key> | BatchOptions<T, Mode, Key> | TransactionOptions<T, Mode, Key>);

/** Options with every default filled in. */
export interface Settings<T> {
  readonly remember: Remember;
  readonly value: Codec<T>;
  readonly key: Codec<unknown> | undefined;
  readonly identity: ((record: DecodedRecord<T, unknown>) => unknown) | undefined;
  /** Under `processBatch`, a call of one record. */
  readonly process: (record: ProcessedRecord<T, unknown>) => unknown;
  readonly processBatch?: ProcessBatch<T, unknown> | undefined;
  /** Under `processBatch`; 1 where there is none. */
  readonly maxRecordsPerCall?: number;
  readonly payload: ((record: DecodedRecord<T, unknown>) => unknown) | false | undefined;
  readonly independent: boolean;
  readonly tombstones: Tombstones | undefined;
  readonly order: Order;
  readonly concurrency: number;
  readonly leaseMs: number;
  readonly checkpointMs: number;
  readonly clockSkewMs: number;
  readonly abortGraceMs: number;
  readonly retries: number;
  readonly maxAttempts: number;
  readonly classify: ((error: unknown) => ErrorClass | undefined) | undefined;
}

const ORDERS: readonly unknown[] = ['partition', 'key', 'none'];

/** Checks what a user wrote, types or not. Throws an error that names the option. */
export function settingsOf<T, Mode extends Tombstones | undefined, Key = Buffer>(
  options: ProcessRecordsOptions<T, Mode, Key>,
): Settings<ValueOf<T, Mode>> {
  type Option =
    | keyof CommonOptions<T, Mode, Key>
    | keyof IdentityOptions<T, Mode, Key>
    | keyof BatchOptions<T, Mode, Key>;
  type Checked = Settings<ValueOf<T, Mode>>;
  const given = options as Partial<Record<Option, unknown>>;
  const check = (option: Option, ok: boolean, accepted: string) => {
    if (!ok) throw optionsInvalid({ option, received: given[option], accepted });
  };
  const { identity, payload, tombstones, transaction, independent, order = 'partition' } = given;
  const isFunction = (value: unknown) => typeof value === 'function';
  const isCodec = (value: unknown) => isFunction((value as { decode?: unknown } | null | undefined)?.decode);
  check('value', isCodec(given.value), 'a codec, such as json(schema)');
  check('key', given.key === undefined || isCodec(given.key), 'a codec, such as text(), or nothing');
  check(
    'identity',
    identity === undefined || isFunction(identity),
    'a function, or nothing: then offsets are remembered',
  );
  const { processBatch } = given;
  check('processBatch', processBatch === undefined || isFunction(processBatch), 'a function, or nothing');
  if (processBatch === undefined) check('process', isFunction(given.process), 'a function, or processBatch instead');
  else check('process', given.process === undefined, 'nothing beside processBatch');
  check('processBatch', processBatch === undefined || transaction !== true, 'nothing beside transaction: true');
  check('transaction', transaction === undefined || typeof transaction === 'boolean', 'true, or nothing');
  check('independent', independent === undefined || typeof independent === 'boolean', 'true, or nothing');
  check('independent', independent !== true || transaction === true, 'true only beside transaction: true');
  check('payload', payload === undefined || payload === false || isFunction(payload), 'a function or false');
  check('payload', payload === undefined || identity !== undefined, 'nothing where no identity is declared');
  check('classify', given.classify === undefined || isFunction(given.classify), 'a function, or nothing');
  for (const option of ['logger', 'metrics', 'tracing'] as const) {
    const { fits, accepted } = OBSERVATION_CHECKS[option];
    check(option, fits(given[option]), accepted);
  }
  const modes: readonly unknown[] = [undefined, 'process', 'skip'];
  check('tombstones', modes.includes(tombstones), "'process' or 'skip'");
  check('order', ORDERS.includes(order), "'partition', 'key' or 'none'");
  const remember = transaction === true ? 'transaction' : identity === undefined ? 'ledger' : 'identity';
  const { concurrency = 32, checkpointMs = 250, clockSkewMs = 1_000, abortGraceMs = 500 } = options;
  const { retries = 3, maxAttempts = 5 } = options;
  const { maxRecordsPerCall = processBatch === undefined ? 1 : 100 } = options;
  const { leaseMs = remember === 'identity' ? CLAIM_LEASE_MS : 10_000 } = options;
  const whole = (option: Option, value: number, minimum: number, maximum: number) =>
    check(
      option,
      Number.isSafeInteger(value) && value >= minimum && value <= maximum,
      `a whole number from ${minimum} to ${maximum}`,
    );
  whole('concurrency', concurrency, 1, 10_000);
  whole('leaseMs', leaseMs, 1_000, 15 * 60_000);
  whole('checkpointMs', checkpointMs, 1, 60_000);
  whole('clockSkewMs', clockSkewMs, 0, 60_000);
  whole('abortGraceMs', abortGraceMs, 0, 10_000);
  whole('retries', retries, 0, 100);
  whole('maxAttempts', maxAttempts, 1, 1_000);
  whole('maxRecordsPerCall', maxRecordsPerCall, 1, 10_000);
  check(
    'maxRecordsPerCall',
    given.maxRecordsPerCall === undefined || processBatch !== undefined,
    'nothing where there is no processBatch',
  );
  // Half a lease beyond the skew is the least that a record needs to start in.
  check('leaseMs', leaseMs > 2 * clockSkewMs, `more than twice the clockSkewMs (${clockSkewMs})`);
  return {
    remember,
    value: options.value as Checked['value'],
    key: options.key,
    identity: options.identity as Checked['identity'],
    process: (options.processBatch ? singly(options.processBatch as never) : options.process) as Checked['process'],
    processBatch: options.processBatch as Checked['processBatch'],
    maxRecordsPerCall,
    payload: options.payload as Checked['payload'],
    independent: independent === true,
    tombstones: options.tombstones,
    order: order as Order,
    concurrency,
    leaseMs,
    checkpointMs,
    clockSkewMs,
    abortGraceMs,
    retries,
    maxAttempts,
    classify: options.classify,
  };
}
