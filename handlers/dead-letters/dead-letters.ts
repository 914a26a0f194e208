import type { Letter } from '../../contract/letter';
import type { Unknown } from '../store/unknown';

export type LetterAnswer = { readonly kind: 'written' } | Unknown;

export interface PutOptions {
  /**
   * For one request. More than the default is of use to letters of megabytes, where the invocation has time left.
   * @default 900 ms, below the reserve of an invocation (protocol D2)
   */
  readonly requestTimeoutMs?: number;
}

/** Where letters go. A letter may be put again: it has the same id, and takes the place of the first or lies beside it. */
export interface DeadLetters {
  /**
   * One answer per letter, in their order; `written`: it is durable. Never rejects. Throttled and failed letters may be
   * put again; for a refused one that is of no use before somebody has done what its error says.
   */
  put(letters: readonly Letter[], options?: PutOptions): Promise<LetterAnswer[]>;
}

export const WRITTEN: LetterAnswer = { kind: 'written' };
