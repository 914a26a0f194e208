import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { EXIT } from '../../../contract/error-codes';
import { LocalError } from '../../../local/errors';
import { seededRandom } from '../../../local/seeded-random';
import { batchPlan } from '../../../local/simulator/batch-plan';
import type { Decision } from '../../../local/simulator/decision';
import { failingPlan } from '../../../local/simulator/failing-plan';
import { REMEMBERS } from '../../../local/simulator/plan';
import { randomPlan } from '../../../local/simulator/random-plan';
import { redrivePlan } from '../../../local/simulator/redrive-plan';
import { type KeptSchedule, readSchedule, writeSchedule } from '../../../local/simulator/schedule-file';
import { plainPlan } from './plans';

const folder = mkdtempSync(join(tmpdir(), 'msk-once-test-'));
const file = join(folder, 'schedule.json');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const DECISIONS: readonly Decision[] = [
  { at: 'poller-1/1 PutItem#1', do: 'delay', ms: 0 },
  { at: 'poller-1/1 PutItem#2', do: 'refuse-members' },
  { at: 'poller-1 commit#1', do: 'rewind', partition: 1, offset: 3 },
];

const kept = (special: Partial<KeptSchedule> = {}): KeptSchedule => ({
  rule: 'twice',
  text: 'it happened twice',
  traceHash: '0123456789abcdef',
  plan: plainPlan({}),
  decisions: DECISIONS,
  ...special,
});

test('whatever is drawn is read as it was written', () => {
  fc.assert(
    fc.property(fc.nat(), (seed) => {
      const plan = randomPlan(seededRandom(seed), REMEMBERS);
      const failing = failingPlan(plan, seededRandom(seed));
      const batch = plan.remember === 'transaction' ? plan : batchPlan(plan, seededRandom(seed));
      for (const drawn of [plan, failing, batch, redrivePlan(failing, seededRandom(seed))]) {
        const written = kept({ plan: drawn });
        writeSchedule(file, written);

        expect(readSchedule(file)).toEqual(written);
      }
    }),
  );
});

function refusalOf(content: string): LocalError {
  writeFileSync(file, content);
  try {
    readSchedule(file);
  } catch (error) {
    if (error instanceof LocalError) return error;
    throw error;
  }
  throw new Error('it was read');
}

const written = (change: (schedule: Record<string, never>) => object) => {
  const { plan, decisions, ...rest } = kept();
  const schedule = structuredClone({ format: 'msk-once schedule 3', ...rest, plan, decisions });
  return JSON.stringify(change(schedule as unknown as Record<string, never>));
};
const planned = (plan: object) => written((schedule) => ({ ...schedule, plan: { ...plainPlan({}), ...plan } }));

describe('what is no schedule is refused with what is wrong, and exit code 2', () => {
  test.each<[string, string, RegExp]>([
    ['no JSON', '{"format":', /it is not JSON/],
    ['an empty file', '', /it is not JSON/],
    ['a list', '[]', /The whole is \[\]; accepted is an object/],
    ['other JSON', '{"ok": true}', /has no format "msk-once schedule 3", so it is no schedule/],
    [
      'another version',
      written((schedule) => ({ ...schedule, format: 'msk-once schedule 7' })),
      /written by another version \(its format is "msk-once schedule 7"/,
    ],
    ['no plan', written(({ plan: _, ...rest }) => rest), /plan is missing; accepted is an object/],
    ['a way of remembering that there is not', planned({ remember: 'hope' }), /plan\.remember is "hope"; accepted is/],
    [
      'a ledger with identities',
      planned({ remember: 'ledger' }),
      /plan\.identity is true; accepted is false, with remember ledger/,
    ],
    [
      'independence without transactions',
      planned({ independent: true }),
      /plan\.independent is true; accepted is false, with remember identity/,
    ],
    [
      'a gap of one',
      planned({ partitions: [[{ id: 'a', amount: 1, gap: 1 }]] }),
      /gap is 1; accepted is a whole number from 2/,
    ],
    ['a number that is text', planned({ seed: '1' }), /plan\.seed is "1"; accepted is a whole number from 0/],
    [
      'a batch of nothing',
      planned({ mapping: { ...plainPlan({}).mapping, batchSize: 0 } }),
      /plan\.mapping\.batchSize is 0; accepted is a whole number from 1/,
    ],
    [
      'a lease that processRecords does not take',
      planned({ function: { ...plainPlan({}).function, leaseMs: 10 } }),
      /plan\.function\.leaseMs is 10; accepted is a whole number from 2001 to 900000/,
    ],
    [
      'a choice that there is not',
      planned({ mapping: { ...plainPlan({}).mapping, choices: { luck: 'good' } } }),
      /plan\.mapping\.choices\.luck is "good"; accepted is no property of that name/,
    ],
    [
      'a choice of what is not accepted',
      planned({ mapping: { ...plainPlan({}).mapping, choices: { 'batch-mixing': 'shaken' } } }),
      /plan\.mapping\.choices\.batch-mixing is "shaken"; accepted is mixed, single-partition/,
    ],
    [
      'a record without an identity',
      planned({ partitions: [[], [{ amount: 1 }]] }),
      /plan\.partitions\[1\]\[0\]\.id is missing; accepted is a text/,
    ],
    [
      'a property that there is not',
      planned({ work: { a: { fails: 1 } } }),
      /plan\.work\.a\.fails is 1; accepted is no property of that name/,
    ],
    [
      'latencies the wrong way round',
      planned({ latency: { minimumMs: 5, maximumMs: 4 } }),
      /plan\.latency\.maximumMs is 4; accepted is a whole number from 5/,
    ],
    [
      'a decision that there is not',
      written((schedule) => ({ ...schedule, decisions: [{ at: 'w', do: 'explode' }] })),
      /decisions\[0\]\.do is "explode"; accepted is .*crash/,
    ],
    [
      'a delay of no length',
      written((schedule) => ({ ...schedule, decisions: [{ at: 'w', do: 'delay' }] })),
      /decisions\[0\]\.ms is missing/,
    ],
  ])('%s', (_, content, words) => {
    const { message, exitCode } = refusalOf(content);

    expect(message).toMatch(words);
    expect(message).toContain(file);
    expect(exitCode).toBe(EXIT.usage);
  });

  test('a file that is not there', () => {
    expect(() => readSchedule(join(folder, 'absent.json'))).toThrow(
      /absent\.json cannot be replayed: it cannot be read/,
    );
  });
});
