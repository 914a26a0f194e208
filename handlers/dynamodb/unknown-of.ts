import { tableAccessDenied, tableKeyInvalid, tableMissing } from '../errors';
import type { Unknown } from '../store/unknown';

/**
 * What a request, a member of a batch or a member of a transaction that failed is to its caller, by the name of the
 * error or of the code. What a user can mend is explained in the user's words; else the service's error is passed on.
 *
 * @param table Name of the idempotency table, for the message.
 */
export function unknownOf(error: unknown, table = 'of MSK_ONCE_TABLE'): Unknown {
  const name = error instanceof Error ? error.name : '';
  if (THROTTLED.has(name)) return { kind: 'unknown', reason: 'throttled', error };
  if (!REFUSED.has(name)) return { kind: 'unknown', reason: 'failed', error };
  return { kind: 'unknown', reason: 'refused', error: explained(name, error as Error, table) };
}

/** The error of one member of a batch, which comes as a code and a text. */
export function memberError(code: string | undefined, message: string | undefined): Error {
  return Object.assign(new Error(message ?? 'The service gave no reason'), { name: code ?? 'UnknownError' });
}

function explained(name: string, error: Error, table: string): Error {
  const options = { cause: error };
  if (ACCESS_DENIED.has(name)) return denied(error, table);
  if (MISSING.has(name)) return tableMissing({ table, reason: error.message }, options);
  if (INVALID.has(name) && /\bkey\b/i.test(error.message)) {
    return tableKeyInvalid({ table, reason: error.message }, options);
  }
  return error;
}

/** Source of the text's form: IAM User Guide, "Troubleshoot access denied error messages". */
function denied(error: Error, table: string): Error {
  const [, action = 'an action that the answer does not name'] = /perform: (\S+)/.exec(error.message) ?? [];
  return tableAccessDenied({ table, action, reason: error.message }, { cause: error });
}

// Exceptions of whole requests, then codes of members. Sources: DynamoDB Developer Guide, "Error handling with
// DynamoDB"; API Reference, BatchStatementError and CancellationReason.
const THROTTLED: ReadonlySet<string> = new Set([
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'ThrottlingException',
  'TransactionConflictException',
  'TransactionInProgressException',
  'ProvisionedThroughputExceeded',
  'ThrottlingError',
  'TransactionConflict',
]);
const ACCESS_DENIED: ReadonlySet<string> = new Set(['AccessDeniedException', 'AccessDenied']);
const MISSING: ReadonlySet<string> = new Set(['ResourceNotFoundException', 'ResourceNotFound']);
const INVALID: ReadonlySet<string> = new Set(['ValidationException', 'ValidationError']);
/** Asking again is of no use. */
const REFUSED: ReadonlySet<string> = new Set([
  ...ACCESS_DENIED,
  ...MISSING,
  ...INVALID,
  'ExpiredTokenException',
  'IncompleteSignatureException',
  'InvalidSignatureException',
  'ItemCollectionSizeLimitExceeded',
  'MissingAuthenticationTokenException',
  'UnrecognizedClientException',
]);
