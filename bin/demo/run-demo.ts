import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EveryPlace, everyPlace, type RunVerdict } from '../../local/faults/every-place';
import type { Fault } from '../../local/faults/fault';
import type { FaultWithoutPlace } from '../../local/faults/fault-text';
import { type DemoOptions, type DemoRun, type DemoWatcher, runAssembly } from './run-assembly';
import { embedded, realServers, type Surroundings } from './surroundings';
import { synthesize } from './synthesize';
import { checksOf } from './verdict';

export interface ServerAddresses {
  readonly kafka: string;
  readonly dynamodb: string;
  /** @default in this process */
  readonly sqs?: string | undefined;
}

/** The main job, on real input: topic, deployed bundle, effects, faults, and what an oracle makes of it. */
export async function runDemo(
  options: DemoOptions,
  watcher: DemoWatcher,
  addresses: ServerAddresses,
): Promise<DemoRun> {
  const startedAtMs = Date.now();
  const surroundings = await (options.kafka ? realServers(addresses) : embedded());
  try {
    const run = await withAssembly(options, watcher, surroundings, (directory) =>
      runAssembly(directory, options, watcher, surroundings),
    );
    return { ...run, seconds: (Date.now() - startedAtMs) / 1_000 };
  } finally {
    await surroundings.close();
  }
}

/** One of the runs that try a fault at every place. */
export interface PlacedRun extends RunVerdict {
  readonly failedChecks: readonly string[];
}

/** A run with a fault in it mostly waits, for a lease or for a time-out. */
const AT_ONCE = 4;

/** The main job once for each place that a fault can have in it, each time with topic and tables of its own. */
export async function runEveryPlace(
  fault: FaultWithoutPlace,
  options: DemoOptions,
  watcher: DemoWatcher,
  onRun: (run: PlacedRun) => void,
): Promise<EveryPlace<PlacedRun>> {
  const first = await embedded();
  try {
    return await withAssembly(options, watcher, first, (directory) =>
      runEveryPlaceOf(directory, fault, options, { ...watcher, step: () => {} }, onRun),
    );
  } finally {
    await first.close();
  }
}

/** The same with an assembly that is there. */
export function runEveryPlaceOf(
  directory: string,
  fault: FaultWithoutPlace,
  options: DemoOptions,
  watcher: DemoWatcher,
  onRun: (run: PlacedRun) => void,
): Promise<EveryPlace<PlacedRun>> {
  return everyPlace(fault, (placed) => runPlaced(directory, options, watcher, placed), {
    onVerdict: onRun,
    atOnce: AT_ONCE,
  });
}

async function runPlaced(
  directory: string,
  options: DemoOptions,
  watcher: DemoWatcher,
  placed: Fault,
): Promise<PlacedRun> {
  const startedAtMs = Date.now();
  const surroundings = await embedded();
  try {
    const run = await runAssembly(directory, options, watcher, surroundings, placed);
    const checks = checksOf({ ...run, seconds: (Date.now() - startedAtMs) / 1_000 });
    const failedChecks = checks.filter(({ ok }) => !ok).map(({ claim, found }) => `${claim}: ${found}`);
    if (run.placed === undefined) throw new Error('A run with a placed fault has no report of it: report this bug');
    return { ok: failedChecks.length === 0, fault: run.placed, failedChecks };
  } finally {
    await surroundings.close();
  }
}

/** The reference stack as it would be deployed, for as long as it is needed. */
async function withAssembly<Result>(
  { mode, remember }: DemoOptions,
  watcher: DemoWatcher,
  { topic }: Surroundings,
  use: (directory: string) => Promise<Result>,
): Promise<Result> {
  const directory = mkdtempSync(join(tmpdir(), 'msk-once-demo-'));
  const remove = () => rmSync(directory, { recursive: true, force: true });
  process.once('exit', remove);
  try {
    watcher.step('Synthesizing the reference stack: cdk synth');
    await synthesize(directory, { topic, pollers: mode === 'partial' ? 'provisioned' : 'on-demand', remember });
    return await use(directory);
  } finally {
    remove();
    process.off('exit', remove);
  }
}
