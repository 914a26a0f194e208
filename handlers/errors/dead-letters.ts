import { ERROR_CODES } from '../../contract/error-codes';
import { defineError } from './define-error';

/** `operation` as a person would say it: "send 10 letters to the queue https://…". `reason` is the service's own text. */
export const deadLettersUnavailable = defineError<{ operation: string; reason: string }>({
  code: ERROR_CODES.deadLettersUnavailable,
  errorClass: 'outage',
  text: ({ operation, reason }) => `The dead-letter store could not be asked (${operation}): ${reason}`,
  remedy:
    "Nothing was given up: the records stay open and are delivered again. Check that MSK_ONCE_DEAD_LETTERS names a queue or bucket that exists, and that the function's role may write to it.",
});

/** `store` as a person would say it: "the queue https://…". */
export const letterTooLarge = defineError<{
  record: string;
  bytes: number;
  maximumBytes: number;
  store: string;
}>({
  code: ERROR_CODES.letterTooLarge,
  errorClass: 'outage',
  text: ({ record, bytes, maximumBytes, store }) =>
    `The dead letter of ${record} has ${bytes} bytes, and ${store} takes ${maximumBytes}`,
  remedy:
    'Name a bucket for large letters beside the queue (MSK_ONCE_DEAD_LETTERS: sqs:<queue URL>,s3://<bucket>/<prefix>); until then the record stays open and is delivered again.',
});

/** Of what lies in a queue or bucket of dead letters. */
export const letterUnreadable = defineError<{ reason: string; remedy: string }>({
  code: ERROR_CODES.letterUnreadable,
  errorClass: 'permanent',
  text: ({ reason }) => `This is not a dead letter that can be read: ${reason}`,
  remedy: ({ remedy }) => remedy,
});

/** `store` is what was left out: "SQS". */
export const deadLettersNotBundled = defineError<{ store: string; symbol: string }>({
  code: ERROR_CODES.deadLettersNotBundled,
  errorClass: 'outage',
  text: ({ store, symbol }) =>
    `MSK_ONCE_DEAD_LETTERS names ${store}, and the function was bundled without the client of ${store} (${symbol} is false)`,
  remedy: 'Bundle it without that definition; until then failing records stay open and are delivered again.',
});
