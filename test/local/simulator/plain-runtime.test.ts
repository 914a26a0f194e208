/** Simulator and oracle with a runtime that was written for them: right, and with one decision wrong each. */
import type { Rule } from '../../../local/oracle/findings';
import { drawSchedule } from '../../../local/simulator/schedule';
import { simulate } from '../../../local/simulator/simulate';
import { runSimulation } from '../../../local/simulator/simulation';
import { type Mistake, plainRuntime } from './plain-runtime';

const LONG_MS = 120_000;
const SEED = 1;

test(
  'ledger and transactions as the protocol has them break no rule',
  async () => {
    const { failures } = await simulate({ runtime: plainRuntime(), schedules: 120, seed: SEED });

    expect(failures).toEqual([]);
  },
  LONG_MS,
);

/** What shows it, and within how many schedules. */
const MISTAKES: readonly (readonly [rule: string, mistake: Mistake, shows: readonly Rule[], within: number])[] = [
  ['L1', 'takes a live lease over', ['overlap'], 60],
  ['L2', 'marks without a fence', ['stale-mark'], 60],
  ['L2', 'believes a mark without an answer', ['twice', 'left-out'], 60],
  ['L6', 'closes all below', ['lost'], 60],
  ['P2', 'marks in front of the effect', ['lost'], 60],
  ['P2', 'does not count', ['attempts'], 60],
  ['T1', 'commits the effect beside its mark', ['twice'], 60],
  ['T1', 'leaves the identity out', ['twice'], 60],
];

test.each(MISTAKES)(
  '%s: a runtime that %s is caught',
  async (_, mistake, shows, within) => {
    const rules = new Set<string>();
    const runtime = plainRuntime(mistake);
    for (let index = 0; index < within && !shows.some((rule) => rules.has(rule)); index += 1) {
      const { plan, director } = drawSchedule(SEED, index, runtime.remembers);
      for (const { rule } of (await runSimulation({ runtime, plan, director })).violations) rules.add(rule);
    }

    expect([...rules].filter((rule) => shows.some((shown) => shown === rule))).not.toEqual([]);
  },
  LONG_MS,
);
