import type { Outcome } from '../core/answer';
import { type Deferred, deferred } from '../core/deferred';
import type { RawRecord } from '../record/parse-event';

/** Stands for the bytes of the key: nothing was declared that decodes it. */
export const KEY_BYTES = Symbol('key bytes');

/** What a record holds, as far as it was looked at. */
export type Content<T> =
  | {
      readonly kind: 'ready';
      readonly value: T;
      /** What its key was decoded to, or {@link KEY_BYTES}. */
      readonly key: unknown;
      /** Key of its identity's item; undefined where none is declared. */
      readonly id: string | undefined;
      readonly payloadDigest: string | undefined;
    }
  /** A tombstone under `tombstones: 'skip'`. */
  | { readonly kind: 'skip' }
  | { readonly kind: 'failed'; readonly error: unknown };

/** One record in one invocation. It is open until a durable mark closes it. */
export class RecordState<T> {
  outcome: Outcome = 'open';
  /** Why it is open. */
  error: unknown = undefined;
  /** undefined: not decoded yet. */
  content: Content<T> | undefined = undefined;
  /** Whether nothing more happens to it in this invocation. */
  isSettled = false;
  /** Whether the store judged that its identity stands there with another payload. */
  isConflict = false;
  /** Of a redrive: it is not parked, and nothing ran. */
  isAbsent = false;
  /** Whether its lane has come to it. */
  isReached = false;
  previousTwin: RecordState<T> | undefined = undefined;
  /** The twin that ran and stays open, and keeps this one open. */
  openTwin: RecordState<T> | undefined = undefined;
  #settled: Deferred<void> | undefined = undefined;

  constructor(readonly record: RawRecord) {}

  get settled(): Promise<void> {
    if (this.isSettled) return Promise.resolve();
    this.#settled ??= deferred();
    return this.#settled.promise;
  }

  /** Whether a twin waits for it. */
  get isAwaited(): boolean {
    return this.#settled !== undefined;
  }

  get id(): string | undefined {
    return this.content?.kind === 'ready' ? this.content.id : undefined;
  }

  get offset(): number {
    return this.record.offset;
  }

  get name(): string {
    return `${this.record.topic}-${this.record.partition}@${this.record.offset}`;
  }

  close(outcome: Exclude<Outcome, 'open'>): void {
    this.outcome = outcome;
    this.settle();
  }

  leaveOpen(error: unknown): void {
    this.error = error;
    this.settle();
  }

  settle(): void {
    this.isSettled = true;
    this.#settled?.resolve();
  }
}
