/**
 * The simulator and its oracle must be seen to fail: the real runtime with one changed decision, under schedules under
 * which the real one breaks nothing.
 *
 * Most bugs are caught within a few schedules from the first on. Where it takes long, the test begins just before the
 * schedule that catches it (`from`), which a hunt has found: `MSK_ONCE_HUNT=2000 npx jest test/simulator/planted`
 * begins each at schedule 0 and tries up to so many. Whatever changes how schedules are drawn or run moves those
 * numbers; then hunt again, and write down what the table says.
 */
import { drawSchedule, type Shares } from '../../local/simulator/schedule';
import { runSimulation } from '../../local/simulator/simulation';
import type { SimulationRule } from '../../local/simulator/violation';
import { brokenRuntime } from '../support/broken-runtimes';
import { BATCH_BUGS } from './planted-batch-bugs';
import { INVISIBLE_BUGS, PLANTED_BUGS } from './planted-bugs';
import { PARKING_BUGS } from './planted-parking-bugs';
import { REDRIVE_BUGS } from './planted-redrive-bugs';
import { brokenLaws } from './store-laws';

const SEED = 1;
/** Each bug is caught by one of so many schedules from its first one on. */
const WITHIN = 60;
/** So many for each bug instead, from schedule 0 on. */
const HUNT = process.env.MSK_ONCE_HUNT === undefined ? undefined : Number(process.env.MSK_ONCE_HUNT);
const SHIPPED = brokenRuntime({});

type Runtime = typeof SHIPPED;

async function rulesBroken(runtime: Runtime, index: number, shares: Shares): Promise<ReadonlySet<SimulationRule>> {
  const { plan, director } = drawSchedule(SEED, index, runtime.remembers, shares);
  const { violations } = await runSimulation({ runtime, plan, director });
  return new Set(violations.map(({ rule }) => rule));
}

test.each([
  ['', {}, 30],
  [' with dead letters, and much that cannot work', { failing: 1 }, 30],
  [' with several records in a call, and letters that are redriven', { failing: 0.6, batches: 1, redrives: 1 }, 20],
])(
  'the runtime as it is shipped breaks nothing%s',
  async (_, shares: Shares, schedules) => {
    for (let index = 0; index < schedules; index += 1) {
      expect({ index, rules: await rulesBroken(SHIPPED, index, shares) }).toEqual({ index, rules: new Set() });
    }
  },
  120_000,
);

describe('a bug in the runtime is caught', () => {
  const rows: string[] = [];
  afterAll(() => process.stdout.write(`\n${['bug', ...rows].join('\n')}\n`));

  test.each([
    ...PLANTED_BUGS.map((one) => ({ ...one, shares: {} })),
    ...PARKING_BUGS.map((one) => ({ ...one, shares: { failing: 1 } })),
    ...REDRIVE_BUGS.map((one) => ({ ...one, shares: { failing: 1, redrives: 1 } })),
    ...BATCH_BUGS.map((one) => ({ ...one, shares: { failing: 0.5, batches: 1 } })),
  ])(
    `$bug ($rule), within ${HUNT ?? WITHIN} schedules`,
    async ({ bug, rule, shows, of = SHIPPED.remembers, from = 0, shares, change }) => {
      const runtime = { ...brokenRuntime(change), remembers: of };
      const first = HUNT === undefined ? from : 0;
      const end = first + (HUNT ?? WITHIN);
      let caught: { readonly index: number; readonly rules: ReadonlySet<SimulationRule> } | undefined;
      for (let index = first; index < end && !caught; index += 1) {
        const rules = await rulesBroken(runtime, index, shares);
        if (shows.some((shown) => rules.has(shown))) caught = { index, rules };
      }

      rows.push(
        caught
          ? `  ${bug.padEnd(82)} ${rule.padEnd(3)} by schedule ${String(caught.index).padStart(4)}, tried from ${String(first).padStart(4)}: ${[...caught.rules].join(', ')}`
          : `  ${bug.padEnd(82)} ${rule.padEnd(3)} not by schedules ${first} to ${end - 1}`,
      );
      expect(caught).toBeDefined();
      // Else it would be the schedule that is caught, not the bug.
      const rules = await rulesBroken({ ...SHIPPED, remembers: of }, caught?.index ?? 0, shares);
      expect([...rules]).toEqual([]);
    },
    HUNT === undefined ? 60_000 : 600_000,
  );
});

describe('a bug that no promise is broken by is seen by a law of the store', () => {
  test('of which the store as it is shipped breaks none', async () => {
    expect(await brokenLaws({})).toEqual([]);
  }, 60_000);

  test.each(INVISIBLE_BUGS)(
    '$bug ($rule): $because',
    async ({ law, change }) => {
      expect(await brokenLaws(change, law)).toHaveLength(1);
    },
    60_000,
  );
});
