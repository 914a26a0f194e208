import fc from 'fast-check';
import { Deadline } from '../../../handlers/core/deadline';

const START = 1_790_000_000_000;

describe('D1: the deadline', () => {
  test('is the end of the invocation less at least a second', () => {
    const deadline = new Deadline(START, 60_000, 0);

    expect(deadline.atMs).toBe(START + 59_000);
  });

  test('leaves room for the grace, for a write and a read of a slow store, and for the answer', () => {
    const deadline = new Deadline(START, 60_000, 500);

    deadline.learn(700);

    // 500 grace, twice 700, 100 for the answer.
    expect(deadline.atMs).toBe(START + 58_000);
  });

  test('remembers the slowest call, not the last', () => {
    const deadline = new Deadline(START, 60_000, 500);

    deadline.learn(900);
    deadline.learn(1);

    expect(deadline.atMs).toBe(START + 60_000 - 2_400);
  });

  test('never moves later, and never leaves less than a second, whatever is learned', () => {
    fc.assert(
      fc.property(fc.nat(900_000), fc.nat(10_000), fc.array(fc.nat(5_000)), (remainingMs, graceMs, calls) => {
        const deadline = new Deadline(START, remainingMs, graceMs);
        let before = deadline.atMs;

        for (const call of calls) {
          deadline.learn(call);
          expect(deadline.atMs).toBeLessThanOrEqual(before);
          before = deadline.atMs;
        }

        expect(deadline.endsAtMs - deadline.atMs).toBeGreaterThanOrEqual(1_000);
        expect(deadline.endsAtMs - deadline.atMs).toBeGreaterThanOrEqual(graceMs);
        expect(deadline.lastMarkAtMs).toBeGreaterThan(deadline.atMs);
        expect(deadline.lastMarkAtMs).toBeLessThan(deadline.endsAtMs);
      }),
    );
  });

  test('of an invocation with nothing left has passed at its start', () => {
    expect(new Deadline(START, 0, 500).atMs).toBeLessThan(START);
    expect(new Deadline(START, -5, 500).endsAtMs).toBe(START);
  });
});
