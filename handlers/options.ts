import type { Identity } from './core/identity';
import type { Order } from './core/lanes';
import { optionsInvalid } from './errors';
import type { Codec } from './record/codec';
import type { Headers } from './record/headers';
import type { RawRecord } from './record/parse-event';

export type Tombstones = 'process' | 'skip';

/** `value` as user code sees it: null stands for a tombstone where tombstones are processed. */
export type ValueOf<T, Mode extends Tombstones | undefined> = Mode extends 'process' ? T | null : T;

/** A record with its decoded value. */
export interface DecodedRecord<Value> extends Omit<RawRecord, 'value'> {
  readonly headers: Headers;
  readonly value: Value;
}

/** What `process` gets. */
export interface ProcessedRecord<Value> extends DecodedRecord<Value> {
  /** 1 for the first run of this record; counts every earlier run that ended without success. */
  readonly attempt: number;
  /** Aborted when the invocation ends or the claim is lost: stop then, or the process is ended. */
  readonly signal: AbortSignal;
}

export interface ProcessRecordsOptions<T, Mode extends Tombstones | undefined = undefined> {
  /** Decodes the value: `json()` or `json(schema)`. */
  readonly value: Codec<T>;
  /**
   * What makes two records mean the same thing: a non-empty string, a bigint or a finite number. The effect happens
   * once per identity, within the time that marks are remembered. Required until the offset ledger exists.
   */
  readonly identity: (record: DecodedRecord<ValueOf<T, Mode>>) => Identity;
  /** The effect. It has happened when the returned promise resolves; when it rejects, the record stays open. */
  readonly process: (record: ProcessedRecord<ValueOf<T, Mode>>) => unknown;
  /**
   * What is compared when an identity comes again; another payload is an error of the later record.
   * A function narrows it (its result is compared as JSON), `false` turns it off.
   * @default the raw bytes of the value
   */
  readonly payload?: ((record: DecodedRecord<ValueOf<T, Mode>>) => unknown) | false;
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
  /** How long a claim holds without being renewed; a record of a crashed worker waits for the rest of it. @default 30 000 */
  readonly leaseMs?: number;
  /** By how much the clocks of two workers may differ. @default 1 000 */
  readonly clockSkewMs?: number;
  /** How long aborted records may go on before the process is ended. @default 500 */
  readonly abortGraceMs?: number;
}

/** Options with every default filled in. */
export interface Settings<T> {
  readonly value: Codec<T>;
  readonly identity: (record: DecodedRecord<T>) => unknown;
  readonly process: (record: ProcessedRecord<T>) => unknown;
  readonly payload: ((record: DecodedRecord<T>) => unknown) | false | undefined;
  readonly tombstones: Tombstones | undefined;
  readonly order: Order;
  readonly concurrency: number;
  readonly leaseMs: number;
  readonly clockSkewMs: number;
  readonly abortGraceMs: number;
}

const ORDERS: readonly unknown[] = ['partition', 'key', 'none'];

/** Checks what a user wrote, types or not. Throws an error that names the option. */
export function settingsOf<T, Mode extends Tombstones | undefined>(
  options: ProcessRecordsOptions<T, Mode>,
): Settings<ValueOf<T, Mode>> {
  const given = options as Partial<Record<keyof typeof options, unknown>>;
  const check = (option: keyof typeof options, ok: boolean, accepted: string) => {
    if (!ok) throw optionsInvalid({ option, received: given[option], accepted });
  };
  check('value', typeof (given.value as { decode?: unknown })?.decode === 'function', 'a codec, such as json(schema)');
  check(
    'identity',
    typeof given.identity === 'function',
    'a function: it is required until the offset ledger exists, which will remember offsets without one',
  );
  check('process', typeof given.process === 'function', 'a function');
  const { payload, tombstones, order = 'partition' } = given;
  check('payload', payload === undefined || payload === false || typeof payload === 'function', 'a function or false');
  check(
    'tombstones',
    tombstones === undefined || tombstones === 'process' || tombstones === 'skip',
    "'process' or 'skip'",
  );
  check('order', ORDERS.includes(order), "'partition', 'key' or 'none'");
  const { concurrency = 32, leaseMs = 30_000, clockSkewMs = 1_000, abortGraceMs = 500 } = options;
  const whole = (option: keyof typeof options, value: number, minimum: number, maximum: number) =>
    check(
      option,
      Number.isSafeInteger(value) && value >= minimum && value <= maximum,
      `a whole number from ${minimum} to ${maximum}`,
    );
  whole('concurrency', concurrency, 1, 10_000);
  whole('leaseMs', leaseMs, 1_000, 15 * 60_000);
  whole('clockSkewMs', clockSkewMs, 0, 60_000);
  whole('abortGraceMs', abortGraceMs, 0, 10_000);
  return {
    value: options.value as Codec<ValueOf<T, Mode>>,
    identity: options.identity,
    process: options.process,
    payload: options.payload,
    tombstones: options.tombstones,
    order: order as Order,
    concurrency,
    leaseMs,
    clockSkewMs,
    abortGraceMs,
  };
}
