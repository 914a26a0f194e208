import type { KafkaEventRecord } from './event';

/**
 * The dead letter: one JSON document per record that was given up. docs/dead-letters.md shows one. A reader passes over
 * members that it does not know; a change that an old reader would get wrong gets another number.
 */
export const LETTER_FORMAT = 'letter/1';
/** What lies in the queue for a letter that is too large for it. */
export const LETTER_POINTER_FORMAT = 'letter-pointer/1';

export interface LetterError {
  /** Of an error that msk-once itself raised: one of the codes in docs/errors.md. */
  readonly code?: string;
  readonly name: string;
  readonly message: string;
  /** With the causes of the error, as far as there are any. */
  readonly stack?: string;
}

export interface Letter {
  readonly mskOnce: typeof LETTER_FORMAT;
  /** The same for every letter of a record: consumer, source, generation, topic, partition and offset. */
  readonly id: string;
  /** The consumer group id. */
  readonly consumer: string;
  /** The given name of the Kafka cluster. */
  readonly source?: string;
  /** As Lambda delivered it: key and value in base64, headers as signed bytes, a registry's metadata untouched. */
  readonly record: KafkaEventRecord;
  /** Of the last run. */
  readonly error: LetterError;
  /** Runs that ended without success. */
  readonly attempts: number;
  /** ISO 8601, UTC. */
  readonly firstFailure: string;
  readonly lastFailure: string;
  readonly functionVersion: string;
}

export interface LetterPointer {
  readonly mskOnce: typeof LETTER_POINTER_FORMAT;
  /** The letter's. */
  readonly id: string;
  readonly consumer: string;
  readonly source?: string;
  /** Where the letter is. */
  readonly s3: { readonly bucket: string; readonly key: string };
  /** Size of the letter. */
  readonly bytes: number;
}
