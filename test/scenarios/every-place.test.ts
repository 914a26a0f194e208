/** The reference function with a fault at every place of a tiny run, and a fault that nobody promises to bear. */
import { REMEMBERS, type Remember } from '../../bin/demo/remember';
import type { DemoWatcher } from '../../bin/demo/run-assembly';
import { type PlacedRun, runEveryPlaceOf } from '../../bin/demo/run-demo';
import { parseFaultWithoutPlace } from '../../local/faults/fault-text';
import { Assembly } from './assembly';

const SILENT: DemoWatcher = { step() {}, progress() {}, fault() {}, complaint() {}, output() {} };
const OPTIONS = { kafka: false, seed: 1, records: 1, reading: 'listed', mode: 'partial' } as const;

async function everyPlaceOf(fault: string, remember: Remember) {
  const seen: PlacedRun[] = [];
  const options = { ...OPTIONS, remember };
  const { directory } = await Assembly.ofReference(remember);
  const found = await runEveryPlaceOf(directory, parseFaultWithoutPlace(fault), options, SILENT, (run) =>
    seen.push(run),
  );
  return { found, seen };
}

/** The operation that an effect is made with. */
const EFFECTS = { transaction: 'TransactWriteItems', ledger: 'UpdateItem', identity: 'UpdateItem' } as const;

test.each(REMEMBERS)(
  '%s: the database refuses one request after the other, and the verdict holds at every place',
  async (remember) => {
    const { found, seen } = await everyPlaceOf('throttle', remember);

    expect(found.verdicts.flatMap(({ failedChecks }) => failedChecks)).toEqual([]);
    expect(found).toMatchObject({ ok: true, complete: true });
    const operations = found.verdicts.map(({ fault }) => fault.moment?.operation);
    // A claim, the effect with its mark or before it, and a run that has no further request.
    expect(operations.length).toBeGreaterThanOrEqual(3);
    expect(operations).toContain(EFFECTS[remember]);
    expect(operations.at(-1)).toBeUndefined();
    // Of the runs that go on side by side one behind the last place may end first.
    expect(seen).toEqual(expect.arrayContaining([...found.verdicts]));
  },
  120_000,
);

test.each(['ledger', 'identity'] as const)(
  '%s: an effect whose answer is lost is repeated, and that is seen',
  async (remember) => {
    const { found } = await everyPlaceOf('answer-lost,table=Counters,how=close', remember);

    expect(found.ok).toBe(false);
    expect(found.verdicts[0]?.failedChecks.join()).toContain('took effect twice');
    expect(found.verdicts.at(-1)).toMatchObject({ ok: true, fault: { happened: false } });
  },
  120_000,
);

test.each([
  'answer-lost,table=Counters,how=close',
  'answer-lost,table=Counters',
  'late-copy,table=Counters,after=1',
  // For longer than the lease: what the worker sends when it goes on is refused.
  'freeze,ms=8000',
])(
  'transaction: %s repeats nothing (T1, T5)',
  async (fault) => {
    const { found } = await everyPlaceOf(fault, 'transaction');

    expect(found.verdicts.flatMap(({ failedChecks }) => failedChecks)).toEqual([]);
    expect(found).toMatchObject({ ok: true, complete: true });
    expect(found.verdicts[0]?.fault.happened).toBe(true);
  },
  120_000,
);
