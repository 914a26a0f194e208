import { ERROR_CODES } from '../../contract/error-codes';
import { defineError } from './define-error';

export const deadlinePassed = defineError<{ remainingMs: number }>({
  code: ERROR_CODES.deadline,
  errorClass: 'transient',
  text: ({ remainingMs }) => `The invocation has ${remainingMs} ms left, too little to start or go on`,
  remedy:
    "The record is delivered again. Where every invocation ends so, raise the function's time-out or lower the batch size.",
});

export const unsettled = defineError<{ records: readonly string[]; graceMs: number }>({
  code: ERROR_CODES.unsettled,
  errorClass: 'transient',
  text: ({ records, graceMs }) =>
    `process() of ${records.join(', ')} ran on ${graceMs} ms after its signal was aborted, so this process ends instead of answering`,
  remedy: 'Make process() end when its signal is aborted.',
});

export const validationUnsettled = defineError<object>({
  code: ERROR_CODES.unsettled,
  errorClass: 'transient',
  text: () =>
    'Decoding or validating the values did not end before the deadline, so this process ends instead of answering',
  remedy: 'Make the schema validate without waiting for something outside.',
});
