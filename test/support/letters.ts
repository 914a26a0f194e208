import type { DeadLetters, LetterAnswer } from '../../handlers/dead-letters/dead-letters';
import type { Letter } from '../../handlers/dead-letters/letter';

/** Dead letters in memory, that can be told to be out, or to do something when a letter comes. */
export class Letters implements DeadLetters {
  readonly all: Letter[] = [];
  isOut = false;
  onPut: (letter: Letter) => void | Promise<void> = () => undefined;

  async put(letters: readonly Letter[]): Promise<LetterAnswer[]> {
    return Promise.all(
      letters.map(async (letter): Promise<LetterAnswer> => {
        if (this.isOut) return { kind: 'unknown', reason: 'failed', error: new Error('the queue is out') };
        this.all.push(letter);
        await this.onPut(letter);
        return { kind: 'written' };
      }),
    );
  }

  /** Offsets of the letters, in the order in which they came. */
  get offsets(): number[] {
    return this.all.map(({ record }) => record.offset);
  }
}
