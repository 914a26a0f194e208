import type { KafkaEvent } from './event';

/**
 * A redrive invokes the function again with the records of dead letters (protocol P6): an event in the shape of the
 * service's, with a marker beside its records, and an answer of its own. docs/dead-letters.md shows both.
 */
export const REDRIVE_MARKER = 'mskOnce';

export interface RedriveMarker {
  readonly redrive: {
    /** The letter of each record, in the order in which the event holds them: by key of `records`, then as they stand. */
    readonly letters: readonly string[];
  };
}

/** As the service's event; `records` holds the `record` of each letter, grouped under `<topic>-<partition>`. */
export interface RedriveEvent extends KafkaEvent {
  readonly mskOnce: RedriveMarker;
}

/**
 * - `done`: it ran now, and its effect is durably marked.
 * - `duplicate`: it was done before; nothing ran.
 * - `parked`: it failed again, and is parked with one more attempt.
 * - `open`: not decided (another redrive has it, the time was up, something was out): ask again.
 * - `absent`: no such record is parked; nothing ran.
 */
export const REDRIVE_OUTCOMES = ['done', 'duplicate', 'parked', 'open', 'absent'] as const;

export type RedriveOutcome = (typeof REDRIVE_OUTCOMES)[number];

export interface RedriveError {
  /** Of an error that msk-once itself raised: one of the codes in docs/errors.md. */
  readonly code?: string;
  readonly name: string;
  readonly message: string;
}

export interface Redriven {
  /** The letter's. */
  readonly id: string;
  readonly outcome: RedriveOutcome;
  /** Why it is not done: always of `parked`, and of `open` where the reason is known. */
  readonly error?: RedriveError;
}

/** The answer to a {@link RedriveEvent}: one member for each letter, in the order of the marker. */
export interface RedriveResponse {
  readonly mskOnce: { readonly redriven: readonly Redriven[] };
}
