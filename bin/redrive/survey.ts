import type { Filter } from './filter';
import { KnownLetters } from './known-letters';
import type { LetterStore } from './letter-store';
import type { Tally } from './tally';

export interface SurveyOptions {
  readonly store: LetterStore;
  readonly filter: Filter;
  readonly tally: Tally;
  readonly stopping: AbortSignal;
  readonly onProgress: () => void;
}

/** The dry run: reads all letters, and changes nothing. */
export async function survey({ store, filter, tally, stopping, onProgress }: SurveyOptions): Promise<void> {
  const known = new KnownLetters(filter, tally);
  while (!stopping.aborted) {
    const page = await store.next();
    if (page === undefined) break;
    for (const letter of page.letters) {
      const target = known.meet(letter);
      // Only its id is needed any more.
      if (typeof target === 'object') known.settle(target.letter.id, 'left');
    }
    tally.unreadable.push(...page.unreadable);
    onProgress();
  }
}
