/** The reference function with a fault at every place of a tiny run, and a fault that nobody promises to bear. */
import type { DemoWatcher } from '../../bin/demo/run-assembly';
import { type PlacedRun, runEveryPlace } from '../../bin/demo/run-demo';
import { parseFaultWithoutPlace } from '../../local/faults/fault-text';

const SILENT: DemoWatcher = { step() {}, progress() {}, fault() {}, complaint() {}, output() {} };
const OPTIONS = { kafka: false, seed: 1, records: 1, reading: 'listed', mode: 'partial' } as const;

async function everyPlaceOf(fault: string) {
  const seen: PlacedRun[] = [];
  const found = await runEveryPlace(parseFaultWithoutPlace(fault), OPTIONS, SILENT, (run) => seen.push(run));
  return { found, seen };
}

test('the database refuses one request after the other: the verdict holds at every place', async () => {
  const { found, seen } = await everyPlaceOf('throttle');

  expect(found.verdicts.flatMap(({ failedChecks }) => failedChecks)).toEqual([]);
  expect(found).toMatchObject({ ok: true, complete: true });
  const operations = found.verdicts.map(({ fault }) => fault.moment?.operation);
  // A claim, the effect, a mark, and a run that has no fourth request.
  expect(operations.length).toBeGreaterThanOrEqual(3);
  expect(operations).toContain('UpdateItem');
  expect(operations.at(-1)).toBeUndefined();
  expect(seen).toHaveLength(found.verdicts.length);
}, 120_000);

test('an effect whose answer is lost is repeated, and that is seen', async () => {
  const { found } = await everyPlaceOf('answer-lost,table=Counters,how=close');

  expect(found.ok).toBe(false);
  expect(found.verdicts[0]?.failedChecks.join()).toContain('took effect twice');
  expect(found.verdicts.at(-1)).toMatchObject({ ok: true, fault: { happened: false } });
}, 120_000);
