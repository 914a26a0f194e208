/**
 * The reference function, killed (kill -9) at each of its requests and at each of the answers, in every way of
 * remembering: nothing is lost, and nothing is repeated but what the way of remembering admits.
 */
import { REMEMBERS, type Remember } from '../../bin/demo/remember';
import type { DemoWatcher } from '../../bin/demo/run-assembly';
import { runEveryPlaceOf } from '../../bin/demo/run-demo';
import { parseFaultWithoutPlace } from '../../local/faults/fault-text';
import { Assembly } from './assembly';

const SILENT: DemoWatcher = { step() {}, progress() {}, fault() {}, complaint() {}, output() {} };
const DEATHS = ['kill-before', 'kill-after'].map(parseFaultWithoutPlace);
const FLIGHTS = 4;

/** With another reading and mode each, so that all of them meet a death at every place. */
const ANSWERS = {
  transaction: { reading: 'listed', mode: 'partial' },
  ledger: { reading: 'checkpoint', mode: 'partial' },
  identity: { reading: 'listed', mode: 'throw' },
} as const;

/** All at once: such runs mostly wait for the lease of the dead. */
const runs = new Map<Remember, Awaited<ReturnType<typeof runEveryPlaceOf>>[]>();
beforeAll(async () => {
  await Promise.all(
    REMEMBERS.map(async (remember) => {
      const options = { kafka: false, seed: 1, records: FLIGHTS, remember, ...ANSWERS[remember] } as const;
      const { directory } = await Assembly.ofReference(remember, options.mode);
      const found = DEATHS.map((fault) => runEveryPlaceOf(directory, fault, options, SILENT, () => {}));
      runs.set(remember, await Promise.all(found));
    }),
  );
}, 240_000);

test.each(REMEMBERS)('%s: the verdict holds wherever the worker is killed', (remember) => {
  const found = runs.get(remember) ?? [];

  expect(found).toHaveLength(2);
  for (const one of found) {
    expect(one.verdicts.flatMap(({ failedChecks }) => failedChecks)).toEqual([]);
    expect(one).toMatchObject({ ok: true, complete: true });
    // At the least two claims, and an effect or a transaction for each partition; the last run has no such place.
    const happened = one.verdicts.map(({ fault }) => fault.happened);
    expect(happened.length).toBeGreaterThan(3);
    expect(happened).toEqual([...happened.slice(1).fill(true), false]);
  }
});
