/**
 * The verdict of a whole run must be seen to fail: functions that break one rule each, put into the synthesized assembly
 * in place of the bundle. The same function without a flaw shows that nothing but the flaw is judged.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { reportOf } from '../../bin/demo/report';
import { type DemoWatcher, runAssembly } from '../../bin/demo/run-assembly';
import { embedded } from '../../bin/demo/surroundings';
import { checksOf } from '../../bin/demo/verdict';
import { Assembly } from './assembly';

const TOY = join(__dirname, 'toy-function');
const source = (name: string) => readFileSync(join(TOY, name), 'utf8');
const SILENT: DemoWatcher = { step() {}, progress() {}, fault() {}, complaint() {}, output() {} };

const reports = new Map<string, Report>();
beforeAll(async () => {
  const synthesized = await Assembly.synthesize({ topic: 'flights', pollers: 'provisioned' });
  // One after the other: a function that gets no processor times out, which is a fault that nobody scripted.
  for (const flaw of ['none', ...CASES.map((one) => one.flaw)]) reports.set(flaw, await runWith(flaw, synthesized));
  synthesized.remove();
}, 300_000);

async function runWith(flaw: string, synthesized: Assembly) {
  const assembly = synthesized.copy();
  // Its leases are short, and so may its time-out be; a fault waits up to 3 s for marks that never come.
  assembly.change({ Timeout: 4 });
  assembly.replaceCode({
    'index.mjs': source('index.mjs'),
    'database.mjs': source('database.mjs'),
    'flaw.mjs': `export const flaw = ${JSON.stringify(flaw)};`,
  });
  const surroundings = await embedded();
  try {
    const options = { kafka: false, seed: 4, records: 300, reading: 'listed', mode: 'partial' } as const;
    const run = { ...(await runAssembly(assembly.directory, options, SILENT, surroundings)), seconds: 0 };
    return reportOf(run, checksOf(run));
  } finally {
    await surroundings.close();
    assembly.remove();
  }
}

type Report = Awaited<ReturnType<typeof runWith>>;

interface Case {
  readonly flaw: string;
  /** Words of a check that has to fail. */
  readonly fails: string;
  readonly finds: (report: Report) => void;
}

const CASES: readonly Case[] = [
  {
    flaw: 'remembers nothing',
    fails: 'no flight took effect twice',
    finds: ({ twice, lost, suppressed, producerDuplicates }) => {
      expect(twice).toBeGreaterThanOrEqual(producerDuplicates);
      expect([lost, suppressed]).toEqual([0, 0]);
    },
  },
  {
    flaw: 'drops failures from its report',
    fails: 'every flight took effect',
    finds: ({ lost }) => expect(lost).toBeGreaterThan(0),
  },
  {
    flaw: 'repeats an effect',
    fails: 'no flight took effect twice',
    finds: ({ twice, lost, faults }) => {
      expect(twice).toBeGreaterThan(0);
      expect(lost).toBe(0);
      expect(faults.map(({ happened }) => happened)).not.toContain(false);
    },
  },
  {
    flaw: 'steals leases',
    fails: 'no flight took effect twice',
    finds: ({ twice, lost, admittedEffects }) => {
      expect(twice).toBeGreaterThan(0);
      expect(lost).toBe(0);
      expect(admittedEffects.map(({ cause }) => cause)).not.toContain('lease lost');
    },
  },
  {
    flaw: 'reverses the order',
    fails: 'in the order of the topic',
    finds: ({ outOfOrder, lost }) => {
      expect(outOfOrder).toBeGreaterThan(0);
      expect(lost).toBe(0);
    },
  },
];

test('a function without a flaw passes', () => {
  const report = reports.get('none');

  expect(report?.failedChecks).toEqual([]);
  expect(report).toMatchObject({ ok: true, lost: 0, twice: 0, outOfOrder: 0, open: 0 });
  expect(report?.suppressed).toBe(report?.producerDuplicates);
});

describe('a function fails that', () => {
  test.each(CASES)('$flaw', ({ flaw, fails, finds }) => {
    const report = reports.get(flaw) as Report;

    expect(report.ok).toBe(false);
    expect(report.failedChecks.join('\n')).toContain(fails);
    finds(report);
  });
});
