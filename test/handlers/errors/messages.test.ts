import * as errors from '../../../handlers/errors';

type Errors = typeof errors;
type Names = {
  [Name in keyof Errors]: Errors[Name] extends (fields: never, options?: ErrorOptions) => errors.OnceError
    ? Name
    : never;
}[keyof Errors];

/** Fields as the runtime gives them; an error that is defined and stands not here is an error of the compiler. */
const SAMPLES: { readonly [Name in Names]: readonly Parameters<Errors[Name]>[0][] } = {
  abandonedOffsets: [{ partition: 'orders-0', first: 4n, last: 7n }],
  batchFailed: [{ records: 100, first: 'orders-0@7', last: 'orders-0@106', error: 'TimeoutError' }],
  batchResultInvalid: [{ received: 'failed[0] without a record of the call' }],
  callUnclaimed: [{ operation: 'saveSuccess' }],
  claimBusy: [
    { id: 'orders#orders#x', leaseUntilMs: 1_700_000_000_000 },
    { id: 'orders#orders#x', leaseUntilMs: Number.POSITIVE_INFINITY, unreadable: 'status' },
  ],
  claimLost: [{ id: 'orders#orders#x' }],
  classifyInvalid: [{ received: 'fatal' }],
  classifyThrew: [{ reason: 'TypeError: x is not a function' }],
  codecOptionInvalid: [{ codec: 'avro', option: 'wire', received: 'kafka', accepted: "'plain' or 'glue'" }],
  conditionFailed: [{ write: 'the Put to Orders' }],
  conditionFailedForGood: [{ write: 'the Put to Orders' }],
  configurationDiffers: [{ settings: ['eventKeyJmesPath'] }],
  contextMissing: [{ field: 'invokedFunctionArn', received: undefined }],
  deadLettersNotBundled: [{ store: 'SQS', symbol: 'MSK_ONCE_BUNDLES_SQS' }],
  deadLettersUnavailable: [{ operation: 'send 2 letters to the queue https://x', reason: 'TimeoutError: 1 s' }],
  deadlinePassed: [{ remainingMs: 900 }],
  environmentInvalid: [{ name: 'MSK_ONCE_MAPPINGS', received: '"x"', accepted: 'a JSON object' }],
  environmentMissing: [{ name: 'MSK_ONCE_TABLE', meaning: 'the name of the idempotency table' }],
  eventInvalid: [
    { field: 'records', received: 7, accepted: 'an object' },
    { field: 'records', received: 'secret', accepted: 'an object', payload: true },
  ],
  idempotencyDisabled: [{ name: 'POWERTOOLS_IDEMPOTENCY_DISABLED', received: 'true' }],
  identityConflict: [{ id: 'orders#orders#x' }],
  identityInvalid: [{ received: '' }],
  identityThrew: [{ reason: 'TypeError: x is not a function' }],
  keyNotRequired: [{}],
  keyUndecodable: [{ codec: 'Avro', bytes: 3 }],
  layerOptionInvalid: [{ option: 'leaseMs', received: 0, accepted: 'a whole number from 1' }],
  leaseOver: [{ partition: 'orders-0', leaseUntilMs: 1_700_000_000_000 }],
  ledgerItemRefused: [{ id: 'ledger#x', reason: 'ValidationException: x' }],
  ledgerMismatch: [
    { partition: 'orders-0', offset: 7, why: 'sample', closedByBound: false },
    { partition: 'orders-0', offset: 7, why: 'newer', closedByBound: true },
  ],
  ledgerSourceMissing: [{ consumer: 'orders' }],
  ledgerUnreadable: [{ id: 'ledger#x', attribute: 'runs', received: 'a string', accepted: 'bytes' }],
  letterTooLarge: [{ record: 'orders-0@7', bytes: 1_500_000, maximumBytes: 1_048_576, store: 'the queue https://x' }],
  letterUnreadable: [{ reason: 'it is no JSON', remedy: 'Somebody else put it there.' }],
  mappingUnknown: [
    { alias: 'Old-partial', known: [] },
    { alias: 'Old-partial', known: ['Orders', 'Payments'] },
  ],
  massErrors: [{ kind: 'MSK_ONCE_VALUE_INVALID', letters: 20 }],
  optionsInvalid: [{ option: 'concurrency', received: 0, accepted: 'a whole number from 1' }],
  parkedUnreadable: [{ id: 'parked#x', attribute: 'outcome', received: '"gone"', accepted: '"parked"' }],
  outageDeclared: [{ record: 'orders-0@7', error: 'OutageError' }],
  partitionBusy: [{ partition: 'orders-0', leaseUntilMs: 1_700_000_000_000 }],
  partitionLost: [{ partition: 'orders-0' }],
  payloadInvalid: [{ received: new Map() }],
  processDied: [{ times: 5 }, { times: 1 }],
  processRejected: [{ received: undefined }, { received: null }],
  recordsOpen: [
    { open: 1, total: 3, first: ['orders-0@7'] },
    { open: 40, total: 100, first: ['orders-0@7', 'orders-0@8'] },
  ],
  redriveBusy: [{ id: 'parked#x', leaseUntilMs: 1_700_000_000_000 }],
  redriveInvalid: [{ field: 'mskOnce.redrive.letters[1]', received: 'parked#y', accepted: '"parked#x"' }],
  redriveLost: [{ id: 'parked#x' }],
  schemaUnavailable: [{ schemaId: '42', reason: 'TimeoutError' }],
  sharedProcess: [{ name: 'AWS_LAMBDA_MAX_CONCURRENCY', received: '4' }],
  storeUnavailable: [{ operation: 'claim', reason: 'TimeoutError: 1 s' }],
  tableAccessDenied: [{ table: 'Idempotency', action: 'dynamodb:PutItem', reason: 'AccessDeniedException' }],
  tableKeyInvalid: [{ table: 'Idempotency', reason: 'ValidationException: x' }],
  tableMissing: [{ table: 'Idempotency', reason: 'ResourceNotFoundException' }],
  tombstone: [{}],
  unsettled: [{ records: ['orders-0@7'], graceMs: 500 }],
  validationUnsettled: [{}],
  valueInvalid: [{ vendor: 'zod', places: 'id, items.0.sku' }],
  valueUndecodable: [{ codec: 'JSON', bytes: 17, reason: 'not JSON text' }],
  writeDenied: [{ table: 'Orders', action: 'dynamodb:PutItem', reason: 'AccessDeniedException' }],
  writeInvalid: [{ place: 'Put.Item.a', received: 'a Date', accepted: 'a plain value' }],
  writeRefused: [{ write: 'the Put to Orders', reason: 'ValidationException: x' }],
  writesOnOneItem: [{ first: 'a Put', second: 'an Update' }],
  writesTooLarge: [{ what: 'an item', bytes: 500_000, maximumBytes: 409_600 }],
  writesTooMany: [{ writes: 120, maximum: 99 }],
  writesUndeclared: [{ received: 'an object' }],
};

const MAKERS: Errors = { ...errors };
const MADE = (Object.keys(SAMPLES) as Names[]).flatMap((name) => {
  const make = MAKERS[name] as (fields: never) => errors.OnceError;
  return SAMPLES[name].map((fields): [string, errors.OnceError] => [name, make(fields as never)]);
});

describe('messages of the runtime', () => {
  test.each(MADE)('%s: whole sentences, and the code at the end', (_, { message, code }) => {
    expect(message.endsWith(`. (${code})`)).toBe(true);
    expect(message).toMatch(/^\S.*[^.\s]\. \S.* \(MSK_ONCE(_[A-Z]+)+\)$/);
    // What a text shows where a field was forgotten, and marks that two halves have brought.
    expect(message).not.toMatch(/\[object|NaN|Invalid Date|\.\.(?!\.)|[.,;:] [.,;:]| {2}|\n/);
  });
});
