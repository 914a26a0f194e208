import type { Observation } from '../../../local/oracle/observation';
import { letterBox } from '../../../local/simulator/letter-box';

const FROM = { worker: 'w', sentAtMs: 90, request: { headers: {} }, decision: undefined };
const letter = { record: { partition: 2, offset: 17 }, attempts: 3, error: { name: 'TypeError', code: 'MSK_ONCE_X' } };

function boxOf(down?: { readonly afterMs: number; readonly ms: number }) {
  const seen: Observation[] = [];
  const clock = { nowMs: 1_000, now: () => clock.nowMs };
  const plan = { deadLetters: { retries: 0, maxAttempts: 2, ...(down && { down }) } };
  const put = letterBox({ plan, clock, startMs: 1_000, observe: (observation) => seen.push(observation) });
  return { clock, seen, put: () => put(FROM, { letters: [letter] }) };
}

test('a letter that lands is durable, and says what was wrong', () => {
  const { seen, put } = boxOf();
  put();

  expect(seen).toEqual([
    { kind: 'letter', worker: 'w', sentAtMs: 90, partition: 2, offset: 17, attempts: 3, error: 'MSK_ONCE_X' },
  ]);
});

test('while the store is down nothing is kept', () => {
  const { clock, seen, put } = boxOf({ afterMs: 500, ms: 1_000 });
  put();
  clock.nowMs += 500;
  expect(put).toThrow('unknown error');
  clock.nowMs += 1_000;
  put();

  expect(seen).toHaveLength(2);
});
