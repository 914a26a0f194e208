import type { CancellationReason } from '@aws-sdk/client-dynamodb';
import type { Unknown } from '../store/unknown';
import type { Item } from './item';
import { memberError, unknownOf } from './unknown-of';

export const CONDITION_FAILED = 'ConditionalCheckFailed';

/** They stand at the place of an item, and that item will never do. Source: API Reference, TransactWriteItems. */
export const INVALID: readonly (string | undefined)[] = ['ValidationError', 'ItemCollectionSizeLimitExceeded'];

/**
 * The request as a whole is none: an expression, two writes on one item, more bytes than a transaction holds, a table of
 * another region or account, a table that does not exist.
 */
export const INVALID_REQUEST: readonly string[] = [
  'ValidationException',
  'SerializationException',
  'ResourceNotFoundException',
];

/** Nothing speaks against the request: it met another one on an item, or a limit, and is waited out (T4). */
export function passing(reasons: readonly CancellationReason[]): Unknown {
  const { Code = 'TransactionConflict', Message } =
    reasons.find(({ Code }) => Code !== undefined && Code !== 'None' && Code !== CONDITION_FAILED) ?? {};
  return unknownOf(memberError(Code, Message));
}

/** An item may have an attribute of any name, but no attribute is a text. */
export function isUnread(item: Item | undefined | Unknown): item is Unknown {
  return (item as { readonly kind?: unknown } | undefined)?.kind === 'unknown';
}
