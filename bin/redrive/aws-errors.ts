import { ERROR_CODES, EXIT } from '../../contract/error-codes';
import { LocalError } from '../../local/errors';
import type { Verdict } from './invocation';

interface AwsError {
  readonly name?: string;
  readonly message?: string;
  readonly code?: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
  readonly cause?: unknown;
}

// Sources: Lambda API Reference, Invoke, errors; S3 API Reference, error responses. Those that pass by themselves.
const PASSES: ReadonlySet<string> = new Set([
  'TooManyRequestsException',
  'Throttling',
  'ThrottlingException',
  'ThrottledException',
  'RequestLimitExceeded',
  'ResourceConflictException',
  'ResourceNotReadyException',
  'SlowDown',
]);
/** Of the name or code of an error, or in the text of one that stands for it. */
const NO_ANSWER =
  /\b(ECONNREFUSED|ECONNRESET|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EPIPE|ETIMEDOUT|TimeoutError|NetworkingError)\b/;

/** What an error of the SDK's client of Lambda means for an invocation. */
export function judgeInvokeError(error: unknown): Verdict {
  const { name, $metadata } = error as AwsError;
  const reason = reasonOf(error);
  if (isUnreachable(error)) return { kind: 'unreachable', reason };
  if (isPassing(error)) return { kind: 'busy', reason };
  if (name === 'RequestTooLargeException' || $metadata?.httpStatusCode === 413) return { kind: 'too-large', reason };
  return { kind: 'denied', reason };
}

/** The same request may be answered another time. */
export function isPassing(error: unknown): boolean {
  const { name = '', $metadata } = error as AwsError;
  const status = $metadata?.httpStatusCode ?? 0;
  return isUnreachable(error) || PASSES.has(name) || status === 429 || status >= 500;
}

/** Nobody answered: whether the request arrived is not known. */
function isUnreachable(error: unknown): boolean {
  const { name = '', code = '', message = '', $metadata, cause } = error as AwsError;
  // What a service answered may speak of anything.
  if ($metadata?.httpStatusCode !== undefined) return false;
  if (NO_ANSWER.test(`${name} ${code} ${message}`)) return true;
  return cause !== undefined && cause !== error && isUnreachable(cause ?? {});
}

/** `name: message` as the service says it, on one line. */
export function reasonOf(error: unknown): string {
  const { name, message, code } = error as AwsError;
  const text = (message || code || String(error)).split('\n', 1)[0]?.replace(/\.+$/, '') ?? '';
  return name === undefined || name === 'Error' || text.startsWith(name) ? text : `${name}: ${text}`;
}

/** Ends the command: a queue, bucket or function that cannot be used. @param doing "read the queue https://…" */
export function awsError(error: unknown, doing: string): LocalError {
  if (error instanceof LocalError) return error;
  if (isUnreachable(error)) {
    return new LocalError(
      ERROR_CODES.serverUnreachable,
      `Could not ${doing}: ${reasonOf(error)}. Nothing answers there: check the address, the region and the network.`,
      EXIT.unreachable,
      { cause: error },
    );
  }
  return new LocalError(
    ERROR_CODES.serverFailed,
    `Could not ${doing}: ${reasonOf(error)}. Check its name, the region (AWS_REGION), and that your credentials may do that; docs/dead-letters.md lists the permissions.`,
    EXIT.failed,
    { cause: error },
  );
}
