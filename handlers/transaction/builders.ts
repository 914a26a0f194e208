import type { NativeAttributeValue } from '@aws-sdk/lib-dynamodb';
import type { ConditionMeaning, TransactionWrite } from './transaction-write';

type Values = Readonly<Record<string, NativeAttributeValue>>;

/** An item, and what a condition that fails on it means for the record. */
export interface ItemTarget {
  /** Name or ARN. */
  readonly table: string;
  /** The whole key, with plain values. */
  readonly key: Values;
  readonly onConditionFailed?: ConditionMeaning;
}

export interface StateStep extends ItemTarget {
  /** One state or several; undefined: the item, or its state, is not there yet. */
  readonly from: string | readonly string[] | undefined;
  readonly to: string;
  /** Name of the attribute. @default 'state' */
  readonly attribute?: string;
  /** Written together with the state; an undefined one stays as it is. */
  readonly set?: Values;
}

/**
 * A step of a state machine: from a state to the next, and from no other. Of two workers that want to take an item out
 * of one state exactly one does. An event that comes before its turn fails, `transient` by default: it is delivered
 * again when the step before it may have been made.
 */
export function stateStep({ from, to, attribute = 'state', set = {}, ...target }: StateStep): TransactionWrite {
  const update = new Update();
  const state = update.name(attribute);
  update.assign(attribute, to);
  update.assignAll(set);
  const condition = () => {
    if (from === undefined) return `attribute_not_exists(${state})`;
    if (typeof from === 'string') return `${state} = ${update.value(from)}`;
    return `${state} IN (${from.map((each) => update.value(each)).join(', ')})`;
  };
  return update.onto(target, condition(), 'transient');
}

export interface OptimisticVersion extends ItemTarget {
  /** The version that `process` has read; undefined: there was none. */
  readonly expected: number | undefined;
  /** Name of the attribute. @default 'version' */
  readonly attribute?: string;
  /** What is written; an undefined one stays as it is. */
  readonly set: Values;
}

/**
 * Writes what was worked out from an item as it was read, unless somebody has changed it since; the version goes up by
 * one. It fails as `transient` by default: the next run reads anew. Not together with `independent: true`, since it
 * depends on what `process` read.
 */
export function optimisticVersion(options: OptimisticVersion): TransactionWrite {
  const { expected, attribute = 'version', set, ...target } = options;
  const update = new Update();
  const version = update.name(attribute);
  update.assign(attribute, (expected ?? 0) + 1);
  update.assignAll(set);
  const condition =
    expected === undefined ? `attribute_not_exists(${version})` : `${version} = ${update.value(expected)}`;
  return update.onto(target, condition, 'transient');
}

export interface OneTimeToken extends ItemTarget {
  /** Who uses it: something that stays the same when the same fact comes again, such as the id of an order. */
  readonly by: string;
  /** Name of the attribute that notes who. @default 'used_by' */
  readonly attribute?: string;
  /** Name of an attribute with the token's expiry, and the time to compare it with, in the same unit. */
  readonly expiry?: { readonly attribute: string; readonly now: number };
}

/**
 * Uses up a token that must exist (a voucher, a reservation), once: by one fact, which may come again. It fails as
 * `permanent` by default: a token that is used, expired or unknown will not come back.
 */
export function oneTimeToken({ by, attribute = 'used_by', expiry, ...target }: OneTimeToken): TransactionWrite {
  const update = new Update();
  const user = update.name(attribute);
  const me = update.assign(attribute, by);
  const [anyKey = ''] = Object.keys(target.key);
  const isFree = [`attribute_not_exists(${user})`];
  if (expiry) isFree.push(`${update.name(expiry.attribute)} > ${update.value(expiry.now)}`);
  const condition = `attribute_exists(${update.name(anyKey)}) AND ((${isFree.join(' AND ')}) OR ${user} = ${me})`;
  return update.onto(target, condition, 'permanent');
}

export interface UniqueInsert {
  /** Name or ARN. */
  readonly table: string;
  /** The whole item, key included. */
  readonly item: Values;
  /** Name of the key attribute, or names of both. */
  readonly key: string | readonly string[];
  /** @default 'permanent' */
  readonly onConditionFailed?: ConditionMeaning;
}

/**
 * Puts an item that must not be there yet. It fails as `permanent` by default, since another fact has taken the key (a
 * user name); say `'done'` where the key means the fact, so that an item that is there says that it is done.
 */
export function uniqueInsert({ table, item, key, onConditionFailed = 'permanent' }: UniqueInsert): TransactionWrite {
  const names = typeof key === 'string' ? [key] : key;
  return {
    Put: {
      TableName: table,
      Item: { ...item },
      ConditionExpression: names.map((_, index) => `attribute_not_exists(#${index})`).join(' AND '),
      ExpressionAttributeNames: Object.fromEntries(names.map((name, index) => [`#${index}`, name])),
    },
    onConditionFailed,
  };
}

/** Collects a SET and its condition; every name is aliased, since many are reserved words. */
class Update {
  readonly #names = new Map<string, string>();
  readonly #values: NativeAttributeValue[] = [];
  readonly #assignments: string[] = [];

  name(attribute: string): string {
    const alias = this.#names.get(attribute) ?? `#${this.#names.size}`;
    this.#names.set(attribute, alias);
    return alias;
  }

  value(value: NativeAttributeValue): string {
    this.#values.push(value);
    return `:${this.#values.length - 1}`;
  }

  /** Gives the alias of the value. */
  assign(attribute: string, value: NativeAttributeValue): string {
    const alias = this.value(value);
    this.#assignments.push(`${this.name(attribute)} = ${alias}`);
    return alias;
  }

  assignAll(values: Values): void {
    for (const [attribute, value] of Object.entries(values)) {
      if (value !== undefined) this.assign(attribute, value);
    }
  }

  onto(
    { table, key, onConditionFailed }: ItemTarget,
    condition: string,
    byDefault: ConditionMeaning,
  ): TransactionWrite {
    return {
      Update: {
        TableName: table,
        Key: { ...key },
        UpdateExpression: `SET ${this.#assignments.join(', ')}`,
        ConditionExpression: condition,
        ExpressionAttributeNames: Object.fromEntries([...this.#names].map(([name, alias]) => [alias, name])),
        ExpressionAttributeValues: Object.fromEntries(this.#values.map((value, index) => [`:${index}`, value])),
      },
      onConditionFailed: onConditionFailed ?? byDefault,
    };
  }
}
