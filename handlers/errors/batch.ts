import { ERROR_CODES } from '../../contract/error-codes';
import { defineError } from './define-error';

/** Of a call with several records. */
export const batchFailed = defineError<{ records: number; first: string; last: string; error: string }>({
  code: ERROR_CODES.batchFailed,
  errorClass: 'transient',
  text: ({ records, first, last, error }) =>
    `processBatch() failed as a whole (${error}) for ${records} records, from ${first} to ${last}`,
  remedy:
    'No attempt was counted: they run in calls of one record, now if the time allows it, else when they are delivered again. Where the function knows which of them failed, it returns { failed: [{ record, error }] } instead.',
});

export const batchResultInvalid = defineError<{ received: string }>({
  code: ERROR_CODES.batchResultInvalid,
  errorClass: 'transient',
  text: ({ received }) =>
    `processBatch() returned ${received}; accepted is nothing, or { failed: [{ record, error }] } with records of the call, each at most once`,
  remedy:
    'Return nothing where all records are done, and list those that failed. What cannot be read counts as a failure of the whole call.',
});
