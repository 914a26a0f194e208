/** The shipped runtime in virtual time. Broken ones are the runtime as it is with something wrong around it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { shippedRuntime } from '../../../bin/simulator/shipped-runtime';
import type { Runtime } from '../../../local/simulator/runtime';
import { drawSchedule, runSchedule } from '../../../local/simulator/schedule';
import { readSchedule, writeSchedule } from '../../../local/simulator/schedule-file';
import { mergeResults, shrinkFailure, simulate } from '../../../local/simulator/simulate';
import { runSimulation } from '../../../local/simulator/simulation';
import { plainPlan } from '../../local/simulator/plans';

const LONG_MS = 180_000;
const folder = mkdtempSync(join(tmpdir(), 'msk-once-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** It does not wait for the user's code, and says that it is done. */
const impatient: Runtime = {
  ...shippedRuntime,
  start: (right) =>
    shippedRuntime.start({
      ...right,
      process: async (record) => {
        right.process(record).catch(() => undefined);
      },
    }),
};

test(
  'the shipped runtime breaks no rule in 100 random schedules',
  async () => {
    const { ok, failures, schedules, perMode } = await simulate({ runtime: shippedRuntime, schedules: 100, seed: 4 });

    expect(failures).toEqual([]);
    expect([ok, schedules]).toEqual([true, 100]);
    expect(Object.values(perMode).reduce((sum, count) => sum + count.schedules, 0)).toBe(100);
    expect(Object.keys(perMode)).toContain('identity partial checkpoint partition');
  },
  LONG_MS,
);

describe('a schedule decides everything that happens', () => {
  const SHARES = { failing: 0.6, batches: 0.5, redrives: 0.8 };
  const run = async (seed: number, index: number) => {
    const drawn = drawSchedule(seed, index, shippedRuntime.remembers, SHARES);
    const { plan, director, decisions } = drawn;
    return { drawn: { plan, decisions }, ran: await runSimulation({ runtime: shippedRuntime, plan, director }) };
  };

  test('the same seed brings back the same history, and another one another', async () => {
    const hashes = async (seed: number) => {
      const found: string[] = [];
      for (let index = 0; index < 10; index += 1) found.push((await run(seed, index)).ran.traceHash);
      return found;
    };

    const first = await hashes(1);

    expect(await hashes(1)).toEqual(first);
    expect(new Set([...first, ...(await hashes(2))]).size).toBeGreaterThan(15);
  });

  test('what was drawn, written down and read again is the same history', async () => {
    const file = join(folder, 'drawn.json');
    for (let index = 0; index < 20; index += 1) {
      const { drawn, ran } = await run(3, index);
      writeSchedule(file, { ...drawn, rule: 'none', text: '', traceHash: ran.traceHash });

      expect((await runSchedule(shippedRuntime, readSchedule(file))).traceHash).toBe(ran.traceHash);
    }
  });

  test('no two places of a history have one name, or a decision would be made at the wrong one', async () => {
    for (let index = 0; index < 20; index += 1) {
      const { plan, director } = drawSchedule(2, index, shippedRuntime.remembers, SHARES);
      const asked: string[] = [];
      const decide: typeof director.decide = (place, at) => {
        asked.push(place === 'tie' ? `${at} (tie)` : at);
        return director.decide(place, at);
      };

      await runSimulation({ runtime: shippedRuntime, plan, director: { decide } });

      expect(asked.filter((name, first) => asked.indexOf(name) !== first)).toEqual([]);
    }
  });

  test('to keep its lines changes nothing', async () => {
    const { drawn, ran } = await run(5, 1);

    const told = await runSchedule(shippedRuntime, drawn, true);

    expect(told.traceHash).toBe(ran.traceHash);
    expect([ran.lines, told.lines.length > 5]).toEqual([[], true]);
  });

  test('runs that go on at the same time do not meet', async () => {
    const alone = await run(6, 0);
    const together = await Promise.all([run(6, 0), run(6, 1), run(6, 0)]);

    expect(together.map(({ ran }) => ran.traceHash)).toEqual([
      alone.ran.traceHash,
      together[1].ran.traceHash,
      alone.ran.traceHash,
    ]);
  });
});

describe('a runtime that is broken', () => {
  test(
    'is found, shrunk to a small file, and does the same again from it',
    async () => {
      const { failures } = await simulate({ runtime: impatient, schedules: 50, seed: 1, stopsAtFailure: true });
      const [failure] = failures;
      if (failure === undefined) throw new Error('it was not found');

      const kept = await shrinkFailure(impatient, 1, failure);
      const file = join(folder, 'shrunk.json');
      writeSchedule(file, kept);
      const replayed = await runSchedule(impatient, readSchedule(file));

      expect(kept.rule).toBe(failure.rule);
      expect(kept.plan.partitions.flat().length).toBeLessThanOrEqual(3);
      expect(kept.decisions.length).toBeLessThanOrEqual(2);
      expect(replayed.traceHash).toBe(kept.traceHash);
      expect(replayed.violations).toContainEqual(expect.objectContaining({ rule: kept.rule, text: kept.text }));
      expect((await runSchedule(shippedRuntime, readSchedule(file))).violations).toEqual([]);
    },
    LONG_MS,
  );

  const plan = plainPlan({ partitions: [[{ id: 'a', amount: 1 }]] });
  const rulesOf = async (runtime: Runtime) => {
    const { violations } = await runSchedule(runtime, { plan, decisions: [] });
    return violations.map(({ rule }) => rule);
  };

  test('by never answering is late, and stuck', async () => {
    const rules = await rulesOf({ ...shippedRuntime, start: () => () => new Promise(() => undefined) });

    expect(rules).toContain('late-answer');
    expect(rules.at(-1)).toBe('stuck');
  });

  test('by answering what nobody can read is told so', async () => {
    const rules = await rulesOf({ ...shippedRuntime, start: () => async () => ({ batchItemFailures: 'none' }) });

    expect(rules).toContain('unreadable-answer');
  });

  test('by throwing when it is loaded is stuck', async () => {
    const start = () => {
      throw new Error('no');
    };

    expect(await rulesOf({ ...shippedRuntime, start })).toEqual(['stuck']);
  });

  test('by leaving out what nothing has closed loses it', async () => {
    const rules = await rulesOf({ ...shippedRuntime, start: () => async () => ({ batchItemFailures: [] }) });

    expect(rules).toContain('left-out');
  });
});

test('an invocation whose worker stood still is not called late', async () => {
  const plan = plainPlan({ partitions: [[{ id: 'a', amount: 1 }]], work: { a: { ms: 100 } } });

  const { violations, lines } = await runSchedule(
    shippedRuntime,
    { plan, decisions: [{ at: 'poller-1/1 BatchExecuteStatement#1 answered', do: 'freeze', ms: 70_000 }] },
    true,
  );

  expect(violations).toEqual([]);
  expect(lines).toContainEqual(expect.stringContaining('poller-1/1 ends: time-out'));
});

test('an offset that is set back brings records again, and none of them takes effect twice', async () => {
  const plan = plainPlan({
    partitions: [
      [
        { id: 'a', amount: 1 },
        { id: 'b', amount: 1, producedAtMs: 5_000 },
      ],
    ],
    order: 'none',
  });

  const { violations, lines } = await runSchedule(
    shippedRuntime,
    { plan, decisions: [{ at: 'poller-1/1 BatchExecuteStatement#3', do: 'rewind', partition: 0, offset: 0 }] },
    true,
  );

  expect(violations).toEqual([]);
  expect(lines.filter((line) => line.includes('takes effect'))).toHaveLength(2);
  expect(lines.filter((line) => /invocation#\d+: .*0@0/.test(line)).length).toBeGreaterThan(1);
});

test('with LATEST what was there before the start is not delivered, and not missed', async () => {
  const plan = plainPlan({
    partitions: [
      [
        { id: 'a', amount: 1 },
        { id: 'b', amount: 1, producedAtMs: 2_000 },
      ],
    ],
    mapping: { ...plainPlan({}).mapping, startingPosition: 'LATEST', startsAtMs: 1_000 },
  });

  const { violations, lines } = await runSchedule(shippedRuntime, { plan, decisions: [] }, true);

  expect(violations).toEqual([]);
  expect(lines.filter((line) => line.includes('begins'))).toEqual([expect.stringContaining('0@1 b')]);
});

test('a call over several records that rejects has its effects again, in calls of one record', async () => {
  const plan = plainPlan({
    partitions: [['a', 'b', 'c'].map((id) => ({ id, amount: 1 }))],
    batch: { maxRecordsPerCall: 2, failures: 'listed', rejects: 1 },
  });

  const { violations, lines } = await runSchedule(shippedRuntime, { plan, decisions: [] }, true);

  const told = lines.filter((line) => /begins|takes effect/.test(line)).map((line) => line.replace(/^.* ms {2}/, ''));
  expect(violations).toEqual([]);
  expect(told).toEqual([
    'poller-1/1 process#1 begins: 0@0 a, attempt 1',
    'poller-1/1 process#2 begins: 0@1 b, attempt 1',
    'poller-1/1 process#1 takes effect',
    'poller-1/1 process#2 takes effect',
    'poller-1/1 process#3 begins: 0@0 a, attempt 1',
    'poller-1/1 process#3 takes effect',
    'poller-1/1 process#4 begins: 0@1 b, attempt 1',
    'poller-1/1 process#4 takes effect',
    'poller-1/1 process#5 begins: 0@2 c, attempt 1',
    'poller-1/1 process#5 takes effect',
  ]);
});

test('a letter is redriven when its cause is gone, and once', async () => {
  const plan = plainPlan({
    remember: 'ledger',
    identity: false,
    partitions: [[{ id: 'a', amount: 1 }]],
    work: { a: { failures: -1 } },
    deadLetters: { retries: 0, maxAttempts: 2 },
    redrives: [{ afterMs: 0 }, { afterMs: 1_000, heals: true }, { afterMs: 2_000 }],
  });

  const { violations, lines } = await runSchedule(shippedRuntime, { plan, decisions: [] }, true);

  const told = (what: string) =>
    lines.filter((line) => line.includes(what)).map((line) => line.replace(/^.* ms {2}/, ''));
  expect(violations).toEqual([]);
  expect(told('begins')).toEqual([
    'poller-1/1 process#1 begins: 0@0 a, attempt 1',
    'poller-1/1 process#2 begins: 0@0 a, attempt 2',
    'redrive-1/1 process#1 begins: 0@0 a, attempt 3',
    'redrive-2/1 process#1 begins: 0@0 a, attempt 4',
  ]);
  expect(told('takes effect')).toEqual(['redrive-2/1 process#1 takes effect']);
});

test('a mapping that the service would refuse is an error, and no verdict', async () => {
  const plan = plainPlan({ mapping: { ...plainPlan({}).mapping, batchSize: 10_001 } });

  await expect(runSchedule(shippedRuntime, { plan, decisions: [] })).rejects.toThrow(/BatchSize/);
});

test('results of parts of a seed add up to those of the whole', async () => {
  const part = (first: number, schedules: number) => simulate({ runtime: impatient, seed: 8, first, schedules });

  const whole = await part(0, 12);
  const merged = mergeResults(8, [await part(7, 5), await part(0, 7)]);

  expect(merged).toEqual(whole);
  expect(whole.failures.length).toBeGreaterThan(0);
});
