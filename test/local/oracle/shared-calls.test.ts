/** P2 where several records run in one call: only what the call lists counts. */
import type { Observation } from '../../../local/oracle/observation';
import { at, broken, fact, History, LEASE_MS, LEDGER } from './history';

const TOPIC = [fact(0, 0, 'a'), fact(0, 1, 'b')];

const ended = (record: string, result: 'rejected' | 'aborted', says?: 'call'): Observation => ({
  kind: 'ended',
  worker: 'w1',
  ...at(record),
  result,
  ...(says && { says }),
});

/** Both records, in one call. */
function called(): History {
  const start = (record: string): Observation => ({
    kind: 'started',
    worker: 'w1',
    ...at(record),
    attempt: 1,
    isShared: true,
  });
  return new History().deliver('w1', '0@0', '0@1').claim('w1', 0).add(start('0@0')).add(start('0@1'));
}

/** Which attempt 0@0 may be when it is delivered again. */
const attempts = (history: () => History, worker = 'w1') =>
  [1, 2].filter((attempt) => {
    const again = history().deliver(worker, '0@0').claim(worker, 0).start(worker, '0@0', attempt);
    return !broken({ ...LEDGER, maxAttempts: 3 }, TOPIC, again, '0@0', '0@1').includes('attempts 0@0');
  });

const open = (history: History) => history.release('w1', 0).answer('w1', '0@0', '0@1').pass(1);

test('a record that is listed has an attempt', () => {
  const listed = () => open(called().add(ended('0@0', 'rejected')).add(ended('0@1', 'aborted')));

  expect(attempts(listed)).toEqual([2]);
});

test('a call that rejects counts for nobody', () => {
  expect(
    attempts(() =>
      open(
        called()
          .add(ended('0@0', 'rejected', 'call'))
          .add(ended('0@1', 'rejected', 'call')),
      ),
    ),
  ).toEqual([1]);
});

test('nor does one that is cut off, or that a process dies in', () => {
  expect(attempts(() => open(called().add(ended('0@0', 'aborted')).add(ended('0@1', 'aborted'))))).toEqual([1]);
  expect(attempts(() => called().kill('w1').pass(LEASE_MS), 'w2')).toEqual([1]);
});
