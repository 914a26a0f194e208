import { seededRandom, shuffled } from '../local/seeded-random';
import { Bundles } from './measure/bundles';
import { type Database, isLocalRunning, startStubDatabase, useDynamoDbLocal } from './measure/databases';
import { functionEnvironment } from './measure/environment';
import type { BatchResult, ClientPlan, Run } from './measure/plan';
import { runClient } from './measure/processes';
import { MODES, type Scenario, scenariosOf } from './measure/scenarios';
import type { BenchOptions } from './options';
import type { Question } from './question';
import { profileText } from './report/profile-text';
import { median } from './report/statistics';
import { type Measurement, type StoreRow, storeRows, type Target } from './report/store-rows';
import { compareStores, storeText } from './report/store-text';

interface Effort {
  readonly rounds: number;
  readonly warmUpMs: number;
  /** From the size of a batch to how often it is measured in one process. */
  readonly runs: Readonly<Record<number, number>>;
}

const FULL: Readonly<Record<Target, Effort>> = {
  'stub-4ms': { rounds: 5, warmUpMs: 2_500, runs: { 100: 9, 1000: 5, 5000: 3 } },
  // It is the bottleneck of all that write a record at a time, and takes its time.
  'dynamodb-local': { rounds: 3, warmUpMs: 2_500, runs: { 100: 3, 1000: 2, 5000: 1 } },
};
const QUICK: Effort = { rounds: 1, warmUpMs: 1_000, runs: { 100: 5, 1000: 3 } };
/** Of a size that is not in the list. */
const RUNS = 3;

export const stores: Question<StoreRow> = {
  asks: 'What does remembering cost in each mode, end to end, against the fastest stock Powertools?',

  rounds: (options) => effortOf(options, options.targets?.[0] ?? 'stub-4ms').rounds,

  async run(options, say) {
    const bundles = new Bundles();
    try {
      if (options.profile) return await profileStores(options, bundles, say);
      const measurements: Measurement[] = [];
      for (const target of await targetsOf(options, say)) {
        const database = await (target === 'stub-4ms' ? startStubDatabase(bundles) : useDynamoDbLocal());
        try {
          measurements.push(...(await measureAll(options, bundles, database, say)));
        } finally {
          await database.stop();
        }
      }
      return storeRows(measurements);
    } finally {
      bundles.remove();
    }
  },

  text: storeText,
  compare: compareStores,
};

async function targetsOf({ targets, quick }: BenchOptions, say: (line: string) => void): Promise<readonly Target[]> {
  if (targets) return targets;
  if (quick) return ['stub-4ms'];
  if (await isLocalRunning()) return ['stub-4ms', 'dynamodb-local'];
  say('DynamoDB Local does not run: only the stub is measured. Start it with "npm run servers" to have both.');
  return ['stub-4ms'];
}

function effortOf({ quick, rounds, batches, warmUpMs }: BenchOptions, target: Target): Effort {
  const effort = quick ? QUICK : FULL[target];
  const runs = batches
    ? Object.fromEntries(batches.map((records) => [records, effort.runs[records] ?? RUNS]))
    : effort.runs;
  return { runs, rounds: rounds ?? effort.rounds, warmUpMs: warmUpMs ?? effort.warmUpMs };
}

async function measureAll(
  options: BenchOptions,
  bundles: Bundles,
  database: Database,
  say: (line: string) => void,
): Promise<Measurement[]> {
  const { rounds, warmUpMs, runs } = effortOf(options, database.target);
  const batches = Object.entries(runs).map(([records, times]) => ({ records: Number(records), runs: times }));
  const random = seededRandom(options.seed);
  const found: Measurement[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    for (const scenario of shuffled(scenariosOf(options.modes ?? MODES), random)) {
      say(`${database.target}, round ${round} of ${rounds}: ${scenario.name}`);
      const measured = await measureScenario(bundles, database, scenario, { batches, warmUpMs });
      found.push(...measured.map((batch) => measurementOf(batch, scenario, database.target, round)));
    }
  }
  return found;
}

async function measureScenario(
  bundles: Bundles,
  database: Database,
  scenario: Scenario,
  plan: Pick<ClientPlan, 'batches' | 'warmUpMs'> & { readonly profile?: string },
): Promise<readonly BatchResult[]> {
  const bundle = await bundles.file(scenario.source, plan.profile !== undefined);
  try {
    const { batches } = await database.withTables((tables) =>
      runClient(bundles, {
        environment: functionEnvironment(scenario, database.endpoint, tables),
        plan: { ...plan, bundle, redelivered: scenario.redelivered, stub: database.stub },
      }),
    );
    return batches;
  } catch (error) {
    throw new Error(`${scenario.name} on ${database.target} could not be measured: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

function measurementOf(
  { records, runs, peakRssMb }: BatchResult,
  scenario: Scenario,
  target: Target,
  round: number,
): Measurement {
  const each = (of: (run: Run) => number) => median(runs.map(of));
  const units = runs.flatMap(({ counts }) => counts ?? []);
  const operations = units.at(-1)?.operations;
  return {
    scenario: { mode: scenario.mode, inFlight: scenario.inFlight, redelivered: scenario.redelivered },
    target,
    round,
    batch: records,
    recordsPerSecond: each(({ wallMs }) => (1_000 * records) / wallMs),
    cpuMsPerRecord: each(({ cpuMs }) => cpuMs / records),
    requestsPerRecord: each(({ requests }) => requests / records),
    rssMb: peakRssMb,
    ...(units.length > 0 && {
      units: {
        writeUnitsPerRecord: median(units.map(({ writeUnits }) => writeUnits / records)),
        readUnitsPerRecord: median(units.map(({ readUnits }) => readUnits / records)),
      },
      ...(operations !== undefined && { operations }),
      serverBusy: each(({ wallMs, counts }) => (counts?.cpuMs ?? 0) / wallMs),
    }),
  };
}

/** Their events are made before: what is profiled is the function alone. */
const PROFILED_RECORDS = 60_000;

/** Where one mode's CPU goes, end to end over the stub; nothing is compared. */
async function profileStores(
  { modes, batches = [1_000, 5_000] }: BenchOptions,
  bundles: Bundles,
  say: (line: string) => void,
): Promise<StoreRow[]> {
  const database = await startStubDatabase(bundles);
  try {
    for (const scenario of scenariosOf(modes ?? ['ledger']).filter(({ mode }) =>
      (modes ?? ['ledger']).includes(mode),
    )) {
      for (const records of batches) {
        const profile = bundles.scratch('profile.json');
        const runs = scenario.mode === 'stock' ? 3 : Math.max(5, Math.round(PROFILED_RECORDS / records));
        const [measured] = await measureScenario(bundles, database, scenario, {
          batches: [{ records, runs }],
          warmUpMs: 2_000,
          profile,
        });
        if (!measured) continue;
        const figures = measurementOf(measured, scenario, database.target, 1);
        say(
          `${scenario.name}, batches of ${records}: ${(1_000 * figures.cpuMsPerRecord).toFixed(2)} CPU-µs and ` +
            `${figures.requestsPerRecord} requests per record, ${Math.round(figures.recordsPerSecond)} records/s (profiled: slower than it is)`,
        );
        say(profileText(profile));
      }
    }
    return [];
  } finally {
    await database.stop();
  }
}
