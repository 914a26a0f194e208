import type { Letter } from '../../contract/letter';
import { isPointer, type LetterBucket } from './bucket';
import { type DeadLetters, type LetterAnswer, type PutOptions, WRITTEN } from './dead-letters';
import { letterText } from './letter-text';

/** Every letter is an object. */
export class S3DeadLetters implements DeadLetters {
  readonly #bucket: LetterBucket;

  constructor(bucket: LetterBucket) {
    this.#bucket = bucket;
  }

  put(letters: readonly Letter[], options?: PutOptions): Promise<LetterAnswer[]> {
    return Promise.all(
      letters.map(async (letter) => {
        const answer = await this.#bucket.put(letter, letterText(letter), options);
        return isPointer(answer) ? WRITTEN : answer;
      }),
    );
  }
}
