/**
 * The simulator and its oracle must be seen to fail: the real runtime with one changed decision, under the same
 * schedules as the real one, which breaks nothing. Half of them are drawn as `npm run simulate` draws them, half are
 * storms.
 */
import { drawSchedule } from '../../local/simulator/schedule';
import { runSimulation } from '../../local/simulator/simulation';
import { LAWS, openWorld } from '../laws/claim-store-laws';
import { brokenRuntime, brokenStore } from '../support/broken-runtimes';
import { storedClaim } from '../support/stored-claim';
import { drawStorm } from '../support/storm';
import { startTestDynamoDb, type TestDynamoDb } from '../support/test-dynamodb';
import { INVISIBLE_BUGS, PLANTED_BUGS } from './planted-bugs';

const SEED = 1;

type Runtime = ReturnType<typeof brokenRuntime>;

interface Catch {
  /** The schedules that it took until something was broken; undefined: nothing was. */
  readonly after: number | undefined;
  /** What was broken, up to the schedule that shows one of these kinds. */
  readonly rules: readonly string[];
}

async function hunt(runtime: Runtime, schedules: number, shows: readonly string[]): Promise<Catch> {
  const rules = new Set<string>();
  let after: number | undefined;
  for (let index = 0; index < schedules && !shows.some((rule) => rules.has(rule)); index += 1) {
    const draw = index % 2 === 0 ? drawSchedule(SEED, index / 2, runtime.remembers) : drawStorm(SEED, (index - 1) / 2);
    const { violations } = await runSimulation({ runtime, plan: draw.plan, director: draw.director });
    if (violations.length > 0) after ??= index + 1;
    for (const { rule } of violations) rules.add(rule);
  }
  return { after, rules: [...rules] };
}

test('the runtime as it is shipped breaks nothing', async () => {
  expect(await hunt(brokenRuntime({}), 60, [])).toEqual({ after: undefined, rules: [] });
}, 120_000);

describe('a bug in the runtime is caught', () => {
  const rows: string[] = [];
  afterAll(() => process.stdout.write(`\n${['bug', ...rows].join('\n')}\n`));

  test.each(PLANTED_BUGS)(
    '$bug ($rule), within $within schedules',
    async ({ bug, rule, shows, within, change }) => {
      const { after, rules } = await hunt(brokenRuntime(change), within, shows);

      rows.push(
        `  ${bug.padEnd(82)} ${rule.padEnd(3)} after ${String(after).padStart(3)} schedules: ${rules.join(', ')}`,
      );
      expect(rules.filter((found) => shows.some((shown) => shown === found))).not.toEqual([]);
    },
    240_000,
  );
});

describe('a bug that no promise is broken by is seen by a law of the claim store', () => {
  let database: TestDynamoDb;
  beforeAll(async () => {
    database = await startTestDynamoDb();
  });
  afterAll(() => database.stop());

  test.each(INVISIBLE_BUGS)('$bug ($rule): $because', async ({ law, change }) => {
    const { client, table } = database;
    const Store = brokenStore(change);
    const broken: string[] = [];

    for (const { name, holds, rememberForSeconds } of LAWS) {
      const open = (options: { clock: { now(): number }; clockSkewMs: number; rememberForSeconds: number }) => ({
        store: new Store({ ...options, client, table }),
        stored: (id: string) => storedClaim(client, table, id),
      });
      await holds(openWorld(open, rememberForSeconds)).catch(() => broken.push(name));
    }

    expect(broken).toContainEqual(expect.stringMatching(law));
  });
});
