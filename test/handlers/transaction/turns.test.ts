import fc from 'fast-check';
import { turnsOf } from '../../../handlers/transaction/turns';

interface Member {
  readonly lane: string;
  /** It waits for its time. */
  readonly againAtMs?: number | undefined;
}

const NOW = 100;
const sorted = (waiting: readonly Member[]) =>
  turnsOf(
    waiting,
    ({ lane }) => lane,
    ({ againAtMs }) => againAtMs,
    NOW,
  );

test('C6: who waits for a foreign claim is not in the group that is sent, and goes by itself when it is due', () => {
  const [a, b, c, d]: Member[] = [
    { lane: 'a' },
    { lane: 'b', againAtMs: 100 },
    { lane: 'c', againAtMs: 101 },
    { lane: 'd' },
  ];

  expect(sorted([a, b, c, d] as Member[])).toEqual({ first: [a, d], again: [b], againAtMs: 100 });
});

test('O1: behind one that waits its lane waits, due or not', () => {
  const waiting: Member[] = [
    { lane: 'a' },
    { lane: 'a', againAtMs: 50 },
    { lane: 'a' },
    { lane: 'b', againAtMs: 200 },
    { lane: 'b', againAtMs: 50 },
    { lane: 'b' },
  ];

  expect(sorted(waiting)).toEqual({ first: [waiting[0]], again: [waiting[1]], againAtMs: 50 });
});

test('O1: for any records: each list keeps their order, and of a lane nobody goes before one that stays', () => {
  const members = fc.array(
    fc.record({ lane: fc.constantFrom('a', 'b', 'c'), againAtMs: fc.option(fc.nat(200), { nil: undefined }) }),
  );
  fc.assert(
    fc.property(members, (waiting: Member[]) => {
      const { first, again, againAtMs } = sorted(waiting);
      const positions = (list: readonly Member[]) => list.map((member) => waiting.indexOf(member));
      for (const list of [first, again]) expect(positions(list)).toEqual(positions(list).sort((x, y) => x - y));
      const going = new Set([...first, ...again]);
      for (const [index, member] of waiting.entries()) {
        if (!going.has(member)) continue;
        const before = waiting.slice(0, index).filter(({ lane }) => lane === member.lane);
        expect(before.every((one) => first.includes(one))).toBe(true);
      }
      // Else nothing would ever be sent.
      if (waiting.length > 0) expect(first.length > 0 || Number.isFinite(againAtMs)).toBe(true);
    }),
  );
});
