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

export const claimBusy = defineError<{ id: string; leaseUntilMs: number; unreadable?: string | undefined }>({
  code: ERROR_CODES.claimBusy,
  errorClass: 'transient',
  text: ({ id, leaseUntilMs, unreadable }) => {
    const until = Number.isFinite(leaseUntilMs) ? new Date(leaseUntilMs).toISOString() : 'it expires';
    if (unreadable === undefined) return `Another worker holds the claim ${id} until ${until}`;
    return `The item ${id} has a ${unreadable} that nobody here understands, and is in the way until ${until}`;
  },
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

export const ledgerSourceMissing = defineError<{ consumer: string }>({
  code: ERROR_CODES.ledgerSourceMissing,
  errorClass: 'outage',
  text: ({ consumer }) =>
    `The mapping of the consumer ${JSON.stringify(consumer)} in MSK_ONCE_MAPPINGS has no source, and offsets are remembered by the name of their cluster`,
  remedy: 'KafkaProcessor sets it; in a map of your own add "source", a name that stays when brokers change.',
});

export const ledgerItemRefused = defineError<{ id: string; reason: string }>({
  code: ERROR_CODES.ledgerItemRefused,
  errorClass: 'outage',
  text: ({ id, reason }) =>
    `DynamoDB does not write the item ${JSON.stringify(id)} of the idempotency table: ${reason}`,
  remedy:
    "Put the item back as it was (the table's point-in-time recovery has it), or delete it with the mapping disabled: the partition then begins with an empty memory, and what is delivered but not committed runs again.",
});

export const ledgerUnreadable = defineError<{ id: string; attribute: string; received: string; accepted: string }>({
  code: ERROR_CODES.ledgerUnreadable,
  errorClass: 'outage',
  text: ({ id, attribute, received, accepted }) =>
    `The item ${JSON.stringify(id)} of the idempotency table is not an offset ledger that msk-once wrote: its ${attribute} is ${received}; accepted is ${accepted}`,
  remedy:
    "Put the item back as it was (the table's point-in-time recovery has it), or delete it with the mapping disabled: the partition then begins with an empty memory, and what is delivered but not committed runs again.",
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
  remedy: 'Nothing of the record was written.',
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

export const partitionBusy = defineError<{ partition: string; leaseUntilMs: number }>({
  code: ERROR_CODES.partitionBusy,
  errorClass: 'transient',
  text: ({ partition, leaseUntilMs }) =>
    `Another worker holds the partition ${partition} until ${new Date(leaseUntilMs).toISOString()}`,
  remedy: 'Its records are delivered again.',
});

export const partitionLost = defineError<{ partition: string }>({
  code: ERROR_CODES.partitionLost,
  errorClass: 'transient',
  text: ({ partition }) => `The lease of the partition ${partition} ran out, and another worker took it over`,
  remedy: 'Raise leaseMs if process() blocks the event loop for that long.',
});

export const leaseOver = defineError<{ partition: string; leaseUntilMs: number }>({
  code: ERROR_CODES.leaseOver,
  errorClass: 'transient',
  text: ({ partition, leaseUntilMs }) =>
    `The lease of the partition ${partition} ended at ${new Date(leaseUntilMs).toISOString()}, or is about to: nothing starts under it`,
  remedy: 'Raise leaseMs if process() blocks the event loop for that long.',
});

export const ledgerMismatch = defineError<{
  partition: string;
  offset: number;
  why: 'sample' | 'newer';
  closedByBound: boolean;
}>({
  code: ERROR_CODES.ledgerMismatch,
  errorClass: 'outage',
  text: ({ partition, offset, why, closedByBound }) =>
    `Offset ${offset} of ${partition} is closed, and the record there now ${why === 'sample' ? 'is another one' : 'is newer than any that was closed'}${closedByBound ? '. The offset lies in a hole that was closed because there were too many' : ''}`,
  remedy:
    'Was the topic recreated? Then disable the mapping, let it drain, raise generation, and enable it again. The records of this partition stay open until then.',
});

export const abandonedOffsets = defineError<{ partition: string; first: bigint; last: bigint }>({
  code: ERROR_CODES.abandoned,
  errorClass: 'permanent',
  text: ({ partition, first, last }) =>
    `The offsets ${first} to ${last} of ${partition} were delivered, stayed open, and are far behind: the service has given them up, and they are closed now`,
  remedy: 'Look for what discarded them: a finite retry, an age limit, or a reset of the consumer group.',
});

export const layerOptionInvalid = defineError<{ option: string; received: unknown; accepted: string }>({
  code: ERROR_CODES.optionsInvalid,
  errorClass: 'outage',
  text: ({ option, received, accepted }) =>
    `OncePersistenceLayer: ${option} is ${describe(received)}; accepted is ${accepted}`,
  remedy: '',
});

export const keyNotRequired = defineError<object>({
  code: ERROR_CODES.keyNotRequired,
  errorClass: 'outage',
  text: () =>
    'IdempotencyConfig has throwOnNoIdempotencyKey off (its default): a payload without a key would run unprotected, or share one record with every other',
  remedy: 'Pass config: new IdempotencyConfig({ …, throwOnNoIdempotencyKey: true }) to makeIdempotent.',
});

export const configurationDiffers = defineError<{ settings: readonly string[] }>({
  code: ERROR_CODES.configurationDiffers,
  errorClass: 'outage',
  text: ({ settings }) =>
    `This OncePersistenceLayer is configured already, with another ${settings.join(', ')}; Powertools would go on with the first, and give this function wrong keys`,
  remedy: 'Make one OncePersistenceLayer for each configuration; they may share a client.',
});

export const callUnclaimed = defineError<{ operation: string }>({
  code: ERROR_CODES.callUnclaimed,
  errorClass: 'transient',
  text: ({ operation }) =>
    `${operation} was called for a payload that no running call has claimed; nothing was written`,
  remedy:
    'Powertools does this in the replay of a durable function, which this layer does not support, and code that calls the layer itself must call saveInProgress first.',
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
export function describeKind(value: unknown): string {
  if (typeof value === 'string') return `a string of ${value.length} characters`;
  if (typeof value === 'number' || typeof value === 'boolean') return `a ${typeof value}`;
  return describe(value);
}

export function reasonOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : describe(error);
}
