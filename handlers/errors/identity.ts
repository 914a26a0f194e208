import { ERROR_CODES } from '../../contract/error-codes';
import { defineError } from './define-error';
import { describe, describeKind } from './describe';

export const identityInvalid = defineError<{ received: unknown }>({
  code: ERROR_CODES.identityInvalid,
  errorClass: 'permanent',
  text: ({ received }) =>
    `identity() returned ${describe(received)}; accepted is a non-empty string, a bigint or a finite number`,
  remedy: 'Make identity() return what is accepted for every value that the schema lets through.',
});

export const identityThrew = defineError<{ reason: string }>({
  code: ERROR_CODES.identityThrew,
  errorClass: 'transient',
  text: ({ reason }) => `identity() threw: ${reason}`,
  remedy: 'Make identity() return for every value that the schema lets through; the record is delivered again.',
});

export const payloadInvalid = defineError<{ received: unknown }>({
  code: ERROR_CODES.payloadInvalid,
  errorClass: 'permanent',
  text: ({ received }) =>
    `payload() returned ${describeKind(received)}, which JSON cannot tell from anything else; accepted is what JSON can hold`,
  remedy: 'Return a string, a number, an array or a plain object; await nothing in payload().',
});

export const identityConflict = defineError<{ id: string }>({
  code: ERROR_CODES.identityConflict,
  errorClass: 'permanent',
  text: ({ id }) => `Another record with the same identity but another payload came before (${id})`,
  remedy: 'Give different facts different identities, or narrow what is compared with the option payload.',
});
