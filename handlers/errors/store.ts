import { ERROR_CODES } from '../../contract/error-codes';
import { defineError } from './define-error';

export const storeUnavailable = defineError<{ operation: string; reason: string }>({
  code: ERROR_CODES.storeUnavailable,
  errorClass: 'outage',
  text: ({ operation, reason }) => `The idempotency table could not be asked (${operation}): ${reason}`,
  remedy: 'Nothing more starts in this invocation; everything undone is delivered again.',
});

export const tableAccessDenied = defineError<{ table: string; action: string; reason: string }>({
  code: ERROR_CODES.tableAccessDenied,
  errorClass: 'outage',
  text: ({ table, action, reason }) =>
    `The function's role may not use the idempotency table ${table}: it lacks ${action} (${reason})`,
  remedy:
    'KafkaProcessor grants it in the statement ClaimRecords of the role that it makes; a role of your own needs the same actions on the table, and on its key where the table is encrypted with yours.',
});

export const tableMissing = defineError<{ table: string; reason: string }>({
  code: ERROR_CODES.tableMissing,
  errorClass: 'outage',
  text: ({ table, reason }) =>
    `There is no idempotency table ${table} in the function's account and region (${reason})`,
  remedy: 'MSK_ONCE_TABLE must name a table of the same account and region as the function; KafkaProcessor sets it.',
});

export const tableKeyInvalid = defineError<{ table: string; reason: string }>({
  code: ERROR_CODES.tableKeyInvalid,
  errorClass: 'outage',
  text: ({ table, reason }) => `The idempotency table ${table} has another key than the one that is needed (${reason})`,
  remedy: 'Its key must be one partition key named id, a string, with no sort key, as IdempotencyTable makes it.',
});
