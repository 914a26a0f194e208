/** P2: what user code is told of earlier attempts. */
import { broken, fact, History, IDENTITY, LEASE_MS, LEDGER, TRANSACTION } from './history';

const TOPIC = [fact(0, 0, 'a')];
const wrong = (history: History) =>
  broken(IDENTITY, TOPIC, history, '0@0').filter((violation) => violation.startsWith('attempts'));

/** Run, rejected, given back. */
const failed = (history: History, worker: string, attempt: number) =>
  history.claim(worker, 'a').start(worker, '0@0', attempt).end(worker, '0@0', 'rejected').release(worker, 'a').pass(1);

test('one more for each run that failed', () => {
  const history = failed(failed(new History(), 'w1', 1), 'w2', 2);

  expect(wrong(history.claim('w1', 'a').start('w1', '0@0', 3))).toEqual([]);
});

test('a count that is lost, and one that is doubled', () => {
  expect(wrong(failed(new History(), 'w1', 1).claim('w1', 'a').start('w1', '0@0', 1))).toEqual(['attempts a']);
  expect(wrong(failed(new History(), 'w1', 1).claim('w1', 'a').start('w1', '0@0', 3))).toEqual(['attempts a']);
  expect(wrong(new History().claim('w1', 'a').start('w1', '0@0', 2))).toEqual(['attempts a']);
  expect(wrong(new History().claim('w1', 'a').start('w1', '0@0', 0))).toEqual(['attempts a']);
});

test('at the last attempt the record is parked, but by who stands still before it can', () => {
  const last = (between: (history: History) => History) => {
    const once = failed(new History().deliver('w1', '0@0'), 'w1', 1).answer('w1', '0@0');
    const history = between(once.deliver('w1', '0@0').claim('w1', 'a').start('w1', '0@0', 2));
    history.end('w1', '0@0', 'rejected').release('w1', 'a').answer('w1', '0@0');
    history.deliver('w1', '0@0').claim('w1', 'a').start('w1', '0@0', 3);
    return broken({ ...IDENTITY, maxAttempts: 2, keepsLeases: true }, TOPIC, history, '0@0');
  };

  expect(last((history) => history)).toContain('attempts a');
  expect(last((history) => history.add({ kind: 'frozen', worker: 'w1' }))).not.toContain('attempts a');
});

test('a run that was cut short may count or not, and so may a death', () => {
  const aborted = (attempt: number) =>
    new History()
      .claim('w1', 'a')
      .start('w1', '0@0', 1)
      .end('w1', '0@0', 'aborted')
      .release('w1', 'a')
      .claim('w1', 'a')
      .start('w1', '0@0', attempt);
  const died = (attempt: number) =>
    new History()
      .claim('w1', 'a')
      .start('w1', '0@0', 1)
      .kill('w1')
      .pass(LEASE_MS)
      .claim('w2', 'a')
      .start('w2', '0@0', attempt);

  for (const attempt of [1, 2]) expect([wrong(aborted(attempt)), wrong(died(attempt))]).toEqual([[], []]);
  expect(wrong(aborted(3))).toEqual(['attempts a']);
});

test('a count that never reached the database is not asked for', () => {
  const history = new History()
    .claim('w1', 'a')
    .start('w1', '0@0', 1)
    .end('w1', '0@0', 'rejected')
    .lose('w1', 'a', 'lease')
    .pass(LEASE_MS)
    .claim('w1', 'a')
    .start('w1', '0@0', 1);

  expect(wrong(history)).toEqual([]);
});

describe('where offsets are remembered', () => {
  const topic = [fact(0, 0, 'a'), fact(0, 1, 'a')];
  /** Run, rejected, and the partition given back. */
  const failedAt = (history: History, record: string, attempt: number) =>
    history
      .claim('w1', 0)
      .start('w1', record, attempt)
      .end('w1', record, 'rejected')
      .add({ kind: 'mark', worker: 'w1', partition: 0, closes: [], leaseUntilMs: 0 })
      .pass(1)
      .claim('w1', 0);

  test.each([LEDGER, TRANSACTION, { ...TRANSACTION, identity: true }])(
    'each record has attempts of its own, also beside an identity: %p',
    (promised) => {
      const attempt = (record: string, told: number) =>
        broken(promised, topic, failedAt(new History(), '0@0', 1).start('w1', record, told), '0@0', '0@1');

      expect([attempt('0@0', 2), attempt('0@1', 1)]).toEqual([[], []]);
      expect([attempt('0@0', 1), attempt('0@1', 2)]).toEqual([['attempts 0@0'], ['attempts 0@1']]);
    },
  );
});
