import type { Letter } from '../../contract/letter';
import type { Filter } from './filter';
import type { Copy, StoredLetter } from './letter-store';
import type { Tally } from './tally';

/** A letter that is to be redriven, with every copy of it that was found. */
export interface Target {
  readonly letter: Letter;
  readonly copies: Copy[];
}

type Known =
  /** No copy of it fits the filter so far. */
  | { readonly kind: 'passed-over'; readonly copies: Copy[] }
  | { readonly kind: 'target'; readonly target: Target }
  /** Its record is done: any further copy of it only lies about. */
  | { readonly kind: 'done' }
  | { readonly kind: 'left' };

/** All letters of a run by their ids, so that a letter that lies there twice is redriven once. */
export class KnownLetters {
  readonly #known = new Map<string, Known>();
  readonly #filter: Filter;
  readonly #tally: Tally;

  constructor(filter: Filter, tally: Tally) {
    this.#filter = filter;
    this.#tally = tally;
  }

  /** `done`: another copy of a letter that is done. undefined: nothing is to be done with it, or not by itself. */
  meet({ letter, copy }: StoredLetter): Target | 'done' | undefined {
    this.#tally.copies += 1;
    const known = this.#known.get(letter.id);
    if (known === undefined) this.#tally.read(letter);
    switch (known?.kind) {
      case 'target':
        known.target.copies.push(copy);
        return undefined;
      case 'done':
        return 'done';
      case 'left':
        return undefined;
      default:
        return this.#judge(letter, [...(known?.copies ?? []), copy]);
    }
  }

  isDone(id: string): boolean {
    return this.#known.get(id)?.kind === 'done';
  }

  /** Forgets the letter itself: a run may go over more letters than fit into memory. */
  settle(id: string, kind: 'done' | 'left'): void {
    this.#known.set(id, { kind });
  }

  #judge(letter: Letter, copies: Copy[]): Target | undefined {
    if (!this.#filter(letter)) {
      this.#known.set(letter.id, { kind: 'passed-over', copies });
      return undefined;
    }
    this.#tally.matching += 1;
    const target = { letter, copies };
    this.#known.set(letter.id, { kind: 'target', target });
    return target;
  }
}
