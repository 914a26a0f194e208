import type { CancellationReason, TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import type { Unknown } from '../store/unknown';
import { INVALID, INVALID_REQUEST } from './cancellation';

/** Why a `TransactWriteItems` was refused, as far as its error says it. */
export type RefusedRequest =
  /** One for each item of the request, in their order. */
  | { readonly kind: 'reasons'; readonly reasons: readonly CancellationReason[] }
  /** So it is where the fence stands as the request has it: an earlier copy may have taken effect (T4, T5). */
  | { readonly kind: 'if-free'; readonly answer: { readonly kind: 'invalid'; readonly error: unknown } | Unknown };

/** undefined: the error says nothing of the request itself. @param items how many the request had */
export function refusedRequest(error: unknown, items: number): RefusedRequest | undefined {
  const name = error instanceof Error ? error.name : '';
  if (name === 'TransactionCanceledException') {
    const reasons = (error as TransactionCanceledException).CancellationReasons ?? [];
    if (reasons.length === items) return { kind: 'reasons', reasons };
    // Without a reason for each item nobody can say which of them is meant.
    if (reasons.some(({ Code }) => INVALID.includes(Code))) {
      return { kind: 'if-free', answer: { kind: 'invalid', error } };
    }
  }
  // The token has stood for another content: what it did, the fence knows (T5).
  if (name === 'IdempotentParameterMismatchException') {
    return { kind: 'if-free', answer: { kind: 'unknown', reason: 'failed', error } };
  }
  // Where the idempotency table itself is wrong the read of the fence says so, and it is no write's mistake.
  return INVALID_REQUEST.includes(name) ? { kind: 'if-free', answer: { kind: 'invalid', error } } : undefined;
}
