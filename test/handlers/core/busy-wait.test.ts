import fc from 'fast-check';
import { type BusyRules, type BusyWait, waitAgain } from '../../../handlers/core/busy-wait';

const rules: BusyRules = { leaseMs: 30_000, clockSkewMs: 1_000, deadlineAtMs: Number.POSITIVE_INFINITY };

/** When it was asked, from the first refusal on, until it is given up. */
function asked(given: Partial<BusyRules>, fractions: () => number): number[] {
  const times: number[] = [];
  let wait: BusyWait | undefined;
  for (let nowMs = 0; ; nowMs = wait.againAtMs) {
    times.push(nowMs);
    wait = waitAgain(wait, { ...rules, ...given }, nowMs, fractions());
    if (!wait) return times;
  }
}

test('C6: a busy claim is asked for again with pauses that grow, up to about a second', () => {
  const times = asked({}, () => 1);
  const pauses = times.slice(1).map((atMs, index) => atMs - (times[index] as number));

  expect(pauses.slice(0, 6)).toEqual([150, 250, 450, 850, 1_050, 1_050]);
  expect(Math.max(...pauses)).toBe(1_050);
});

test('C6, C3: whatever the jitter, a claim that nobody renews is outlived by two skews, and none is waited for longer than three', () => {
  fc.assert(
    fc.property(fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })), (jitter) => {
      const last = asked({}, () => jitter.next().value as number).at(-1) as number;
      expect(last).toBeLessThan(30_000 + 3_000);
      expect(last).toBeGreaterThanOrEqual(30_000 + 3_000 - 1_050);
    }),
  );
});

test('C6: nothing is asked at the deadline or later', () => {
  expect(asked({ deadlineAtMs: 200 }, () => 0)).toEqual([0, 50, 100, 150]);
  expect(asked({ deadlineAtMs: 0 }, () => 0)).toEqual([0]);
});
