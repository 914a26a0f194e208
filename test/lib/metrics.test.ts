import { Duration, type Stack } from 'aws-cdk-lib';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { MetricType } from 'aws-cdk-lib/aws-lambda';
import { METRICS } from '../../contract/metrics';
import { KafkaMapping, KafkaMappingBase, type KafkaProcessor, Pollers } from '../../lib';
import { OwnMapping } from './fixture/own-mapping';
import { processor, source, stack } from './fixture/stack';

const { EVENT_COUNT, KAFKA_METRICS } = MetricType;

/** What CloudWatch is asked for. */
function asked(scope: Stack, metric: cloudwatch.Metric) {
  const { namespace, metricName, dimensions, statistic, period } = metric;
  const sorted = Object.entries(scope.resolve(dimensions) as object).sort();
  return { namespace, metricName, dimensions: Object.fromEntries(sorted), statistic, minutes: period.toMinutes() };
}

/** Written by hand from docs/observation.md. */
const METHODS = [
  ['metricRecordsDone', 'RecordsDone', 'Sum'],
  ['metricDuplicates', 'Duplicates', 'Sum'],
  ['metricParked', 'Parked', 'Sum'],
  ['metricOpen', 'Open', 'Sum'],
  ['metricTakeovers', 'Takeovers', 'Sum'],
  ['metricStaleOwner', 'StaleOwner', 'Sum'],
  ['metricUnsavedSuccess', 'UnsavedSuccess', 'Sum'],
  ['metricRecordAge', 'RecordAgeMs', 'Maximum'],
  ['metricAttempts', 'Attempts', 'Sum'],
  ['metricAbandoned', 'Abandoned', 'Sum'],
  ['metricOrderGap', 'OrderGap', 'Sum'],
  ['metricLaneWait', 'LaneWaitMs', 'Maximum'],
  ['metricMassErrors', 'MassErrors', 'Sum'],
] as const;

describe('a metric of the runtime', () => {
  let scope: Stack;
  let orders: KafkaProcessor;
  beforeAll(() => {
    scope = stack();
    orders = processor(scope);
  });

  test.each(METHODS)('%s is %s of this consumer and topic, its %s of 5 minutes', (method, metricName, statistic) => {
    expect(asked(scope, orders[method]())).toEqual({
      namespace: 'MskOnce',
      metricName,
      dimensions: { consumer: 'Shop-Orders', topic: 'orders' },
      statistic,
      minutes: 5,
    });
  });

  test('has a method, whichever it is', () => {
    expect(METHODS.map(([, name]) => name).sort()).toEqual(Object.values(METRICS).sort());
  });

  test('takes what CDK people give a metric', () => {
    const metric = orders.metricRecordAge({ statistic: 'p99', period: Duration.minutes(1), label: 'late' });

    expect(asked(scope, metric)).toMatchObject({ metricName: 'RecordAgeMs', statistic: 'p99', minutes: 1 });
    expect(metric.label).toBe('late');
  });

  test('is that of its own topic and consumer where a function has a second mapping', () => {
    const returns = new KafkaMapping(scope, 'Returns', {
      function: orders.function,
      source: source({ topic: 'returns', consumerGroupId: 'shop-returns' }),
      pollers: Pollers.onDemand(),
    });

    expect(asked(scope, returns.metricDuplicates()).dimensions).toEqual({ consumer: 'shop-returns', topic: 'returns' });
  });
});

describe('the rate of duplicates', () => {
  const parts = ({ expression, usingMetrics }: cloudwatch.MathExpression) => {
    const ids = Object.keys(usingMetrics);
    // Ids end with what tells mappings apart.
    const plain = ids.reduce((text, id) => text.replaceAll(id, id.split('_')[0] as string), expression);
    const names = Object.values(usingMetrics).map((metric) => (metric as cloudwatch.Metric).metricName);
    return { plain, names };
  };

  test('is formed of what every invocation publishes, and divides by nothing that may be 0', () => {
    const { plain, names } = parts(processor(stack()).metricDuplicateRate());

    expect(plain).toBe('IF((done + duplicates + open) > 0, 100 * duplicates / (done + duplicates + open), 0)');
    expect(names).toEqual(['RecordsDone', 'Duplicates', 'Open']);
  });

  test('of several mappings goes into one graph', () => {
    const scope = stack();
    const rates = ['Orders', 'Refunds'].map((id) => processor(scope, {}, id).metricDuplicateRate());

    const ids = rates.flatMap(({ usingMetrics }) => Object.keys(usingMetrics));

    expect(new Set(ids).size).toBe(6);
    for (const id of ids) expect(id).toMatch(/^[a-z][A-Za-z0-9_]*$/);
  });
});

describe('a metric of the service', () => {
  test('is that of the mapping', () => {
    const scope = stack();
    const own = new OwnMapping(scope, 'Own', [EVENT_COUNT]);

    const dimensions = { EventSourceMappingUUID: { Ref: expect.stringMatching(/^OwnMapping/) } };
    const common = { namespace: 'AWS/Lambda', dimensions, statistic: 'Sum', minutes: 5 };
    expect(asked(scope, own.metricDropped())).toEqual({ ...common, metricName: 'DroppedEventCount' });
    expect(asked(scope, own.metricMapping('CommittedEventCount'))).toEqual({
      ...common,
      metricName: 'CommittedEventCount',
    });
  });

  test('the offset lag is the mapping’s own where it publishes that', () => {
    const scope = stack();

    expect(asked(scope, new OwnMapping(scope, 'Own', [KAFKA_METRICS]).metricOffsetLag())).toEqual({
      namespace: 'AWS/Lambda',
      metricName: 'SumOffsetLag',
      dimensions: { EventSourceMappingUUID: { Ref: expect.stringMatching(/^OwnMapping/) } },
      statistic: 'Maximum',
      minutes: 5,
    });
  });

  test.each([
    ['no metrics', undefined],
    ['other metrics', [EVENT_COUNT]],
  ])('the offset lag is the function’s where the mapping publishes %s', (_, metrics) => {
    const scope = stack();

    expect(asked(scope, new OwnMapping(scope, 'Own', metrics).metricOffsetLag())).toEqual({
      namespace: 'AWS/Lambda',
      metricName: 'OffsetLag',
      dimensions: { FunctionName: { Ref: expect.stringMatching(/^OwnFunction/) } },
      statistic: 'Maximum',
      minutes: 5,
    });
  });
});

test('what a user derives from the base has all of them', () => {
  const scope = stack();
  const own = new OwnMapping(scope, 'Own');

  expect(own).toBeInstanceOf(KafkaMappingBase);
  expect(asked(scope, own.metricOpen()).dimensions).toEqual({ consumer: 'billing', topic: 'payments' });
  expect([own.deadLetters, own.alarms]).toEqual([undefined, undefined]);
});
