/** P1, P2, P4, P5: which letters there may be, and what becomes of records that were parked. */
import type { Observation } from '../../../local/oracle/observation';
import type { Promised } from '../../../local/oracle/promise';
import { at, broken, fact, History, IDENTITY, LEASE_MS, LEDGER, TRANSACTION } from './history';

const TOPIC = [fact(0, 0, 'a'), fact(0, 1, 'b')];
const parks = (promised: Promised): Promised => ({ ...promised, maxAttempts: 2 });
const seen = (kind: 'parked' | 'letter-lost', worker: string, record: string): Observation => ({
  kind,
  worker,
  ...at(record),
});

/** One record, delivered and claimed. */
const begun = (worker = 'w1', history = new History()) => history.deliver(worker, '0@0').claim(worker, 0);
/** A run that ends with a permanent error. */
const refused = (history: History, worker = 'w1') =>
  history.start(worker, '0@0', 1).add({ kind: 'ended', worker, ...at('0@0'), result: 'rejected', says: 'permanent' });
const parked = (history: History, worker = 'w1') =>
  history
    .add(seen('parked', worker, '0@0'))
    .close(worker, 0, [0, 0])
    .release(worker, 0)
    .answer(worker);
const found = (history: History, promised = LEDGER) => broken(parks(promised), TOPIC, history, '0@1');

test('a permanent error: a letter, then the parked item and the mark', () => {
  expect(found(parked(refused(begun()).letter('w1', '0@0')))).toEqual([]);
});

test('P5: a letter alone closes nothing', () => {
  const history = refused(begun()).letter('w1', '0@0').answer('w1');

  expect(broken(parks(LEDGER), TOPIC, history, '0@1')).toContain('left-out 0@0');
});

test('P5: parked before its letter', () => {
  expect(found(parked(refused(begun())).letter('w1', '0@0'))).toContain('no-letter 0@0');
});

describe('P1: a letter of an error that may pass', () => {
  const failed = (history: History, worker: string, attempt: number) =>
    begun(worker, history).start(worker, '0@0', attempt).end(worker, '0@0', 'rejected');
  const open = (history: History, worker: string) => history.release(worker, 0).answer(worker, '0@0');

  test('has to wait until the attempts are used up', () => {
    expect(found(parked(failed(new History(), 'w1', 1).letter('w1', '0@0')))).toEqual(['early-letter 0@0']);
    const twice = failed(open(failed(new History(), 'w1', 1), 'w1'), 'w2', 2);
    expect(found(parked(twice.letter('w2', '0@0'), 'w2'))).toEqual([]);
  });

  test('and no run has more attempts than there may be', () => {
    const thrice = open(failed(open(failed(new History(), 'w1', 1), 'w1'), 'w2', 2), 'w2');

    expect(found(failed(thrice, 'w3', 3), { ...LEDGER, keepsLeases: true })).toContain('attempts 0@0');
  });
});

describe('P3: a death', () => {
  /** `0@1` was delivered beside `0@0`, which ran when the worker died. */
  const died = new History().deliver('w1', '0@0', '0@1').claim('w1', 0).start('w1', '0@0', 1).kill('w1').pass(LEASE_MS);
  const again = (record: string, attempt: number) => {
    const history = new History();
    history.nowMs = died.nowMs;
    history.observations.push(...died.observations);
    return history.deliver('w2', '0@0', '0@1').claim('w2', 0).start('w2', record, attempt);
  };

  test('counts for the record that ran, and for none beside it', () => {
    expect(found(again('0@0', 2))).not.toContain('attempts 0@0');
    expect(found(again('0@1', 2))).toContain('attempts 0@1');
  });
});

describe('P5: one more letter', () => {
  const twice = (between: (history: History) => History) =>
    parked(between(refused(begun()).letter('w1', '0@0')).letter('w1', '0@0'));

  test('needs a cause', () => {
    expect(found(twice((history) => history))).toContain('letter-twice 0@0');
    expect(found(twice((history) => history.add(seen('letter-lost', 'w1', '0@0'))))).toEqual([]);
    expect(found(twice((history) => history.lose('w1', 0)))).toEqual([]);
  });

  test('of another worker, after the first has died', () => {
    const history = refused(begun()).letter('w1', '0@0').kill('w1').pass(LEASE_MS);

    expect(found(parked(refused(begun('w2', history), 'w2').letter('w2', '0@0'), 'w2'))).toEqual([]);
  });

  test('of one that stood still while another took over and parked the record, and of no other', () => {
    const late = (between: (history: History) => History) => {
      const overtaken = between(refused(begun())).pass(2 * LEASE_MS);
      return parked(refused(begun('w2', overtaken), 'w2').letter('w2', '0@0'), 'w2').letter('w1', '0@0');
    };

    expect(found(late((history) => history.add({ kind: 'frozen', worker: 'w1' })))).not.toContain('letter-twice 0@0');
    expect(found(late((history) => history))).toContain('letter-twice 0@0');
  });
});

test('P2: a permanent error counts where its run was told to stop, since nothing may be parked then, and nowhere else', () => {
  const again = (result: 'aborted' | 'rejected') => {
    const ended = { kind: 'ended', worker: 'w1', ...at('0@0'), result, says: 'permanent' } as const;
    const history = begun().start('w1', '0@0', 1).add(ended).release('w1', 0).answer('w1', '0@0');
    return begun('w1', history).start('w1', '0@0', 2);
  };

  expect(found(again('aborted'), { ...LEDGER, keepsLeases: true })).not.toContain('attempts 0@0');
  expect(found(again('rejected'), { ...LEDGER, keepsLeases: true })).toContain('attempts 0@0');
});

describe('done and parked', () => {
  const both = (history: History) => parked(history.letter('w1', '0@0'));

  test('is admitted where a run failed after its effect, and not where it succeeded', () => {
    const failedLater = refused(begun().start('w1', '0@0', 1, 1).effect('w1', 0, 0, 1).end('w1', '0@0', 'rejected', 1));
    const succeeded = refused(begun().start('w1', '0@0', 1, 1).effect('w1', 0, 0, 1).end('w1', '0@0', 'resolved', 1));

    expect(found(both(failedLater))).not.toContain('done-and-parked 0@0');
    expect(found(both(succeeded))).toContain('done-and-parked 0@0');
    expect(found(both(failedLater), TRANSACTION)).toContain('done-and-parked 0@0');
  });

  test('P5: a parked record is not run again', () => {
    const history = parked(refused(begun()).letter('w1', '0@0'));

    expect(found(begun('w2', history).start('w2', '0@0', 2))).toContain('ran-parked 0@0');
  });
});

test('C5: with identities alone the parked record closes those that say the same', () => {
  const twins = [fact(0, 0, 'a'), fact(0, 1, 'a')];
  const history = new History()
    .deliver('w1', '0@0', '0@1')
    .claim('w1', 'a')
    .start('w1', '0@0', 1)
    .add({ kind: 'ended', worker: 'w1', ...at('0@0'), result: 'rejected', says: 'permanent' })
    .letter('w1', '0@0')
    .add(seen('parked', 'w1', '0@0'))
    .mark('w1', 'a')
    .answer('w1');

  expect(broken(parks(IDENTITY), twins, history)).toEqual([]);
});

test('P4: at most 20 letters of one kind in one invocation', () => {
  const facts = Array.from({ length: 21 }, (_, offset) => ({ ...fact(0, offset, `i${offset}`), isUnfit: true }));
  const names = facts.map(({ offset }) => `0@${offset}`);
  const withKinds = (kinds: number) => {
    const history = new History().deliver('w1', ...names).claim('w1', 0);
    for (const [index, name] of names.entries()) {
      history.add({ kind: 'letter', worker: 'w1', ...at(name), error: `kind ${index % kinds}` });
    }
    return broken(parks(LEDGER), facts, history, ...names);
  };

  expect(withKinds(1)).toEqual(['mass-letters 0@20']);
  expect(withKinds(2)).toEqual([]);
});
