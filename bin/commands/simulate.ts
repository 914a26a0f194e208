import { existsSync, statSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, resolve } from 'node:path';
import { EXIT } from '../../contract/error-codes';
import { modeOf, REMEMBERS, type Remember } from '../../local/simulator/plan';
import { readSchedule } from '../../local/simulator/schedule-file';
import { CommandLine } from '../command-line';
import { progressLine } from '../progress-line';
import { replayText, reportOf, type SimulationReport, verdictText } from '../simulator/report';
import { runSchedules } from '../simulator/run-schedules';
import { Threads } from '../simulator/threads';

const USAGE = `Usage: msk-once simulate [options]

Runs the shipped runtime in virtual time, over random workloads with random faults, and judges each schedule.

  --schedules N    how many                                             (default 1000)
  --seed S         fixes all of them; each depends on the seed and its number only   (default 1)
  --remember WAYS  which ways of remembering, with commas between them  (default ledger,identity,transaction)
  --threads N      how many at once; what is found does not depend on it  (default one for each core)
  --keep FOLDER    where schedules that broke a rule are written, made small  (default .msk-once/schedules)
  --replay FILE    runs such a schedule again, step by step, and shows what happens
  --json FILE      writes the result as JSON
  --help           this text

Exit codes: 0 no rule was broken, 1 one was, 2 usage.`;

interface Arguments {
  readonly schedules: number;
  readonly seed: number;
  readonly remembers: readonly Remember[];
  readonly threads: number;
  readonly keep: string;
  readonly replay: string | undefined;
  readonly json: string | undefined;
  readonly help: boolean;
}

const LINE = new CommandLine(USAGE);
const MAXIMUM_SCHEDULES = 1_000_000_000;
const MAXIMUM_THREADS = 256;

export async function simulate(argv: readonly string[]): Promise<number> {
  const given = readArguments(argv);
  if (given.help) {
    process.stdout.write(`${USAGE}\n`);
    return EXIT.ok;
  }
  if (given.json !== undefined) LINE.checkWritable('--json', given.json);
  checkFolder(given.keep);
  const { ok, text, report } = await (given.replay === undefined ? run(given) : replay(given.replay));
  if (given.json !== undefined) writeFileSync(given.json, `${JSON.stringify(report, null, 2)}\n`);
  process.stdout.write(`${text}\n`);
  return ok ? EXIT.ok : EXIT.failed;
}

interface Ended {
  readonly ok: boolean;
  readonly text: string;
  readonly report: SimulationReport;
}

async function run({ schedules, seed, remembers, threads: count, keep }: Arguments): Promise<Ended> {
  const line = progressLine(process.stderr);
  const threads = new Threads(Math.min(count, schedules));
  try {
    const found = await runSchedules(threads, {
      schedules,
      seed,
      remembers,
      folder: keep,
      onProgress: (done, failures) => line.update(`${done} of ${schedules} schedules, ${failures} broke a rule`),
      onShrink: ({ index, rule }) => line.say(`  making schedule ${index} small (${rule})`),
    });
    line.say('');
    return { ok: found.ok, text: verdictText(found), report: reportOf(found) };
  } finally {
    await threads.close();
  }
}

async function replay(file: string): Promise<Ended> {
  const schedule = readSchedule(file);
  const startedAtMs = Date.now();
  const threads = new Threads(1);
  try {
    const found = await threads.do({ kind: 'replay', schedule });
    const { violations } = found;
    const ok = violations.length === 0;
    const report: SimulationReport = {
      ok,
      schedules: 1,
      seed: schedule.plan.seed,
      violations: violations.slice(0, 1).map(({ rule }) => ({ rule, file })),
      perMode: { [modeOf(schedule.plan)]: { schedules: 1, violations: ok ? 0 : 1 } },
      seconds: (Date.now() - startedAtMs) / 1_000,
    };
    return { ok, text: replayText(file, schedule, found), report };
  } finally {
    await threads.close();
  }
}

/** It is made when there is something to keep. */
function checkFolder(folder: string): void {
  let path = resolve(folder);
  while (!existsSync(path)) path = dirname(path);
  if (!statSync(path).isDirectory()) throw LINE.refused(`--keep ${folder} cannot be used: ${path} is no folder.`);
}

function waysIn(text: string = REMEMBERS.join(',')): readonly Remember[] {
  const named = text.split(',');
  const ways = REMEMBERS.filter((way) => named.includes(way));
  if (ways.length === 0 || ways.length < named.length) {
    throw LINE.refused(`--remember is ${JSON.stringify(text)}; accepted is one or more of ${REMEMBERS.join(',')}.`);
  }
  return ways;
}

function readArguments(argv: readonly string[]): Arguments {
  const values = LINE.parse(argv, {
    schedules: { type: 'string' },
    seed: { type: 'string' },
    remember: { type: 'string' },
    threads: { type: 'string' },
    keep: { type: 'string' },
    replay: { type: 'string' },
    json: { type: 'string' },
    help: { type: 'boolean' },
  });
  const { replay: file } = values;
  if (file !== undefined && (values.schedules ?? values.seed ?? values.remember ?? values.keep) !== undefined) {
    throw LINE.refused(
      '--replay runs one schedule that is written down: --schedules, --seed, --remember and --keep do not go with it.',
    );
  }
  return {
    schedules: LINE.wholeNumber('--schedules', values.schedules ?? '1000', 1, MAXIMUM_SCHEDULES),
    seed: LINE.wholeNumber('--seed', values.seed ?? '1', 0, 2 ** 31),
    remembers: waysIn(values.remember),
    threads: LINE.wholeNumber('--threads', values.threads ?? String(availableParallelism()), 1, MAXIMUM_THREADS),
    keep: values.keep ?? '.msk-once/schedules',
    replay: file,
    json: values.json,
    help: values.help ?? false,
  };
}
