import type { Letter } from '../../contract/letter';

/** One place where a letter lies: a message, or an object. Another one may hold the same letter. */
export interface Copy {
  /** Where, for a person. */
  readonly at: string;
}

export interface StoredLetter {
  readonly letter: Letter;
  readonly copy: Copy;
}

/** What cannot be redriven as it is. It is told, and left where it is. */
export interface Unreadable {
  readonly copy: Copy;
  readonly reason: string;
  /** Of the letter, where a pointer says it. */
  readonly id?: string;
  /** It may be read another time: its bucket did not answer. */
  readonly later?: true;
}

export interface Page {
  readonly letters: readonly StoredLetter[];
  readonly unreadable: readonly Unreadable[];
}

/** A copy that could not be deleted, or not wholly. */
export interface NotRemoved {
  readonly copy: Copy;
  readonly reason: string;
}

/** A queue or bucket of letters, read through once. Whatever is not removed stays there. */
export interface LetterStore {
  /** "the queue https://…" */
  readonly name: string;
  /** About how many letters there are, where the store says so. */
  readonly expected: number | undefined;
  /** There are letters that cannot be read as long as others are held: in a FIFO queue, behind those of their group. */
  readonly hasMore: boolean;
  /** The next ones, each copy once; undefined: there are no more, or not now. Rejects with a LocalError. */
  next(): Promise<Page | undefined>;
  /** Deletes copies. Never rejects. */
  remove(copies: readonly Copy[]): Promise<readonly NotRemoved[]>;
  /** Makes visible to others what was read and not removed, and tells what a person should know. Never rejects. */
  close(): Promise<readonly string[]>;
}
