import { ERROR_CODES, ERROR_SYMBOL, type ErrorCode } from '../contract/error-codes';

/**
 * What an error means for its record (protocol P1): `permanent` will never work, `transient` may work later,
 * `outage` concerns everything and not this record.
 */
export type ErrorClass = 'permanent' | 'transient' | 'outage';

/** Every error that the runtime itself raises. Recognise it by `isOnceError`, not by `instanceof`. */
export class OnceError extends Error {
  override readonly name = 'OnceError';
  readonly [ERROR_SYMBOL]: ErrorCode;

  constructor(
    readonly code: ErrorCode,
    readonly errorClass: ErrorClass,
    message: string,
    options?: ErrorOptions,
  ) {
    super(`${message} (${code})`, options);
    this[ERROR_SYMBOL] = code;
  }
}

/** True for an error of msk-once, also one that another copy of the package raised. */
export function isOnceError(error: unknown): error is OnceError {
  return typeof error === 'object' && error !== null && ERROR_SYMBOL in error;
}

interface Definition<Fields> {
  readonly code: ErrorCode;
  readonly errorClass: ErrorClass;
  readonly text: (fields: Fields) => string;
  readonly remedy: string;
}

function defineError<Fields>(definition: Definition<Fields>) {
  return (fields: Fields, options?: ErrorOptions) =>
    new OnceError(
      definition.code,
      definition.errorClass,
      `${definition.text(fields)}. ${definition.remedy}`.replace(/\s+$/, ''),
      options,
    );
}

export const environmentMissing = defineError<{ name: string; meaning: string }>({
  code: ERROR_CODES.environmentMissing,
  errorClass: 'outage',
  text: ({ name, meaning }) => `The environment variable ${name} (${meaning}) is not set`,
  remedy: 'KafkaProcessor sets it; without our constructs set it on the function yourself.',
});

export const environmentInvalid = defineError<{ name: string; received: string; accepted: string }>({
  code: ERROR_CODES.environmentInvalid,
  errorClass: 'outage',
  text: ({ name, received, accepted }) => `The environment variable ${name} is ${received}; accepted is ${accepted}`,
  remedy: 'KafkaProcessor sets it; a value set by hand must have this shape.',
});

export const idempotencyDisabled = defineError<{ name: string; received: string }>({
  code: ERROR_CODES.idempotencyDisabled,
  errorClass: 'outage',
  text: ({ name, received }) => `${name} is ${JSON.stringify(received)}, which asks for effects without idempotency`,
  remedy: 'Remove the variable from the function; the mapping waits meanwhile and nothing is lost.',
});

export const sharedProcess = defineError<{ name: string; received: string }>({
  code: ERROR_CODES.sharedProcess,
  errorClass: 'outage',
  text: ({ name, received }) => `${name} is ${JSON.stringify(received)}: several invocations would share this process`,
  remedy: 'Run the function on instances that process one invocation at a time.',
});

export const optionsInvalid = defineError<{ option: string; received: unknown; accepted: string }>({
  code: ERROR_CODES.optionsInvalid,
  errorClass: 'outage',
  text: ({ option, received, accepted }) =>
    `processRecords: ${option} is ${describe(received)}; accepted is ${accepted}`,
  remedy: '',
});

export const contextMissing = defineError<{ field: string; received: unknown }>({
  code: ERROR_CODES.contextMissing,
  errorClass: 'outage',
  text: ({ field, received }) =>
    `The second argument of the handler has no usable ${field} (it is ${describe(received)})`,
  remedy:
    'Lambda passes it as the context; a test passes an object with getRemainingTimeInMillis and invokedFunctionArn.',
});

export const mappingUnknown = defineError<{ alias: string; known: readonly string[] }>({
  code: ERROR_CODES.mappingUnknown,
  errorClass: 'outage',
  text: ({ alias, known }) =>
    `The function was called through ${alias}, and MSK_ONCE_MAPPINGS holds ${known.length === 0 ? 'no mapping' : known.join(', ')}`,
  remedy: 'The mapping must call the alias <mapping>-partial or <mapping>-throw of a mapping named there.',
});

export const eventInvalid = defineError<{ field: string; received: unknown; accepted: string; payload?: true }>({
  code: ERROR_CODES.eventInvalid,
  errorClass: 'outage',
  text: ({ field, received, accepted, payload }) =>
    `The event's ${field} is ${payload ? describeKind(received) : describe(received)}; accepted is ${accepted}`,
  remedy: 'The whole event is refused and stays on the topic.',
});

export const recordsOpen = defineError<{ open: number; total: number; first: readonly string[] }>({
  code: ERROR_CODES.recordsOpen,
  errorClass: 'transient',
  text: ({ open, total, first }) =>
    `${open} of ${total} records are open: ${first.join(', ')}${open > first.length ? ` and ${open - first.length} more` : ''}`,
  remedy: 'The batch is delivered again and skips what is done.',
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

export const valueUndecodable = defineError<{ codec: string; bytes: number; reason: string }>({
  code: ERROR_CODES.valueUndecodable,
  errorClass: 'permanent',
  text: ({ codec, bytes, reason }) => `The value (${bytes} bytes) is not ${codec}: ${reason}`,
  remedy: '',
});

export const valueInvalid = defineError<{ vendor: string; issues: readonly string[] }>({
  code: ERROR_CODES.valueInvalid,
  errorClass: 'permanent',
  text: ({ vendor, issues }) => `The value does not fit its ${vendor} schema: ${issues.join('; ')}`,
  remedy: '',
});

export const tombstone = defineError<object>({
  code: ERROR_CODES.tombstone,
  errorClass: 'permanent',
  text: () => 'The record is a tombstone (its value is null)',
  remedy: "Declare tombstones: 'process' to receive it as null, or 'skip' to close it.",
});

export const identityInvalid = defineError<{ received: unknown }>({
  code: ERROR_CODES.identityInvalid,
  errorClass: 'permanent',
  text: ({ received }) =>
    `identity() returned ${describe(received)}; accepted is a non-empty string, a bigint or a finite number`,
  remedy: '',
});

export const identityThrew = defineError<{ reason: string }>({
  code: ERROR_CODES.identityThrew,
  errorClass: 'transient',
  text: ({ reason }) => `identity() threw: ${reason}`,
  remedy: '',
});

export const identityConflict = defineError<{ id: string }>({
  code: ERROR_CODES.identityConflict,
  errorClass: 'permanent',
  text: ({ id }) => `Another record with the same identity but another payload came before (${id})`,
  remedy: 'Give different facts different identities, or narrow what is compared with the option payload.',
});

export const claimBusy = defineError<{ id: string; leaseUntilMs: number }>({
  code: ERROR_CODES.claimBusy,
  errorClass: 'transient',
  text: ({ id, leaseUntilMs }) =>
    `Another worker holds the claim ${id} until ${Number.isFinite(leaseUntilMs) ? new Date(leaseUntilMs).toISOString() : 'it expires'}`,
  remedy: 'The record is delivered again.',
});

export const claimLost = defineError<{ id: string }>({
  code: ERROR_CODES.claimLost,
  errorClass: 'transient',
  text: ({ id }) => `The claim ${id} ran out, or another worker took it over`,
  remedy: 'Raise leaseMs if process() blocks the event loop for that long.',
});

export const deadlinePassed = defineError<{ remainingMs: number }>({
  code: ERROR_CODES.deadline,
  errorClass: 'transient',
  text: ({ remainingMs }) => `The invocation has ${remainingMs} ms left, too little to start or go on`,
  remedy: 'The record is delivered again.',
});

export const storeUnavailable = defineError<{ operation: string; reason: string }>({
  code: ERROR_CODES.storeUnavailable,
  errorClass: 'outage',
  text: ({ operation, reason }) => `The idempotency table could not be asked (${operation}): ${reason}`,
  remedy: 'Nothing more starts in this invocation; everything undone is delivered again.',
});

/** A value as a person would write it down, short. What may be a record's payload goes to {@link describeKind}. */
export function describe(value: unknown): string {
  if (value === undefined || value === null || typeof value === 'number' || typeof value === 'boolean') {
    return String(value);
  }
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'string') return JSON.stringify(value.length > 80 ? `${value.slice(0, 80)}…` : value);
  if (typeof value === 'function') return 'a function';
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (value instanceof Promise) return 'a Promise';
  return 'an object';
}

/** What a value is, and nothing of what is in it. */
function describeKind(value: unknown): string {
  if (typeof value === 'string') return `a string of ${value.length} characters`;
  if (typeof value === 'number' || typeof value === 'boolean') return `a ${typeof value}`;
  return describe(value);
}

export function reasonOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : describe(error);
}
