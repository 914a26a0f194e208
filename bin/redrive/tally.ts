import type { Letter } from '../../contract/letter';
import type { RedriveError, RedriveOutcome } from '../../contract/redrive';
import type { NotRemoved, Unreadable } from './letter-store';

/** What became of a letter that was to be redriven: what the function said of it, or why it could not be asked. */
export type LetterOutcome =
  | RedriveOutcome
  /** msk-once refused it: it belongs to another mapping, or the function cannot start. */
  | 'refused'
  /** Every invocation with it ended by an error of the whole function, or there was none. */
  | 'failed';

/** A letter that stays. */
export interface LeftLetter {
  readonly id: string;
  readonly outcome: Exclude<LetterOutcome, 'done' | 'duplicate'>;
  readonly error?: RedriveError;
}

/** The letters that were read, counted. Each letter counts once, however many copies of it there are. */
export class Tally {
  letters = 0;
  copies = 0;
  matching = 0;
  deletedCopies = 0;
  /** Those with letters. */
  invocations = 0;
  readonly byTopic = new Map<string, number>();
  /** By the code of the error, or by its name where it has none. */
  readonly byError = new Map<string, number>();
  /** Of the last failures, ISO 8601. */
  oldest: string | undefined;
  newest: string | undefined;
  readonly outcomes: Record<LetterOutcome, number> = {
    done: 0,
    duplicate: 0,
    parked: 0,
    open: 0,
    absent: 0,
    refused: 0,
    failed: 0,
  };
  readonly left: LeftLetter[] = [];
  readonly unreadable: Unreadable[] = [];
  readonly notRemoved: NotRemoved[] = [];

  /** A letter that was not seen before. */
  read({ record: { topic }, error, lastFailure }: Letter): void {
    this.letters += 1;
    count(this.byTopic, topic);
    count(this.byError, error.code ?? error.name);
    const at = new Date(lastFailure).toISOString();
    if (this.oldest === undefined || at < this.oldest) this.oldest = at;
    if (this.newest === undefined || at > this.newest) this.newest = at;
  }

  settle(id: string, outcome: LetterOutcome, error?: RedriveError): void {
    this.outcomes[outcome] += 1;
    if (outcome !== 'done' && outcome !== 'duplicate') this.left.push({ id, outcome, ...(error && { error }) });
  }

  get redriven(): number {
    return this.outcomes.done + this.outcomes.duplicate;
  }

  /** Letters of which it is known what has become of them. */
  get settled(): number {
    return Object.values(this.outcomes).reduce((sum, one) => sum + one, 0);
  }
}

function count(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}
