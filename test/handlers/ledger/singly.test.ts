import fc from 'fast-check';
import { fromLedgerItem, markAttributes } from '../../../handlers/ledger/ledger-item';
import { EMPTY_LEDGER, type LedgerState } from '../../../handlers/ledger/ledger-state';
import { singlyAfter } from '../../../handlers/ledger/singly';

const runsOf = (closed: ReadonlySet<number>): LedgerState['runs'] => {
  const sorted = [...closed].sort((a, b) => a - b);
  const runs: { first: bigint; last: bigint }[] = [];
  for (const offset of sorted.map(BigInt)) {
    const last = runs.at(-1);
    if (last && last.last + 1n === offset) runs[runs.length - 1] = { ...last, last: offset };
    else runs.push({ first: offset, last: offset });
  }
  return runs;
};

test('is the range around what was and what is added, without what is closed at its ends', () => {
  const offset = fc.integer({ min: 0, max: 20 });
  const range = fc.option(fc.tuple(offset, offset), { nil: undefined });

  fc.assert(
    fc.property(range, range, fc.uniqueArray(offset), (known, added, closed) => {
      const sorted = [known, added].flatMap((pair) => (pair ? [Math.min(...pair), Math.max(...pair)] : []));
      const within = Array.from({ length: 21 }, (_, each) => each).filter(
        (each) => sorted.length > 0 && Math.min(...sorted) <= each && each <= Math.max(...sorted),
      );
      const open = within.filter((each) => !closed.includes(each));

      const after = singlyAfter(
        known && [{ first: BigInt(Math.min(...known)), last: BigInt(Math.max(...known)) }],
        added && { first: Math.min(...added), last: Math.max(...added) },
        runsOf(new Set(closed)),
      );

      if (sorted.length === 0) expect(after).toBeUndefined();
      else if (open.length === 0) expect(after).toEqual([]);
      else expect(after).toEqual([{ first: BigInt(open[0] as number), last: BigInt(open.at(-1) as number) }]);
    }),
  );
});

test('is stored where there is one, stays when the partition is given back, and is not there where there never was one', () => {
  const state: LedgerState = { ...EMPTY_LEDGER, singly: [{ first: 3n, last: 9n }] };
  const mark = { id: 'ledger#c#s#1#t#0', token: 'token-1', seq: 1, leaseUntilMs: undefined };
  const stored = (one: LedgerState) => {
    const { sets } = markAttributes({ ...mark, state: one });
    return {
      sets,
      read: fromLedgerItem(mark.id, { id: { S: mark.id }, owner: { S: 'token-1' }, ...sets }).state.singly,
    };
  };

  expect(stored(state).read).toEqual([{ first: 3n, last: 9n }]);
  expect(stored({ ...EMPTY_LEDGER, singly: [] }).read).toEqual([]);
  expect(Object.keys(stored(EMPTY_LEDGER).sets)).not.toContain('singly');
});
