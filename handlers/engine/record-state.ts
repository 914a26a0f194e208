import type { Outcome } from '../core/answer';
import { type Deferred, deferred } from '../core/deferred';
import type { RawRecord } from '../record/parse-event';

/** What became of a record before its lane reached it. */
export type Content<T> =
  | { readonly kind: 'ready'; readonly value: T; readonly id: string; readonly payloadDigest: string | undefined }
  /** A tombstone under `tombstones: 'skip'`. */
  | { readonly kind: 'skip' }
  | { readonly kind: 'failed'; readonly error: unknown };

/** One record in one invocation. It is open until a durable mark closes it. */
export class RecordState<T> {
  outcome: Outcome = 'open';
  /** Why it is open. */
  error: unknown;
  /** Whether nothing more happens to it in this invocation. */
  isSettled = false;
  /** Whether the store judged that its identity stands there with another payload. */
  isConflict = false;
  /** Whether its lane has come to it. */
  isReached = false;
  previousTwin: RecordState<T> | undefined;
  /** The twin that ran and stays open, and keeps this one open. */
  openTwin: RecordState<T> | undefined;
  readonly #settled: Deferred<void> = deferred();

  constructor(
    readonly record: RawRecord,
    readonly content: Content<T>,
  ) {}

  get settled(): Promise<void> {
    return this.#settled.promise;
  }

  get id(): string | undefined {
    return this.content.kind === 'ready' ? this.content.id : undefined;
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
    this.#settled.resolve();
  }
}

/** Records that run one after the other, and how far this lane has come. */
export interface Lane<T> {
  readonly records: readonly RecordState<T>[];
  /** Index of the first record that the lane has not asked a claim for. */
  position: number;
  /** A waiting lane holds no claims behind its record (C6); an ended one needs none. */
  phase: 'running' | 'waiting' | 'ended';
}
