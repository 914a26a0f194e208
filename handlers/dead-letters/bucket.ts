import { LETTER_POINTER_FORMAT, type Letter, type LetterPointer } from '../../contract/letter';
import { Gate } from '../dynamodb/gate';
import { isUnknown, type Unknown } from '../store/unknown';
import type { PutOptions } from './dead-letters';
import type { LetterText } from './letter-text';
import { objectKey } from './object-key';
import type { BucketPlace } from './place';
import { unanswered } from './unanswered';

/** Writes an object, or rejects. An object of that name is replaced. */
export type ObjectWriter = (
  object: { readonly bucket: string; readonly key: string; readonly text: string },
  options?: PutOptions,
) => Promise<void>;

/** Objects at once: a letter may be of several megabytes. */
const IN_FLIGHT = 8;

/** Letters as objects, each at a name that its id alone decides: put twice, it is there once. */
export class LetterBucket {
  readonly #place: BucketPlace;
  readonly #write: ObjectWriter;
  readonly #gate = new Gate(IN_FLIGHT);

  constructor(place: BucketPlace, write: ObjectWriter) {
    this.#place = place;
    this.#write = write;
  }

  /** Gives where the letter is. Never rejects. */
  async put(letter: Letter, { text, bytes }: LetterText, options?: PutOptions): Promise<LetterPointer | Unknown> {
    const { bucket, prefix } = this.#place;
    const { id, consumer, source } = letter;
    const key = objectKey(prefix, id);
    try {
      await this.#gate.run(() => this.#write({ bucket, key, text }, options));
    } catch (error) {
      return unanswered(error, `write the object ${key} in the bucket ${bucket}`);
    }
    return {
      mskOnce: LETTER_POINTER_FORMAT,
      id,
      consumer,
      ...(source !== undefined && { source }),
      s3: { bucket, key },
      bytes,
    };
  }
}

export function isPointer(answer: LetterPointer | Unknown): answer is LetterPointer {
  return !('kind' in answer && isUnknown(answer));
}
