/**
 * The main job as a person starts it, in processes of their own, in every way of remembering; what it writes is checked
 * against a count made here, straight from the file. That whole batches return to a ledger is played on real servers, in
 * test/live. The second run of a seed takes place where there are no sources of the function.
 */
import { spawn } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { loadFlights, messagesOf } from '../../bin/demo/flights';
import type { reportOf } from '../../bin/demo/report';
import { Assembly } from './assembly';

type Report = ReturnType<typeof reportOf>;

interface Ended {
  readonly code: number | null;
  readonly said: string;
  readonly report: Report;
}

const ROOT = join(__dirname, '..', '..');
const LOADER = join(ROOT, 'node_modules', 'tsx', 'dist', 'loader.mjs');
const RECORDS = 500;
const SEED = 11;

const directory = mkdtempSync(join(tmpdir(), 'msk-once-test-demo-'));
/** Where the runs put what they need for a while. */
const temporary = join(directory, 'tmp');
mkdirSync(temporary);
afterAll(() => rmSync(directory, { recursive: true, force: true }));

async function run(name: string, cwd: string, script: string, ...argv: string[]): Promise<Ended> {
  const json = join(directory, `${name}.json`);
  const child = spawn(process.execPath, ['--import', LOADER, script, ...argv, '--json', json], {
    cwd,
    // Without what npm scripts and npx put on the path.
    env: { ...process.env, TMPDIR: temporary, PATH: [dirname(process.execPath), '/usr/bin', '/bin'].join(delimiter) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
  }
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  if (!existsSync(json)) throw new Error(`${name} ended with ${code} and wrote no result:\n${said}`);
  return { code, said, report: JSON.parse(readFileSync(json, 'utf8')) };
}

const demo = (name: string, seed: number, ...options: string[]) =>
  run(name, '/', join(ROOT, 'bin', 'cli.ts'), 'demo', '--records', String(RECORDS), '--seed', String(seed), ...options);

/** Plays an assembly as the demo does: the part of it that is left without the sources of function and constructs. */
const PLAY = `
  import { writeFileSync } from 'node:fs';
  import { runAssembly } from './bin/demo/run-assembly';
  import { reportOf } from './bin/demo/report';
  import { embedded } from './bin/demo/surroundings';
  import { checksOf } from './bin/demo/verdict';

  async function main([assembly, records, seed, , json]: string[]) {
    const options = { kafka: false, seed: Number(seed), records: Number(records), reading: 'listed', mode: 'partial', remember: 'transaction' } as const;
    const output = (worker: string, line: string) => console.error(worker, line);
    const watcher = { step() {}, progress() {}, fault() {}, complaint: console.error, output };
    const surroundings = await embedded();
    const run = { ...(await runAssembly(assembly, options, watcher, surroundings)), seconds: 0 };
    await surroundings.close();
    writeFileSync(json, JSON.stringify(reportOf(run, checksOf(run))));
  }
  main(process.argv.slice(2));
`;

/** A checkout in which handlers and constructs have been deleted, and an assembly that lies elsewhere. */
async function withoutSources(): Promise<Ended> {
  const assembly = (await Assembly.ofReference('transaction')).copy();
  const checkout = join(directory, 'checkout');
  rmSync(checkout, { recursive: true, force: true });
  for (const kept of ['bin/demo', 'contract', 'local', 'package.json', 'tsconfig.json']) {
    cpSync(join(ROOT, kept), join(checkout, kept), { recursive: true });
  }
  symlinkSync(join(ROOT, 'node_modules'), join(checkout, 'node_modules'));
  writeFileSync(join(checkout, 'play.ts'), PLAY);
  try {
    expect(assembly.filesNaming(ROOT)).toEqual([]);
    return await run('without-sources', checkout, 'play.ts', assembly.directory, String(RECORDS), String(SEED));
  } finally {
    assembly.remove();
  }
}

const placeOf = ({ partition, offset }: { partition: number; offset: number }) => `${partition}@${offset}`;

/**
 * On a machine that is busy with other things an invocation may reach its time-out without any script. Then more is
 * admitted than the seed fixes, or a worker has gone before its scripted death: such a run is run once more.
 */
async function undisturbed(attempt: () => Promise<Ended>): Promise<Ended> {
  const ended = await attempt();
  const scripted = ended.report.admittedEffects.every(({ partition, offset, cause }) =>
    ended.report.faults.some((one) => one.name === cause && one.partition === partition && one.offset === offset),
  );
  const { letters, faults } = ended.report;
  const copied = letters.filter(({ copies }) => copies.length > 0).map(placeOf);
  const isLetterScripted =
    copied.join() ===
    faults
      .filter(({ name }) => name === 'crash-letter')
      .map(placeOf)
      .join();
  const isPlayed = faults.every(({ happened }) => happened);
  return scripted && isLetterScripted && isPlayed ? ended : attempt();
}

const DEFAULTS = { seed: SEED, reading: 'listed', mode: 'partial', remember: 'transaction' } as const;

const RUNS = {
  first: { options: DEFAULTS, attempt: () => demo('first', SEED) },
  again: { options: DEFAULTS, attempt: withoutSources },
  thrown: {
    options: { ...DEFAULTS, seed: 12, mode: 'throw' },
    attempt: () => demo('thrown', 12, '--mode', 'throw', '--remember', 'transaction'),
  },
  ledger: {
    options: { ...DEFAULTS, seed: 13, remember: 'ledger' },
    attempt: () => demo('ledger', 13, '--remember', 'ledger'),
  },
  identity: {
    options: { ...DEFAULTS, seed: 15, reading: 'checkpoint', remember: 'identity' },
    attempt: () => demo('identity', 15, '--reading', 'checkpoint', '--remember', 'identity'),
  },
} as const;
type RunName = keyof typeof RUNS;

const runs: Partial<Record<RunName, Ended>> = {};
const ended = (name: RunName): Ended => {
  const found = runs[name];
  if (!found) throw new Error(`${name} was not run`);
  return found;
};
beforeAll(async () => {
  // Two at a time: a function that gets no processor times out, which is a fault that nobody scripted.
  const waiting = Object.keys(RUNS) as RunName[];
  const goOn = async () => {
    for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
      runs[name] = await undisturbed(RUNS[name].attempt);
    }
  };
  await Promise.all([goOn(), goOn()]);
}, 400_000);

interface Row {
  readonly origin: string;
  readonly delay: number;
}

const FILE: readonly Row[] = JSON.parse(
  readFileSync(join(ROOT, 'node_modules/vega-datasets/data/flights-20k.json'), 'utf8'),
);

/** What must stand in the counters, counted plainly. */
function counted(flights: readonly Row[]): Report['counters'] {
  const counters: Record<string, { flights: number; delayMinutes: number }> = {};
  for (const { origin, delay } of flights) {
    counters[origin] ??= { flights: 0, delayMinutes: 0 };
    counters[origin].flights += 1;
    counters[origin].delayMinutes += delay;
  }
  return counters;
}

/** What the producer wrote, duplicates included: without identities each of them is a record of its own. */
function produced(seed: number): Row[] {
  return messagesOf(loadFlights(RECORDS), 'flights', seed).map(({ value }) => JSON.parse(String(value)));
}

/** Records that can never work, and how often each of them is tried. */
const ATTEMPTS = [1, 1, 1, 1, 5, 5];
const SCRIPTED = [
  'crash',
  'crash-letter',
  'failing-record',
  'failing-record',
  'failing-record',
  'rebalance',
  'time-out',
];

describe.each<[string, RunName]>([
  ['transactions: partial responses, the listed records return', 'first'],
  ['the same, from the asset alone', 'again'],
  ['transactions: whole batches return', 'thrown'],
  ['offset ledger: partial responses, the listed records return', 'ledger'],
  ['identities: partial responses, all from the lowest return', 'identity'],
])('%s', (_, name) => {
  const { seed, remember, ...options } = RUNS[name].options;

  test('the verdict holds', () => {
    const { code, said, report } = ended(name);

    expect(report.failedChecks).toEqual([]);
    expect([code, report.ok]).toEqual([0, true]);
    expect(report.options).toEqual({ ...options, seed, remember, kafka: false, records: RECORDS });
    if (name !== 'again') expect(said).toContain('The verdict holds');
  });

  test('the numbers add up', () => {
    const { report } = ended(name);
    const { records, producerDuplicates, suppressed, effects, admitted } = report;

    expect(report).toMatchObject({ lost: 0, twice: 0, open: 0, outOfOrder: 0, complaints: [] });
    expect(report.parked).toBe(ATTEMPTS.length);
    expect(producerDuplicates).toBeGreaterThan(0);
    expect(records).toBe(RECORDS + producerDuplicates + ATTEMPTS.length);
    expect(report.deliveries).toBeGreaterThan(records);
    if (remember === 'ledger') expect([suppressed, effects]).toEqual([0, records - ATTEMPTS.length + admitted]);
    else expect([suppressed, effects]).toEqual([producerDuplicates, RECORDS + admitted]);
  });

  test('every fault happened, and each death between effect and mark was admitted once: a transaction has none', () => {
    const { faults, admitted, admittedEffects } = ended(name).report;

    expect(faults.map((fault) => [fault.name, fault.happened]).sort()).toEqual(
      [...SCRIPTED, ...(remember === 'transaction' ? ['crash-before'] : [])].sort().map((fault) => [fault, true]),
    );
    const deaths = faults.filter((fault) => fault.name === 'crash' || fault.name === 'time-out');
    const place = (one: { partition: number; offset: number }, cause: string) =>
      `${one.partition}@${one.offset} ${cause}`;
    const expected = remember === 'transaction' ? [] : deaths;
    expect(admittedEffects.map((effect) => place(effect, effect.cause)).sort()).toEqual(
      expected.map((fault) => place(fault, fault.name)).sort(),
    );
    expect(admitted).toBe(expected.length);
  });

  test('P5: each record that can never work has its letter, twice where the worker died behind it, and no other one has', () => {
    const { letters, faults } = ended(name).report;

    expect(letters.map(({ attempts }) => attempts).sort()).toEqual(ATTEMPTS);
    expect(letters.map(({ error }) => error).sort()).toEqual([
      'Error',
      'Error',
      'MSK_ONCE_TOMBSTONE',
      'MSK_ONCE_VALUE_INVALID',
      'MSK_ONCE_VALUE_UNDECODABLE',
      'MSK_ONCE_VALUE_UNDECODABLE',
    ]);
    const twice = letters.filter(({ copies }) => copies.length > 0);
    expect(twice.map(({ copies }) => copies)).toEqual([['crash']]);
    expect(twice.map(placeOf)).toEqual(faults.filter((fault) => fault.name === 'crash-letter').map(placeOf));
  });

  test('the counters are those of the file, or of what the producer wrote, and of the admitted flights', () => {
    const { counters, admittedEffects } = ended(name).report;

    const flights = remember === 'ledger' ? produced(seed) : FILE.slice(0, RECORDS);
    const repeated = admittedEffects.map(({ airport, delayMinutes }) => ({ origin: airport, delay: delayMinutes }));
    for (const { origin, delay } of repeated) {
      expect(flights.some((flight) => flight.origin === origin && flight.delay === delay)).toBe(true);
    }
    expect(counters).toEqual(counted([...flights, ...repeated]));
  });
});

describe('the seed', () => {
  test('two runs of one agree in every field but deliveries and seconds', () => {
    const [first, again] = [ended('first'), ended('again')].map(({ report: { deliveries, seconds, ...rest } }) => rest);

    expect(again).toEqual(first);
  });

  test('another one brings other duplicates and other faults', () => {
    const [one, other] = [ended('first').report, ended('thrown').report];

    expect(other.faults).not.toEqual(one.faults);
    expect(other.producerDuplicates).not.toBe(one.producerDuplicates);
  });
});

test('no run leaves a folder of its own behind', () => {
  expect(readdirSync(temporary).filter((name) => name.startsWith('msk-once'))).toEqual([]);
});
