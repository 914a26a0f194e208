/** What becomes of schedules that broke a rule, with threads that only pretend. */
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { reportOf, verdictText } from '../../../bin/simulator/report';
import { runSchedules } from '../../../bin/simulator/run-schedules';
import type { Task } from '../../../bin/simulator/tasks';
import type { Threads } from '../../../bin/simulator/threads';
import { readSchedule } from '../../../local/simulator/schedule-file';
import type { Failure } from '../../../local/simulator/simulate';
import { plainPlan } from '../../local/simulator/plans';

const root = mkdtempSync(join(tmpdir(), 'msk-once-test-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const MODE = 'identity partial listed key';
const failureOf = (index: number): Failure => ({ index, mode: MODE, rule: 'twice', text: `schedule ${index}` });

/** Threads for which these schedules fail; the later a task, the sooner it is done. */
function threads(failing: readonly number[]) {
  const tasks: Task[] = [];
  const perform = async (task: Task) => {
    tasks.push(task);
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, 20 - tasks.length)));
    if (task.kind === 'run') {
      const { drawn, first, schedules } = task;
      const { seed } = drawn;
      const failures = failing.filter((index) => index >= first && index < first + schedules).map(failureOf);
      const perMode = { [MODE]: { schedules, violations: failures.length } };
      return { ok: failures.length === 0, schedules, seed, failures, perMode };
    }
    if (task.kind === 'shrink') {
      const { rule, index } = task.failure;
      return { plan: plainPlan({ seed: index }), decisions: [], rule, text: `small ${index}`, traceHash: '0' };
    }
    throw new Error('not asked for');
  };
  return { tasks, threads: { do: perform, size: 3 } as unknown as Threads };
}

function options(folder: string) {
  const progress: string[] = [];
  return {
    progress,
    given: {
      schedules: 60,
      seed: 7,
      remembers: ['ledger'] as const,
      folder: join(root, folder),
      onProgress: (done: number, failures: number) => progress.push(`${done} ${failures}`),
      onShrink: () => {},
    },
  };
}

test('each schedule is run once, whatever the shares', async () => {
  const { tasks, threads: pretending } = threads([]);
  const { given, progress } = options('none');

  const run = await runSchedules(pretending, given);

  const indexes = tasks.flatMap((task) =>
    task.kind === 'run' ? Array.from({ length: task.schedules }, (_, index) => task.first + index) : [],
  );
  expect([...indexes].sort((a, b) => a - b)).toEqual(Array.from({ length: 60 }, (_, index) => index));
  expect(run).toMatchObject({ ok: true, schedules: 60, failures: 0, violations: [] });
  expect(progress.at(-1)).toBe('60 0');
  expect(existsSync(given.folder)).toBe(false);
});

test('those that broke a rule are kept, small, in the order of their numbers', async () => {
  const { given } = options('two');

  const run = await runSchedules(threads([41, 3]).threads, given);

  const files = [3, 41].map((index) => join(given.folder, `seed-7-schedule-${index}-twice.json`));
  expect(run.violations).toEqual([
    { rule: 'twice', text: 'small 3', file: files[0] },
    { rule: 'twice', text: 'small 41', file: files[1] },
  ]);
  expect(readSchedule(files[1] ?? '').plan.seed).toBe(41);
  expect(reportOf(run)).toEqual({
    ok: false,
    schedules: 60,
    seed: 7,
    violations: files.map((file) => ({ rule: 'twice', file })),
    perMode: { [MODE]: { schedules: 60, violations: 2 } },
    seconds: run.seconds,
  });
  const text = verdictText(run);
  expect(text).toMatch(/identity +partial +listed +key +60 +2/);
  expect(text).toContain(`VIOLATION twice: small 3\n  msk-once simulate --replay ${files[0]}`);
  expect(text).toContain('FAILED: 2 of 60 schedules of seed 7 broke a rule');
});

test('of many only the first few are kept, and the rest is counted', async () => {
  const { given } = options('many');

  const run = await runSchedules(threads(Array.from({ length: 30 }, (_, index) => 59 - index)).threads, given);

  expect(readdirSync(given.folder)).toHaveLength(10);
  expect(run.violations.map(({ text }) => text)).toEqual(Array.from({ length: 10 }, (_, n) => `small ${30 + n}`));
  expect(verdictText(run)).toContain('20 more schedules broke a rule; they are not kept.');
});
