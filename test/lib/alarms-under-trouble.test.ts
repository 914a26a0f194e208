/**
 * The alarms of a synthesized processor beside what the runtime publishes while something is wrong: whatever stands still
 * for a while has to set one off, and nothing else may.
 */
import { Template } from 'aws-cdk-lib/assertions';
import type { KafkaEvent } from '../../contract/event';
import type { TopicMetrics } from '../../handlers/observe/metrics';
import type { ProcessRecordsOptions } from '../../handlers/options';
import { event, ids, ledger, type Order, orders, type World, world } from '../support/virtual-world';
import { alarmsOf } from './fixture/alarms';
import { type Json, processor, stack } from './fixture/stack';

const MINUTE_MS = 60_000;
/** Longer than the alarms of what has to last. */
const WATCHED_MS = 25 * MINUTE_MS;
/** The service tries again sooner; the fewer invocations, the fewer chances to be seen. */
const AGAIN_MS = MINUTE_MS;

interface Told {
  readonly atMs: number;
  readonly metric: string;
  readonly values: readonly number[];
}

/** What CloudWatch hears while the event comes again and again: metrics of the runtime, and failed invocations. */
async function heardWhile(
  w: World,
  options: ProcessRecordsOptions<Order>,
  given: KafkaEvent,
  mode: 'partial' | 'throw',
): Promise<Told[]> {
  const told: Told[] = [];
  const tell = (metric: string, values: readonly number[]) => told.push({ atMs: w.time.nowMs, metric, values });
  const publish = (topics: readonly TopicMetrics[]) => {
    for (const { values } of topics) for (const [name, numbers] of values) tell(name, numbers);
  };
  const handler = w.handler(options, { metrics: { publish } });
  for (const endMs = w.time.nowMs + WATCHED_MS; w.time.nowMs < endMs; w.time.nowMs += AGAIN_MS) {
    try {
      await handler(given, w.context(MINUTE_MS, `Orders-${mode}`));
    } catch {
      tell('Errors', [1]);
    }
  }
  return told;
}

/** The alarms of the template that this sets off. Those over expressions are left out: they are rates, or of the lag. */
function setOff(told: readonly Told[]): string[] {
  const scope = stack();
  processor(scope);
  return Object.entries(alarmsOf(Template.fromStack(scope)))
    .filter(([, alarm]) => alarm.Metrics === undefined && isOff(alarm, told))
    .map(([name]) => name);
}

function isOff({ MetricName, Statistic, Period, EvaluationPeriods, Threshold }: Json, told: readonly Told[]): boolean {
  const periods = new Map<number, number[]>();
  for (const { atMs, metric, values } of told) {
    if (metric !== MetricName) continue;
    const period = Math.floor(atMs / (Period * 1_000));
    periods.set(period, [...(periods.get(period) ?? []), ...values]);
  }
  const statistic = (values: number[]) =>
    Statistic === 'Sum' ? values.reduce((sum, value) => sum + value, 0) : Math.max(...values);
  const breaching = (period: number) => periods.has(period) && statistic(periods.get(period) as number[]) > Threshold;
  return [...periods.keys()].some((first) =>
    Array.from({ length: EvaluationPeriods }, (_, index) => first + index).every(breaching),
  );
}

const nothing = async () => {};

describe.each(['partial', 'throw'] as const)('with pollers that want a %s answer', (mode) => {
  test('a table that does not answer is seen, though no record starts, none is counted and the topic is quiet', async () => {
    const w = world({ faultOf: () => 'refused' });

    const told = await heardWhile(w, orders(nothing), event({ 0: ids('a') }), mode);

    expect(setOff(told)).toContain('open');
  });

  test('one partition whose ledger does not fit the topic is seen beside others that go on', async () => {
    const w = world();
    const topic = (ageMs: number) => event({ 0: [{ value: { id: 'a' }, timestamp: w.time.nowMs - ageMs }] });
    await w.handler(ledger(nothing))(topic(MINUTE_MS), w.context());
    const recreated = { ...topic(0), records: { ...topic(0).records, ...event({ 1: ids('x') }).records } };

    const told = await heardWhile(w, ledger(nothing), recreated, mode);

    expect(setOff(told)).toContain('open');
  });
});

test('what goes well sets nothing off', async () => {
  const w = world();
  const fresh = event({ 0: ids('a', 'b').map((record) => ({ ...record, timestamp: w.time.nowMs - 1_000 })) });

  expect(setOff(await heardWhile(w, orders(nothing), fresh, 'partial'))).toEqual([]);
});

test('a record that stays open for some minutes sets nothing off', async () => {
  const w = world();
  let runs = 0;
  const flaky = async () => {
    runs += 1;
    if (runs < 4) throw new Error('not yet');
  };
  const fresh = event({ 0: ids('a').map((record) => ({ ...record, timestamp: w.time.nowMs - 1_000 })) });

  expect(setOff(await heardWhile(w, orders(flaky), fresh, 'partial'))).toEqual([]);
});
