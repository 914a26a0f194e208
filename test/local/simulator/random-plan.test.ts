import fc from 'fast-check';
import { seededRandom } from '../../../local/seeded-random';
import { LANE_ORDERS, modeOf, type Plan } from '../../../local/simulator/plan';
import { randomPlan, stormPlan } from '../../../local/simulator/random-plan';
import { messagesOf } from '../../../local/simulator/topic';

const plans = fc
  .tuple(fc.nat(), fc.constantFrom(randomPlan, stormPlan))
  .map(([seed, draw]) => draw(seededRandom(seed), ['identity']));
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
    const produced = [...messagesOf(plan).values()].flat();
    for (const [partition, records] of plan.partitions.entries()) {
      const values = produced.filter((message) => message.partition === partition).map(({ value }) => String(value));
      const ids = values.map((value) => /"id":"(\w)"/.exec(value)?.[1]);
      expect(ids).toEqual(records.map(({ id }) => id));
    }
  }));

test('every combination of mode, reading and order comes up', () => {
  const random = seededRandom(1);
  const modes = new Set(Array.from({ length: 400 }, () => modeOf(randomPlan(random, ['identity']))));

  expect(modes.size).toBe(2 * 2 * LANE_ORDERS.length);
});
