import { EXIT } from '../../contract/error-codes';
import type { RedriveArguments } from './arguments';
import type { RedriveEnd } from './redrive-run';
import type { LeftLetter, LetterOutcome, Tally } from './tally';

/** How a command came to its end, and with what. */
export interface RedriveResult {
  readonly given: RedriveArguments;
  readonly store: string;
  readonly tally: Tally;
  readonly end: RedriveEnd;
  /** There are letters that could not be read. */
  readonly hasMore: boolean;
  /** What the store has to say at its end. */
  readonly notes: readonly string[];
}

/** The result as programs read it. */
export interface RedriveReport {
  readonly ok: boolean;
  readonly applied: boolean;
  readonly end: RedriveEnd['kind'];
  readonly from: string;
  readonly function: string;
  readonly filter: string | null;
  /** What was read: letters, each counted once, and how many messages or objects they are. */
  readonly letters: number;
  readonly copies: number;
  /** Letters that the filter lets pass: those that are, or would be, redriven. */
  readonly matching: number;
  readonly byTopic: Readonly<Record<string, number>>;
  readonly byError: Readonly<Record<string, number>>;
  /** Of the last failures, ISO 8601; null: there are no letters. */
  readonly oldest: string | null;
  readonly newest: string | null;
  readonly invocations: number;
  readonly outcomes: Readonly<Record<LetterOutcome, number>>;
  /** Matching letters of which nothing is known, since the run did not get that far. */
  readonly notAsked: number;
  readonly deletedCopies: number;
  /** Letters that stay, and why. */
  readonly left: readonly LeftLetter[];
  readonly unreadable: readonly { readonly at: string; readonly reason: string }[];
  readonly notDeleted: readonly { readonly at: string; readonly reason: string }[];
  readonly notes: readonly string[];
  /** Why the run ended before its end. */
  readonly error: string | null;
}

export function reportOf(result: RedriveResult): RedriveReport {
  const { given, store, tally, end, notes } = result;
  const { letters, copies, matching, oldest = null, newest = null, invocations, outcomes, deletedCopies } = tally;
  return {
    ok: exitCodeOf(result) === EXIT.ok,
    applied: given.apply,
    end: end.kind,
    from: store,
    function: given.function.text,
    filter: given.filterText ?? null,
    letters,
    copies,
    matching,
    byTopic: Object.fromEntries(tally.byTopic),
    byError: Object.fromEntries(tally.byError),
    oldest,
    newest,
    invocations,
    outcomes,
    notAsked: notAskedOf(tally),
    deletedCopies,
    left: tally.left,
    unreadable: tally.unreadable.map(({ copy, reason }) => ({ at: copy.at, reason })),
    notDeleted: tally.notRemoved.map(({ copy, reason }) => ({ at: copy.at, reason })),
    notes,
    error: end.kind === 'stopped' ? end.error.message : null,
  };
}

export const notAskedOf = ({ matching, settled }: Tally) => matching - settled;

/** What can still be done by running it again comes before what cannot. */
export function exitCodeOf({ given, tally, end, hasMore }: RedriveResult): number {
  if (!given.apply)
    return end.kind === 'finished' ? EXIT.ok : end.kind === 'stopped' ? end.error.exitCode : INTERRUPTED;
  const { outcomes, unreadable, notRemoved, redriven } = tally;
  if (end.kind === 'stopped') return redriven > 0 ? EXIT.partlyDone : end.error.exitCode;
  const isToBeGoneOn =
    end.kind === 'interrupted' ||
    outcomes.open + outcomes.failed + notRemoved.length > 0 ||
    unreadable.some(({ later }) => later);
  if (isToBeGoneOn) return EXIT.partlyDone;
  if (outcomes.refused > 0) return EXIT.refused;
  return hasMore || outcomes.parked + outcomes.absent + unreadable.length > 0 ? EXIT.failed : EXIT.ok;
}

/** As a shell says it of SIGINT: a dry run leaves nothing half done. */
const INTERRUPTED = 130;
