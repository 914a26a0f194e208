import { ERROR_CODES } from '../../contract/error-codes';
import { defineError } from './define-error';
import { describe } from './describe';

export const valueUndecodable = defineError<{ codec: string; bytes: number; reason: string }>({
  code: ERROR_CODES.valueUndecodable,
  errorClass: 'permanent',
  text: ({ codec, bytes, reason }) => `The value (${bytes} bytes) is not ${codec}: ${reason}`,
  remedy: 'Correct what the producer writes, or choose the codec of what it writes (the option value).',
});

/** What the codec says is the cause: it speaks of a value. */
export const keyUndecodable = defineError<{ codec: string; bytes: number }>({
  code: ERROR_CODES.keyUndecodable,
  errorClass: 'permanent',
  text: ({ codec, bytes }) => `The key (${bytes} bytes) is not ${codec}`,
  remedy:
    'The dead letter holds the reason. Correct what the producer writes, or choose the codec of what it writes (the option key).',
});

/** `places` are those of the schema; what the validator says of them may quote the value, and is the cause. */
export const valueInvalid = defineError<{ vendor: string; places: string }>({
  code: ERROR_CODES.valueInvalid,
  errorClass: 'permanent',
  text: ({ vendor, places }) => `The value does not fit its ${vendor} schema at ${places}`,
  remedy:
    'The dead letter holds what the validator says of it. Correct what the producer writes, or let the schema accept it.',
});

export const schemaUnavailable = defineError<{ schemaId: string; reason: string }>({
  code: ERROR_CODES.schemaUnavailable,
  errorClass: 'transient',
  text: ({ schemaId, reason }) => `writers() could not give the schema ${schemaId}: ${reason}`,
  remedy: 'The record is tried again. Throw an OutageError from writers() while the schema registry is down.',
});

export const codecOptionInvalid = defineError<{ codec: string; option: string; received: unknown; accepted: string }>({
  code: ERROR_CODES.optionsInvalid,
  errorClass: 'outage',
  text: ({ codec, option, received, accepted }) =>
    `${codec}(): ${option} is ${describe(received)}; accepted is ${accepted}`,
  remedy:
    'Correct it and deploy again; until then the function does not start, the mapping waits, and nothing is lost.',
});

export const tombstone = defineError<object>({
  code: ERROR_CODES.tombstone,
  errorClass: 'permanent',
  text: () => 'The record is a tombstone (its value is null)',
  remedy: "Declare tombstones: 'process' to receive it as null, or 'skip' to close it.",
});
