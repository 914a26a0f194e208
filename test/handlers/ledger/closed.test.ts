import fc from 'fast-check';
import { closedIn } from '../../../handlers/ledger/closed';
import { big, naiveHoles, rawRecord } from './naive-ledger';

describe('L6: what is closed of an array', () => {
  test('is what lies inside a run, in any runs and any array', () => {
    const offsets = fc.uniqueArray(fc.nat(60), { maxLength: 40 });
    fc.assert(
      fc.property(offsets, offsets, (open, array) => {
        const closed = new Set(Array.from({ length: 61 }, (_, offset) => offset).filter((at) => !open.includes(at)));
        const runs = big(naiveHoles(new Set(open), 61));
        const records = array.sort((a, b) => a - b).map((offset) => rawRecord(offset));

        expect(closedIn({ runs }, records)).toEqual(records.map(({ offset }) => closed.has(offset)));
      }),
    );
  });

  test('an offset outside of every run is not done, however low it is', () => {
    expect(closedIn({ runs: big([{ first: 100, last: 200 }]) }, [rawRecord(0), rawRecord(99), rawRecord(201)])).toEqual(
      [false, false, false],
    );
  });

  test('runs beyond what a number holds neither close nor open anything of an event', () => {
    const runs = [{ first: 2n ** 53n, last: 2n ** 63n - 1n }];
    const last = rawRecord(Number.MAX_SAFE_INTEGER);

    expect(closedIn({ runs }, [last])).toEqual([false]);
    expect(closedIn({ runs: [{ first: 2n ** 53n - 1n, last: 2n ** 63n - 1n }] }, [last])).toEqual([true]);
  });
});
