import type { ResponseMode } from '../../contract/environment';
import type { BatchItemFailure, BatchResponse } from '../../contract/event';
import { type OnceError, recordsOpen } from '../errors';

/** How a record stands at the end of an invocation. Everything that no durable mark closes is `open`. */
export type Outcome = 'done' | 'duplicate' | 'parked' | 'open';

/** One partition of the event, and how each of its records stands. */
export interface ArrayOutcomes {
  readonly name: string;
  readonly records: readonly { readonly offset: number; readonly outcome: Outcome }[];
}

export type Answer =
  | { readonly kind: 'return'; readonly response: BatchResponse | undefined }
  | { readonly kind: 'throw'; readonly error: OnceError };

const NAMED = 20;

/**
 * The answer of an invocation (protocol A1, A3): the open records, each once, per partition in offset order.
 * `throw` fails instead when any is open, and answers nothing otherwise, since its mapping ignores answers.
 */
export function answerFor(arrays: readonly ArrayOutcomes[], mode: ResponseMode): Answer {
  const open = arrays.flatMap(({ name, records }) =>
    records
      .filter(({ outcome }) => outcome === 'open')
      .map(({ offset }): BatchItemFailure => ({ itemIdentifier: { partition: name, offset } })),
  );
  if (mode === 'partial') return { kind: 'return', response: { batchItemFailures: open } };
  if (open.length === 0) return { kind: 'return', response: undefined };
  const total = arrays.reduce((sum, { records }) => sum + records.length, 0);
  const first = open.slice(0, NAMED).map(({ itemIdentifier: { partition, offset } }) => `${partition}@${offset}`);
  return { kind: 'throw', error: recordsOpen({ open: open.length, total, first }) };
}
