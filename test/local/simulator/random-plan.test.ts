import fc from 'fast-check';
import { seededRandom } from '../../../local/seeded-random';
import { LANE_ORDERS, modeOf, type Plan, REMEMBERS } from '../../../local/simulator/plan';
import { randomPlan, stormPlan } from '../../../local/simulator/random-plan';
import { factsOf, producedOf } from '../../../local/simulator/topic';

const plans = fc
  .tuple(fc.nat(), fc.constantFrom(randomPlan, stormPlan))
  .map(([seed, draw]) => draw(seededRandom(seed), REMEMBERS));
const holds = (check: (plan: Plan) => void) => fc.assert(fc.property(plans, check), { numRuns: 300 });

test('two clocks never differ by more than the function is told', () =>
  holds(({ clocksAheadMs, function: { clockSkewMs } }) => {
    const clocks = [0, ...clocksAheadMs];
    expect(Math.max(...clocks) - Math.min(...clocks)).toBeLessThanOrEqual(clockSkewMs);
  }));

test('the slowest run and its messages fit into an invocation several times', () =>
  holds(({ function: { timeoutMs }, work, latency }) => {
    const slowestMs = Math.max(0, ...Object.values(work).map(({ ms = 0 }) => ms));

    expect(3 * (slowestMs + 4 * latency.maximumMs)).toBeLessThan(timeoutMs);
  }));

test('a request and its answer take less than the client waits', () =>
  holds(({ latency: { minimumMs, maximumMs } }) => {
    expect(minimumMs).toBeLessThanOrEqual(maximumMs);
    expect(2 * maximumMs).toBeLessThan(900);
  }));

test('records are produced in the order of their offsets', () =>
  holds((plan) => {
    const ends = new Map<number, number>();
    const places: string[] = [];
    for (const { messages, isAborted } of [...producedOf(plan).values()].flat()) {
      for (const { partition = -1, value } of messages) {
        const offset = ends.get(partition) ?? 0;
        ends.set(partition, offset + 1);
        if (!isAborted) places.push(`${partition}@${offset} ${/"id":"(\w)"/.exec(String(value))?.[1]}`);
      }
      // The end of a transaction takes an offset too.
      const [{ partition = -1 } = {}] = messages;
      if (isAborted) ends.set(partition, (ends.get(partition) ?? 0) + 1);
    }

    const facts = factsOf(plan).map(({ partition, offset, planned }) => `${partition}@${offset} ${planned.id}`);
    expect(places.sort()).toEqual(facts.sort());
  }));

test('every combination of mode, reading and order comes up', () => {
  const random = seededRandom(1);
  const modes = new Set(Array.from({ length: 12_000 }, () => modeOf(randomPlan(random, REMEMBERS))));

  // Transactions with and without identity; each way in the table and in memory.
  expect(modes.size).toBe(4 * 2 * 2 * 2 * LANE_ORDERS.length);
});
