/** What a run says at its end, and with which exit code. */
import { readArguments } from '../../bin/redrive/arguments';
import type { RedriveEnd } from '../../bin/redrive/redrive-run';
import { exitCodeOf, type RedriveResult, reportOf } from '../../bin/redrive/report';
import { type LetterOutcome, Tally } from '../../bin/redrive/tally';
import { leftTeller, leftText, progressText, resultText } from '../../bin/redrive/texts';
import { ERROR_CODES, EXIT } from '../../contract/error-codes';
import { LocalError } from '../../local/errors';
import { letter, lettersAt, RECORD } from '../handlers/dead-letters/letters';

const NEEDED = ['--from', 's3://letters/dead', '--function', 'orders:Orders-partial'];

function result(
  outcomes: readonly LetterOutcome[],
  more: Partial<RedriveResult> = {},
  ...argv: string[]
): RedriveResult {
  const tally = new Tally();
  const letters = lettersAt(...outcomes.keys());
  for (const [index, outcome] of outcomes.entries()) {
    const one = letters[index] as (typeof letters)[number];
    tally.read(one);
    tally.matching += 1;
    tally.copies += 1;
    tally.settle(one.id, outcome, { name: 'TypeError', message: 'customer 17\nis not known' });
  }
  const given = readArguments([...NEEDED, ...(argv.length === 0 ? ['--apply'] : argv)]);
  if (!given) throw new Error('no arguments');
  return { given, store: 's3://letters/dead', tally, end: { kind: 'finished' }, hasMore: false, notes: [], ...more };
}

const stopped = (exitCode: number): Partial<RedriveResult> => ({
  end: { kind: 'stopped', error: new LocalError(ERROR_CODES.serverFailed, 'No.', exitCode) },
});
const INTERRUPTED: Partial<RedriveResult> = { end: { kind: 'interrupted' } satisfies RedriveEnd };

test.each<[string, RedriveResult, number]>([
  ['all done', result(['done', 'duplicate']), EXIT.ok],
  ['nothing there', result([]), EXIT.ok],
  ['one failed again', result(['done', 'parked']), EXIT.failed],
  ['one is not parked', result(['done', 'absent']), EXIT.failed],
  ['one is open, another failed again', result(['open', 'parked']), EXIT.partlyDone],
  ['one ended the function', result(['failed']), EXIT.partlyDone],
  ['letters lie behind those that the filter passes over', result(['done'], { hasMore: true }), EXIT.failed],
  ['one is refused', result(['refused', 'parked']), EXIT.refused],
  ['interrupted', result(['done'], INTERRUPTED), EXIT.partlyDone],
  ['stopped before anything was done', result(['open'], stopped(EXIT.unreachable)), EXIT.unreachable],
  ['stopped after something was done', result(['done'], stopped(EXIT.unreachable)), EXIT.partlyDone],
  ['a dry run', result(['open'], {}, '--rate', '1'), EXIT.ok],
  ['a dry run that cannot read', result([], stopped(EXIT.unreachable), '--rate', '1'), EXIT.unreachable],
])('%s', (_, given, code) => {
  expect(exitCodeOf(given)).toBe(code);
  expect(reportOf(given).ok).toBe(code === EXIT.ok);
});

test('a letter that is done and not deleted, and one that could not be read this time, are for another run', () => {
  const [undeleted, unread, broken] = [result(['done']), result(['done']), result(['done'])];
  undeleted.tally.notRemoved.push({ copy: { at: 'message 1' }, reason: 'no' });
  unread.tally.unreadable.push({ copy: { at: 'message 1' }, reason: 'the bucket is out', later: true });
  broken.tally.unreadable.push({ copy: { at: 'message 1' }, reason: 'not JSON' });

  expect([undeleted, unread, broken].map(exitCodeOf)).toEqual([EXIT.partlyDone, EXIT.partlyDone, EXIT.failed]);
});

test('a person reads how many letters there are, of what, and what became of them', () => {
  const given = result(['done', 'done', 'parked', 'absent']);
  const payments = letter({
    record: { ...RECORD, topic: 'payments', offset: 9 },
    error: { code: 'MSK_ONCE_VALUE_INVALID', name: 'OnceError', message: 'x' },
    lastFailure: '2026-10-01T00:00:00Z',
  });
  given.tally.read(payments);
  given.tally.unreadable.push({ copy: { at: 's3://letters/dead/x' }, reason: 'not JSON' });

  const text = resultText(given);

  expect(text).toContain('5 letters in s3://letters/dead');
  expect(text).toContain('by topic  orders 4, payments 1');
  expect(text).toContain('by error  Error 4, MSK_ONCE_VALUE_INVALID 1');
  expect(text).toContain('2026-10-01T00:00:00.000Z to 2026-11-02T09:10:00.000Z');
  expect(text).toContain('2 done now, 1 failed again, 1 not parked');
  expect(text).toContain('Not parked: the table does not know');
  expect(text).toContain('s3://letters/dead/x: not JSON');
});

test('a dry run says what would be done, and that nothing was', () => {
  const text = resultText(result(['done'], {}, '--filter', 'topic=orders'));

  expect(text).toContain('1 letter would be redriven by orders:Orders-partial, those with topic=orders.');
  expect(text).toMatch(/Nothing was invoked or deleted.*--apply/);
});

test('a letter that stays is named by its record, with the error on one line', () => {
  const text = leftText(letter().id, 'parked', { name: 'TypeError', message: 'customer 17\n  is not known' });

  expect(text).toBe('orders-2@4711 failed again, its letter stays: TypeError: customer 17 is not known');
});

test('of thousands of letters that stay 50 are told, and where the others are', () => {
  const told: string[] = [];
  const tell = leftTeller((text) => told.push(text));
  for (const { id } of lettersAt(...Array.from({ length: 1_000 }, (_, offset) => offset))) tell(id, 'open', undefined);

  expect([told.length, told.at(-1)]).toEqual([51, expect.stringContaining('--json FILE')]);
});

test('progress: what is read, of how many, and what is redriven', () => {
  const { tally } = result(['done', 'parked']);

  expect(progressText(tally, 40)).toBe('2 of about 40 letters read, 1 of 2 redriven, 1 stay');
  expect(progressText(tally, undefined)).toBe('2 letters read, 1 of 2 redriven, 1 stay');
});
