import { ERROR_CODES } from '../../contract/error-codes';
import { defineError } from './define-error';

export const writeInvalid = defineError<{ place: string; received: string; accepted: string }>({
  code: ERROR_CODES.writeInvalid,
  errorClass: 'permanent',
  text: ({ place, received, accepted }) => `process() returned ${place} that is ${received}; accepted is ${accepted}`,
  remedy: 'Values are plain ones, as @aws-sdk/lib-dynamodb takes them.',
});

/** `reason` is the service's own text. */
export const writeRefused = defineError<{ write: string; reason: string }>({
  code: ERROR_CODES.writeRefused,
  errorClass: 'permanent',
  text: ({ write, reason }) => `DynamoDB does not accept ${write} that process() returned: ${reason}`,
  remedy: 'Correct the write; nothing of the record was written.',
});

export const writeDenied = defineError<{ table: string; action: string; reason: string }>({
  code: ERROR_CODES.writeDenied,
  errorClass: 'outage',
  text: ({ table, action, reason }) =>
    `The function's role may not write what process() returned: it lacks ${action} on the table ${table} (${reason})`,
  remedy: `Grant it, for example by table.grantWriteData(processor.function); nothing was written, and the records wait.`,
});

export const writesOnOneItem = defineError<{ first: string; second: string }>({
  code: ERROR_CODES.writesOnOneItem,
  errorClass: 'permanent',
  text: ({ first, second }) =>
    `process() returned two writes on one item, ${first} and ${second}, which one transaction cannot hold`,
  remedy: 'Join them into one Update, or into one write and its own ConditionExpression.',
});

export const writesTooMany = defineError<{ writes: number; maximum: number }>({
  code: ERROR_CODES.writesTooMany,
  errorClass: 'permanent',
  text: ({ writes, maximum }) =>
    `process() returned ${writes} writes for one record; a transaction holds ${maximum} of them beside the mark`,
  remedy: 'Join writes into fewer items, or produce several records.',
});

/** Sizes as DynamoDB counts them. */
export const writesTooLarge = defineError<{ what: string; bytes: number; maximumBytes: number }>({
  code: ERROR_CODES.writesTooLarge,
  errorClass: 'permanent',
  text: ({ what, bytes, maximumBytes }) =>
    `process() returned ${what} of at least ${bytes} bytes; DynamoDB takes ${maximumBytes}`,
  remedy: 'Store large content elsewhere, in S3 for example, and a pointer to it in the item.',
});

export const writesUndeclared = defineError<{ received: string }>({
  code: ERROR_CODES.writesUndeclared,
  errorClass: 'outage',
  text: ({ received }) =>
    `process() returned ${received}, which looks like DynamoDB writes, but transaction is not declared: nobody would carry them out`,
  remedy: 'Declare transaction: true, or return nothing.',
});

interface FailedCondition {
  readonly write: string;
}

const conditionText = ({ write }: FailedCondition) => `The condition of ${write} that process() returned does not hold`;

export const conditionFailed = defineError<FailedCondition>({
  code: ERROR_CODES.conditionFailed,
  errorClass: 'transient',
  text: conditionText,
  remedy: "Nothing of the record was written. onConditionFailed: 'permanent' or 'done' says what else it may mean.",
});

export const conditionFailedForGood = defineError<FailedCondition>({
  code: ERROR_CODES.conditionFailed,
  errorClass: 'permanent',
  text: conditionText,
  remedy: "Nothing of the record was written. It is permanent because the write says onConditionFailed: 'permanent'.",
});
