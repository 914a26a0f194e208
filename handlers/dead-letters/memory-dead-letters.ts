import { LETTER_FORMAT, type Letter } from '../../contract/letter';
import { type DeadLetters, type LetterAnswer, WRITTEN } from './dead-letters';
import { letterText } from './letter-text';
import { readLetter } from './read-letter';

/** Keeps letters as they would be stored and read back: what is no JSON shows in a test, too. */
export class MemoryDeadLetters implements DeadLetters {
  /** Every document that was put, in order; a letter that was put again is there again. */
  readonly documents: string[] = [];

  async put(letters: readonly Letter[]): Promise<LetterAnswer[]> {
    this.documents.push(...letters.map((letter) => letterText(letter).text));
    return letters.map(() => WRITTEN);
  }

  /** One for each id: the latest, in the order in which they first came. */
  get letters(): Letter[] {
    const byId = new Map<string, Letter>();
    for (const document of this.documents) {
      const letter = readLetter(document);
      if (letter.mskOnce === LETTER_FORMAT) byId.set(letter.id, letter);
    }
    return [...byId.values()];
  }
}
