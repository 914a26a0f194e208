import type { TransactWriteCommandInput } from '@aws-sdk/lib-dynamodb';

/** One item of a `TransactWriteItems` request with plain values, as `@aws-sdk/lib-dynamodb` takes it. */
export type TransactItem = NonNullable<TransactWriteCommandInput['TransactItems']>[number];

/**
 * What a failed condition of a write means for its record. `permanent` will never work; `transient` may work when the
 * record is delivered again; `done`: the fact stands already, the record is closed without any of its writes.
 */
export type ConditionMeaning = 'permanent' | 'transient' | 'done';

/**
 * A conditional write that `process` returns. It is committed in one transaction with the mark of its record.
 *
 * Values are turned into attributes as `@aws-sdk/lib-dynamodb` does by default: Sets, Buffers, typed arrays, bigints
 * and `NumberValue` are taken; an undefined attribute is left out, an undefined value further inside, an empty Set or
 * an instance of a class is an error.
 */
export type TransactionWrite = OneAction & {
  /** @default 'transient' */
  readonly onConditionFailed?: ConditionMeaning;
};

type Action = 'Put' | 'Update' | 'Delete' | 'ConditionCheck';
/** Exactly one of them: the SDK's own type would take anything, since it has no member that must be there. */
type OneAction = {
  [Only in Action]: { readonly [Name in Only]: NonNullable<TransactItem[Only]> } & {
    readonly [Name in Exclude<Action, Only>]?: undefined;
  };
}[Action];

/** What `process` returns where `transaction` is declared. Nothing: the record is closed without a write. */
export type TransactionWrites = TransactionWrite | readonly TransactionWrite[] | undefined;
