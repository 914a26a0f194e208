/** The promise of transactions (protocol section 1): never twice, whatever happened. */
import type { Promised } from '../../../local/oracle/promise';
import { broken, fact, History, judgedBy, LEASE_MS, TRANSACTION } from './history';

const TOPIC = [fact(0, 0, 'a'), fact(0, 1, 'a')];

/** Effect and mark in one write. */
const commit = (history: History, worker: string, offset: number) =>
  history.effect(worker, 0, offset).close(worker, 0, [offset, offset]);

test('each record takes effect once', () => {
  const history = commit(commit(new History().claim('w1', 0), 'w1', 0), 'w1', 1);

  expect(broken(TRANSACTION, TOPIC, history)).toEqual([]);
  expect(broken(TRANSACTION, TOPIC, history.effect('w1', 0, 1))).toEqual(['twice 0@1']);
});

test.each<[string, (history: History) => History]>([
  ['a death', (history) => history.kill('w1').pass(LEASE_MS)],
  ['a lost lease', (history) => history.pass(LEASE_MS)],
  ['a lost mark', (history) => history.lose('w1', 0).pass(LEASE_MS)],
])('%s admits nothing', (_, loss) => {
  const history = loss(new History().claim('w1', 0).effect('w1', 0, 0)).claim('w2', 0);

  expect(broken(TRANSACTION, TOPIC, commit(history, 'w2', 0), '0@1')).toEqual(['twice 0@0']);
});

test('what a stale worker commits is a stale mark', () => {
  const history = new History().claim('w1', 0).pass(LEASE_MS).claim('w2', 0);

  expect(broken(TRANSACTION, TOPIC, commit(history, 'w1', 0), '0@1')).toEqual(['stale-mark partition 0']);
});

describe('T2: writes that depend on what was read', () => {
  const topic = [fact(0, 0, 'a', 'k'), fact(0, 1, 'b', 'k'), fact(0, 2, 'c', 'l')];
  const began = (record: string) => new History().deliver('w1', '0@0', '0@1', '0@2').claim('w1', 0).start('w1', record);
  const early = (history: History, promised: Partial<Promised> = {}) =>
    broken({ ...TRANSACTION, independent: false, ...promised }, topic, history, '0@0', '0@1', '0@2');

  test('a run begins when those before it in its lane are committed', () => {
    expect(early(began('0@1'))).toEqual(['order 0@1']);
    expect(early(commit(began('0@0'), 'w1', 0).start('w1', '0@1'))).toEqual([]);
    expect(early(began('0@0').close('w1', 0, [0, 0]).start('w1', '0@1'))).toEqual([]);
  });

  test('those of another lane, and of another delivery, do not matter', () => {
    expect(early(began('0@2'), { order: 'key' })).toEqual([]);
    expect(early(began('0@1'), { order: 'none' })).toEqual([]);
    expect(early(new History().deliver('w1', '0@1').claim('w1', 0).start('w1', '0@1'))).toEqual([]);
  });

  test('nor where they are declared independent, or were not asked about', () => {
    expect(early(began('0@1'), { independent: true })).toEqual([]);
    expect(early(began('0@1'), { independent: undefined })).toEqual([]);
  });
});

describe('with identity', () => {
  const promised = { ...TRANSACTION, identity: true };
  const both = (history: History, worker: string, offset: number) => commit(history, worker, offset).mark(worker, 'a');

  test('a duplicate of the producer is suppressed, and its offset closed', () => {
    const history = both(new History().claim('w1', 0), 'w1', 0).close('w1', 0, [0, 1]);

    expect(judgedBy(promised, TOPIC, history.observations)).toMatchObject({ suppressed: 1, lost: 0, violations: [] });
  });

  test('a second effect of the identity is one too many', () => {
    const history = commit(both(new History().claim('w1', 0), 'w1', 0), 'w1', 1);

    expect(broken(promised, TOPIC, history)).toEqual(['twice a']);
    expect(broken(TRANSACTION, TOPIC, history)).toEqual([]);
  });

  test('until the memory of its mark is over', () => {
    const history = new History().claim('w1', 0);
    history
      .effect('w1', 0, 0)
      .add({ kind: 'mark', worker: 'w1', identity: 'a', rememberedUntilMs: history.nowMs + 1_000 })
      .pass(1_000);

    expect(judgedBy(promised, TOPIC, history.effect('w1', 0, 1).observations)).toMatchObject({ admitted: 1, twice: 0 });
    expect(judgedBy(promised, TOPIC, history.effect('w1', 0, 1).observations)).toMatchObject({ admitted: 1, twice: 1 });
  });
});
