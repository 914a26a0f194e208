import type { RedriveError } from '../../contract/redrive';
import { counted } from '../local/counted';
import { exitCodeOf, notAskedOf, type RedriveResult } from './report';
import type { LetterOutcome, Tally } from './tally';

const SHOWN = 20;
const SHOWN_CHARACTERS = 300;
const MOST_TOLD = 50;

/** How far a run is, for a person. */
export function progressText({ letters, matching, settled, redriven }: Tally, expected: number | undefined): string {
  const of = expected === undefined || expected < letters ? '' : ` of about ${expected}`;
  const left = settled - redriven;
  return `${letters}${of} letters read, ${redriven} of ${matching} redriven${left === 0 ? '' : `, ${left} stay`}`;
}

/** Messages that somebody else has. */
export function waitingText(messages: number, forMs: number): string {
  return `About ${counted(messages, 'message')} of the queue are held by somebody else, as of a run that died: waiting up to ${Math.ceil(forMs / 1_000)} s for them`;
}

/** One letter that stays. */
export function leftText(id: string, outcome: LetterOutcome, error: RedriveError | undefined): string {
  const words: Partial<Record<LetterOutcome, string>> = {
    parked: 'failed again, its letter stays',
    open: 'was not decided, its letter stays: run this again later',
    absent: 'is not parked, its letter stays',
    refused: 'is refused by the function, its letter stays',
    failed: 'ended the function each time, its letter stays',
  };
  return `${nameOf(id)} ${words[outcome] ?? outcome}${error ? `: ${cut(errorText(error))}` : ''}`;
}

/** Tells of letters that stay, and not of thousands of them. */
export function leftTeller(say: (text: string) => void) {
  let told = 0;
  return (id: string, outcome: LetterOutcome, error: RedriveError | undefined): void => {
    told += 1;
    if (told <= MOST_TOLD) say(`  ${leftText(id, outcome, error)}`);
    else if (told === MOST_TOLD + 1) say('  More letters stay; --json FILE lists all of them.');
  };
}

/** The end of a run for a person. */
export function resultText(result: RedriveResult): string {
  const { tally, notes, end } = result;
  return [
    ...surveyLines(result),
    ...(result.given.apply ? appliedLines(result) : dryLines(result)),
    ...listed('Not deleted, although done; running this again cleans it away', tally.notRemoved),
    ...listed('Left alone, since it cannot be redriven', tally.unreadable),
    ...notes,
    ...(end.kind === 'stopped' ? [end.error.message] : []),
  ].join('\n');
}

function surveyLines({ store, tally }: RedriveResult): string[] {
  const { letters, copies, oldest, newest, byTopic, byError } = tally;
  const twice = copies > letters ? `, in ${copies} copies` : '';
  if (letters === 0) return [`No letters in ${store}.`];
  return [
    `${counted(letters, 'letter')} in ${store}${twice}`,
    `  by topic  ${countsText(byTopic)}`,
    `  by error  ${countsText(byError)}`,
    `  failed    ${oldest} to ${newest}`,
  ];
}

function dryLines({ given, tally, end }: RedriveResult): string[] {
  const { filterText } = given;
  const passing = filterText === undefined ? '' : `, those with ${filterText}`;
  return [
    `${counted(tally.matching, 'letter')} would be redriven by ${given.function.text}${passing}.`,
    ...(end.kind === 'interrupted' ? ['Stopped before all of them were read.'] : []),
    'Nothing was invoked or deleted; messages that were read have been received once more. --apply redrives them.',
  ];
}

const OUTCOMES: readonly (readonly [LetterOutcome, string])[] = [
  ['done', 'done now'],
  ['duplicate', 'done before'],
  ['parked', 'failed again'],
  ['open', 'not decided'],
  ['absent', 'not parked'],
  ['refused', 'refused'],
  ['failed', 'ended the function'],
];

function appliedLines(result: RedriveResult): string[] {
  const { given, tally, end } = result;
  const { outcomes, matching, deletedCopies, invocations } = tally;
  const notAsked = notAskedOf(tally);
  const counts = OUTCOMES.filter(([outcome]) => outcomes[outcome] > 0).map(
    ([name, text]) => `${outcomes[name]} ${text}`,
  );
  const asked = notAsked > 0 ? [...counts, `${notAsked} not asked`] : counts;
  return [
    `${counted(matching, 'letter')} for ${given.function.text}: ${asked.join(', ') || 'nothing to do'} (${counted(invocations, 'invocation')}, ${counted(deletedCopies, 'copy', 'copies')} deleted)`,
    ...(outcomes.absent > 0 ? [ABSENT] : []),
    ...(end.kind === 'interrupted' ? ['Stopped. What is left is where it was: run this again to go on.'] : []),
    ...(exitCodeOf(result) === 0 ? ['Nothing is left that was to be redriven.'] : []),
  ];
}

const ABSENT =
  'Not parked: the table does not know these records as parked. Their mark has expired or is of another table, or the record was never closed and comes from the topic again. Nothing was run. Look whether the effect is there; then delete the letter, or write the record to the topic again.';

function listed(title: string, all: readonly { readonly copy: { readonly at: string }; readonly reason: string }[]) {
  if (all.length === 0) return [];
  const more = all.length - SHOWN;
  return [
    `${title}:`,
    ...all.slice(0, SHOWN).map(({ copy, reason }) => `  ${copy.at}: ${cut(reason)}`),
    ...(more > 0 ? [`  and ${more} more; --json FILE lists all`] : []),
  ];
}

function countsText(counts: ReadonlyMap<string, number>): string {
  const sorted = [...counts].toSorted(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
  const more = sorted.length - SHOWN;
  return [
    ...sorted.slice(0, SHOWN).map(([name, count]) => `${name} ${count}`),
    ...(more > 0 ? [`${more} more`] : []),
  ].join(', ');
}

/** `orders-2@4711`, out of the id. */
function nameOf(id: string): string {
  const [topic, partition, offset] = id.split('#').slice(-3);
  return `${topic}-${partition}@${offset}`;
}

const errorText = ({ code, name, message }: RedriveError) =>
  `${name === 'OnceError' || name === 'FunctionError' ? '' : `${name}: `}${message}${code !== undefined && !message.includes(code) ? ` (${code})` : ''}`;

function cut(text: string): string {
  const line = text.replaceAll(/\s*\n\s*/g, ' ');
  return line.length > SHOWN_CHARACTERS ? `${line.slice(0, SHOWN_CHARACTERS)}…` : line;
}
