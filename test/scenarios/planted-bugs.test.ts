/**
 * The verdict of a whole run must be seen to fail: functions that break one rule each, put into the synthesized assembly
 * in place of the bundle. The same function without a flaw shows that nothing but the flaw is judged.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DOOMED } from '../../bin/demo/doomed';
import type { Remember } from '../../bin/demo/remember';
import { reportOf } from '../../bin/demo/report';
import { type DemoWatcher, runAssembly } from '../../bin/demo/run-assembly';
import { embedded } from '../../bin/demo/surroundings';
import { checksOf } from '../../bin/demo/verdict';
import type { LetterViolation } from '../../local/oracle/letters/letter-findings';
import { Assembly } from './assembly';

const TOY = join(__dirname, 'toy-function');
const source = (name: string) => readFileSync(join(TOY, name), 'utf8');
const SILENT: DemoWatcher = { step() {}, progress() {}, fault() {}, complaint() {}, output() {} };

const reports = new Map<string, Report>();
beforeAll(async () => {
  const synthesized = await Assembly.ofReference('identity');
  // Two at once, for they mostly wait, and no more: a function that gets no processor times out, which is a fault that
  // nobody scripted.
  const flaws = ['none', ...CASES.map((one) => one.flaw)].values();
  const runOn = async () => {
    for (const flaw of flaws) reports.set(flaw, await runWith(flaw, synthesized));
  };
  await Promise.all([runOn(), runOn()]);
}, 300_000);

/** The reference function in one way of remembering, judged by the promise of another one. */
async function judgedAs(promised: Remember, remember: Remember): Promise<Report> {
  return play(await Assembly.ofReference(remember), promised);
}

async function runWith(flaw: string, synthesized: Assembly): Promise<Report> {
  const assembly = synthesized.copy();
  // Its leases are short, and so may its time-out be; a fault waits up to 3 s for marks that never come.
  assembly.change({ Timeout: 4 });
  assembly.replaceCode({
    'index.mjs': source('index.mjs'),
    'database.mjs': source('database.mjs'),
    'letters.mjs': source('letters.mjs'),
    'flaw.mjs': `export const flaw = ${JSON.stringify(flaw)};`,
  });
  try {
    return await play(assembly, 'identity');
  } finally {
    assembly.remove();
  }
}

async function play({ directory }: Assembly, remember: Remember): Promise<Report> {
  const surroundings = await embedded();
  try {
    const options = { kafka: false, seed: 4, records: 300, reading: 'listed', mode: 'partial', remember } as const;
    const run = { ...(await runAssembly(directory, options, SILENT, surroundings)), seconds: 0 };
    return { ...reportOf(run, checksOf(run)), violations: run.letters.violations };
  } finally {
    await surroundings.close();
  }
}

type Report = ReturnType<typeof reportOf> & { readonly violations: readonly LetterViolation[] };

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
    flaw: 'bungles its letters',
    fails: 'every record that can never work ended as its dead letter',
    finds: ({ violations, lost, twice, letters }) => {
      const rules = new Set(violations.map(({ rule }) => rule));
      for (const rule of [
        'letter-missing',
        'letter-altered',
        'not-closed',
        'letter-twice',
        'letter-foreign',
      ] as const) {
        expect([...rules]).toContain(rule);
      }
      expect([lost, twice]).toEqual([0, 0]);
      expect(letters.length).toBeLessThan(DOOMED);
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
  expect(report?.letters).toHaveLength(DOOMED);
});

describe('a function fails that', () => {
  test.each(CASES)('$flaw', ({ flaw, fails, finds }) => {
    const report = reports.get(flaw) as Report;

    expect(report.ok).toBe(false);
    expect(report.failedChecks.join('\n')).toContain(fails);
    finds(report);
  });
});

describe('a way of remembering fails the promise of another one', () => {
  let transactionByIdentity: Report;
  let identityByLedger: Report;
  beforeAll(async () => {
    [transactionByIdentity, identityByLedger] = await Promise.all([
      judgedAs('transaction', 'identity'),
      judgedAs('identity', 'ledger'),
    ]);
  }, 180_000);

  test('identities that of transactions: what a dead worker left unmarked is not admitted there', () => {
    const report = transactionByIdentity;

    expect(report.failedChecks.join('\n')).toContain('no flight took effect twice, whatever died');
    expect(report).toMatchObject({ ok: false, admitted: 0, lost: 0 });
    // Marks travel together: how many a worker leaves behind when it dies depends on the machine.
    expect(report.twice).toBeGreaterThanOrEqual(2);
  });

  test('offsets that of identities: what the producer wrote twice takes effect twice', () => {
    const report = identityByLedger;

    expect(report.failedChecks.join('\n')).toContain('no flight took effect twice, but for what a death');
    expect(report).toMatchObject({ ok: false, lost: 0 });
    expect(report.twice).toBeGreaterThan(0);
    // Two by the deaths of the script. An identity that a dead worker left unmarked may take effect again, too.
    expect(report.twice + report.admitted).toBe(report.producerDuplicates + 2);
  });
});
