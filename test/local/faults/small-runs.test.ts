/** Every fault in a small run with everything that is real. A function that does it right holds under each of them. */
import { FAULT_NAMES } from '../../../local/faults/fault-definitions';
import { parseFault } from '../../../local/faults/fault-text';
import { temporaryFolder } from '../worker/worker-fixture';
import { type SmallRunOptions, smallRun } from './small-run';

const folder = temporaryFolder();
afterAll(() => folder.remove());

const run = (way: 'careful' | 'careless', faults: readonly string[], more: Partial<SmallRunOptions> = {}) =>
  smallRun({ folder: folder.path, way, faults: faults.map(parseFault), records: [2, 2], ...more });

const FAULTS = [
  'request-lost@2',
  'request-lost@1,how=close',
  'answer-lost@3',
  'late-copy@1,after=2',
  'delay@2,ms=600',
  'delay@2,ms=600,when=answer',
  'throttle@2',
  'throttle@1,error=TransactionConflict,count=3',
  'database-down@2,to=5',
  'database-down@1,to=3,how=500',
  'kill-before@3',
  'kill-after@2',
  'freeze@2,ms=100',
  'clock-skew@1,ms=-60000',
  'duplicate-delivery@1',
  'crash-after-success@1',
  'rebalance@1',
  'invoke-throttle@1',
  'invoke-error@1',
  'commit-failure@1',
];

test('a careful function takes effect once for each record, whatever happens', async () => {
  // Together, two at a time, so that the starts of processes do not add up.
  const verdicts: unknown[] = [];
  const waiting = [...FAULTS];
  const next = async () => {
    for (let fault = waiting.shift(); fault !== undefined; fault = waiting.shift()) {
      const { ok, effects, faults, end } = await run('careful', [fault]);
      verdicts.push({ fault, ok, effects, end, happened: faults[0]?.happened });
    }
  };
  await Promise.all([next(), next()]);

  const once = { '0@0': 1, '0@1': 1, '1@0': 1, '1@1': 1 };
  expect(verdicts).toHaveLength(FAULTS.length);
  expect(verdicts).toEqual(
    expect.arrayContaining(
      FAULTS.map((fault) => ({ fault, ok: true, effects: once, end: 'resolved', happened: true })),
    ),
  );
});

test('that is every fault but one, for which there must be a destination', () => {
  const tried = new Set(FAULTS.map((text) => parseFault(text).name));

  expect(FAULT_NAMES.filter((name) => !tried.has(name))).toEqual(['destination-failure']);
});

test('a zombie goes on where another worker has taken over, and what it writes is counted', async () => {
  const { faults, effects, workers } = await run('careless', ['freeze@1,ms=1200'], {
    records: [3, 3],
    timeoutMs: 8_000,
    patienceMs: 6_000,
  });

  expect(faults[0]?.happened).toBe(true);
  expect(workers).toContain('poller-2/1');
  const [thawed, written] = faults[0]?.notes ?? [];
  expect(thawed).toBe('thawed after 1200 ms');
  const accepted = Number(/^of its writes after that (\d) were accepted and 0 refused$/.exec(written ?? '')?.[1]);
  expect(accepted).toBeGreaterThan(0);
  // Some by the zombie itself, and some that it had done and not reported before it stood still.
  expect(Object.values(effects).filter((times) => times > 1).length).toBeGreaterThanOrEqual(1);
});

test('a worker that stands still is killed at its time-out, and another one goes on', async () => {
  const { ok, faults, workers } = await run('careful', ['freeze@1,rebalance=no'], { timeoutMs: 500 });

  expect(ok).toBe(true);
  expect(faults[0]?.notes).toEqual(['it stood still until its end']);
  expect(workers).toEqual(['poller-1/1', 'poller-1/2']);
});

test('a worker with another clock stamps its effects by it', async () => {
  const before = Date.now();
  const { effectsAtMs } = await run('careful', ['clock-skew@1,ms=3600000']);

  expect(effectsAtMs).toHaveLength(4);
  for (const atMs of effectsAtMs) expect(atMs).toBeGreaterThanOrEqual(before + 3_600_000);
});
