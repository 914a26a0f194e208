import { deadLettersUnavailable, isOnceError, reasonOf } from '../errors';
import type { Unknown } from '../store/unknown';

/**
 * What a request or a member of a batch that failed is to its caller, by the name of the error or its code.
 *
 * @param operation What was tried, as a person would say it.
 */
export function unanswered(error: unknown, operation: string): Unknown {
  if (isOnceError(error)) return { kind: 'unknown', reason: 'refused', error };
  const name = error instanceof Error ? error.name.replace(QUERY_PREFIX, '') : '';
  return {
    kind: 'unknown',
    reason: THROTTLED.has(name) ? 'throttled' : REFUSED.has(name) ? 'refused' : 'failed',
    error: deadLettersUnavailable({ operation, reason: reasonOf(error).replace(/\.+$/, '') }, { cause: error }),
  };
}

/** Codes of SQS's older protocol, which the newer one still gives. */
const QUERY_PREFIX = /^AWS\.SimpleQueueService\./;

// Sources: SQS API Reference, SendMessageBatch and "Common errors"; S3 API Reference, "Error responses".
const THROTTLED: ReadonlySet<string> = new Set([
  'KmsThrottled',
  'OverLimit',
  'RequestLimitExceeded',
  'RequestThrottled',
  'SlowDown',
  'ThrottledException',
  'Throttling',
  'ThrottlingException',
  'TooManyRequestsException',
]);
/** Asking again is of no use. */
const REFUSED: ReadonlySet<string> = new Set([
  'AccessDenied',
  'AccessDeniedException',
  'AllAccessDisabled',
  'AuthorizationHeaderMalformed',
  'ExpiredToken',
  'ExpiredTokenException',
  'IncompleteSignature',
  'InvalidAccessKeyId',
  'InvalidAddress',
  'InvalidBucketName',
  'InvalidClientTokenId',
  'InvalidMessageContents',
  'InvalidParameterValue',
  'InvalidSecurity',
  'KmsAccessDenied',
  'KmsDisabled',
  'KmsInvalidKeyUsage',
  'KmsInvalidState',
  'KmsNotFound',
  'KmsOptInRequired',
  'MissingParameter',
  'NonExistentQueue',
  'NoSuchBucket',
  'PermanentRedirect',
  'QueueDoesNotExist',
  'SignatureDoesNotMatch',
  'UnrecognizedClientException',
  'UnsupportedOperation',
]);
