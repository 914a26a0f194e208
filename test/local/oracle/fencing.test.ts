/** Marks and leases of whoever does not hold the claim any more. */
import { broken, fact, History, IDENTITY, LEASE_MS, LEDGER } from './history';

const TOPIC = [fact(0, 0, 'a'), fact(0, 1, 'b')];
const stale = (history: History, promised = IDENTITY) =>
  broken(promised, TOPIC, history, '0@0', '0@1').filter((violation) => violation.startsWith('stale'));

const taken = () => new History().claim('w1', 'a').pass(LEASE_MS).claim('w2', 'a');

test('a mark from a worker whose claim went to another one', () => {
  expect(stale(taken().mark('w1', 'a'))).toEqual(['stale-mark a']);
  expect(stale(taken().mark('w2', 'a'))).toEqual([]);
});

test('a renewal and a release from one', () => {
  expect(stale(taken().renew('w1', 'a'))).toEqual(['stale-lease a']);
  expect(stale(taken().release('w1', 'a'))).toEqual(['stale-lease a']);
  expect(stale(taken().renew('w2', 'a').release('w2', 'a'))).toEqual([]);
});

test('not from a worker whose lease ran out, as long as nobody took over', () => {
  expect(
    stale(
      new History()
        .claim('w1', 'a')
        .pass(2 * LEASE_MS)
        .renew('w1', 'a')
        .mark('w1', 'a'),
    ),
  ).toEqual([]);
});

test('not from one that never claimed: nothing is known of its right', () => {
  expect(stale(new History().mark('w1', 'a'))).toEqual([]);
});

test('a late copy that was sent under an earlier claim of the same worker', () => {
  const again = () => new History().claim('w1', 'a').release('w1', 'a').pass(10).claim('w1', 'a');
  const sentAtMs = new History().nowMs;

  expect(stale(again().add({ kind: 'lease', worker: 'w1', identity: 'a', leaseUntilMs: 0, sentAtMs }))).toEqual([
    'stale-lease a',
  ]);
  expect(
    stale(again().add({ kind: 'lease', worker: 'w1', identity: 'a', leaseUntilMs: 0, sentAtMs: sentAtMs + 10 })),
  ).toEqual([]);
});

test('not what was sent behind a claim that itself landed late', () => {
  const history = (sentAtMs: number) => {
    const late = new History();
    const { nowMs } = late;
    return late
      .pass(500)
      .add({
        kind: 'claim',
        worker: 'w1',
        identity: 'a',
        sentAtMs: nowMs,
        atMs: nowMs + 500,
        leaseUntilMs: nowMs + LEASE_MS,
      })
      .add({ kind: 'lease', worker: 'w1', identity: 'a', leaseUntilMs: 0, sentAtMs: nowMs + sentAtMs });
  };

  expect(stale(history(100))).toEqual([]);
  expect(stale(history(-1))).toEqual(['stale-lease a']);
});

test('a lease that revives a claim which was given back or closed', () => {
  expect(stale(new History().claim('w1', 'a').release('w1', 'a').renew('w1', 'a'))).toEqual(['stale-lease a']);
  expect(stale(new History().claim('w1', 'a').release('w1', 'a').release('w1', 'a'))).toEqual([]);
  expect(stale(new History().claim('w1', 'a').release('w1', 'a').mark('w1', 'a'))).toEqual(['stale-mark a']);
  expect(stale(new History().claim('w1', 'a').mark('w1', 'a').renew('w1', 'a'))).toEqual(['stale-lease a']);
});

test('the same with a partition, whose marks are many', () => {
  const ledger = () => new History().claim('w1', 0).close('w1', 0, [0, 0]).pass(LEASE_MS).claim('w2', 0);

  expect(stale(ledger().close('w1', 0, [0, 1]), LEDGER)).toEqual(['stale-mark partition 0']);
  expect(stale(ledger().close('w2', 0, [0, 1]).close('w2', 0, [0, 1]), LEDGER)).toEqual([]);
});
