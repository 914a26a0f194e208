/** A worker that stands still until there is no time left to write a mark. */
import type { Observation } from '../../../local/oracle/observation';
import type { Promised } from '../../../local/oracle/promise';
import { broken, fact, History, LEASE_MS, LEDGER } from './history';

const SEES_ALL: Promised = { ...LEDGER, seesLostWrites: true };
const TOPIC = [fact(0, 0, 'a')];

const stall = (kind: 'frozen' | 'thawed', history: History): Observation => ({
  kind,
  worker: 'w1',
  atMs: history.nowMs,
});

/** The effect happens; the worker stands still for so long; after another while its invocation ends without a mark. */
function endedAfter(stillMs: number, leftMs: number): string[] {
  const history = new History();
  history
    .deliver('w1', '0@0')
    .claim('w1', 0)
    .start('w1', '0@0', 1, 1)
    .effect('w1', 0, 0, 1)
    .add(stall('frozen', history));
  history.pass(stillMs).add(stall('thawed', history));
  history.end('w1', '0@0', 'resolved', 1).pass(leftMs).add({ kind: 'failed', worker: 'w1', atMs: history.nowMs });
  history.pass(LEASE_MS).deliver('w2', '0@0').claim('w2', 0).start('w2', '0@0', 1, 2).effect('w2', 0, 0, 2);
  return broken(SEES_ALL, TOPIC, history, '0@0').filter((violation) => violation.startsWith('twice'));
}

test('its effect may come again', () => {
  expect(endedAfter(8_000, 0)).toEqual([]);
});

test('not where it had time for a mark', () => {
  expect(endedAfter(8_000, 3_000)).toEqual(['twice 0@0']);
  expect(endedAfter(100, 0)).toEqual(['twice 0@0']);
});
