import type { Place } from '../observation';

export type LetterRule =
  /** A record that can never take effect has no letter. */
  | 'letter-missing'
  /** A letter, or a parked item, of a record that takes effect, or of none; or what is no letter at all. */
  | 'letter-foreign'
  /** The letter does not hold the record as it lies on the topic, or names another consumer. */
  | 'letter-altered'
  /** The letter says another number of attempts than there were to be. */
  | 'letter-attempts'
  /** A letter of a record once more, without a cause between two steps of parking (P5). */
  | 'letter-twice'
  /** Parked or closed before its letter was durable (P5). */
  | 'letter-late'
  /** Its letter is there, and no parked item or no mark. */
  | 'not-closed'
  /** A later record of its key took effect before it was closed (P5). */
  | 'passed';

export interface LetterViolation {
  readonly rule: LetterRule;
  /** The record: `<partition>@<offset>`. */
  readonly unit: string;
  /** What happened, for a person. */
  readonly text: string;
}

/** What lies in the queue for one record. */
export interface FoundLetter extends Place {
  readonly attempts: number;
  /** The error's code, or its name where it has none. */
  readonly error: string;
  /** Of each further copy why it is admitted; undefined: it must not be there. */
  readonly copies: readonly (string | undefined)[];
}

export interface LetterFindings {
  /** In the order of the topic. */
  readonly letters: readonly FoundLetter[];
  readonly violations: readonly LetterViolation[];
}
