import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { MetricName } from '../../../contract/metrics';
import { powertoolsMetrics } from '../../../handlers/observe/powertools-metrics';

const values = new Map<MetricName, readonly number[]>([
  ['RecordsDone', [7]],
  ['RecordAgeMs', [10, 90, 20]],
]);
const OURS = [{ consumer: 'shop-orders', topic: 'orders', values }];

describe("a user's Metrics of Powertools", () => {
  const env = { ...process.env };
  let lines: Record<string, unknown>[];

  beforeEach(() => {
    // Powertools writes past the console, but for this.
    process.env.POWERTOOLS_DEV = 'true';
    process.env.POWERTOOLS_METRICS_DISABLED = 'false';
    lines = [];
    jest.spyOn(console, 'log').mockImplementation((line: string) => lines.push(JSON.parse(line)));
    jest.spyOn(console, 'warn').mockImplementation(() => undefined);
  });
  afterEach(() => {
    process.env = env;
    jest.restoreAllMocks();
  });

  test('publishes each value in its namespace, its default dimensions beside consumer and topic', () => {
    const metrics = new Metrics({ namespace: 'Shop', serviceName: 'orders', defaultDimensions: { stage: 'prod' } });

    powertoolsMetrics(metrics).publish(OURS);

    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatchObject({ stage: 'prod', consumer: 'shop-orders', topic: 'orders', RecordsDone: 7 });
    expect(lines[0]?._aws).toMatchObject({ CloudWatchMetrics: [{ Namespace: 'Shop' }] });
    const { CloudWatchMetrics } = (lines[0] as Record<string, unknown>)._aws as {
      CloudWatchMetrics: { Dimensions: string[][] }[];
    };
    expect(CloudWatchMetrics[0]?.Dimensions[0]).toEqual(expect.arrayContaining(['stage', 'consumer', 'topic']));
  });

  test('of many values the highest is published', () => {
    powertoolsMetrics(new Metrics({ namespace: 'Shop' })).publish(OURS);

    expect(lines[1]).toMatchObject({ RecordAgeMs: 90 });
    expect(lines[1]?._aws).toMatchObject({
      CloudWatchMetrics: [{ Metrics: [{ Name: 'RecordAgeMs', Unit: 'Milliseconds' }] }],
    });
  });

  test('what the user added waits there as it was, without our dimensions and names', () => {
    const metrics = new Metrics({ namespace: 'Shop' });
    metrics.addDimension('channel', 'web').addMetadata('request', '1').addMetric('charged', MetricUnit.Count, 3);
    const before = JSON.stringify({ ...metrics.serializeMetrics(), _aws: undefined });

    powertoolsMetrics(metrics).publish(OURS);

    expect(JSON.stringify({ ...metrics.serializeMetrics(), _aws: undefined })).toBe(before);
    expect(lines.filter((line) => 'charged' in line || 'channel' in line)).toEqual([]);
  });

  test('where the user refuses empty metrics, ours do not make his fail or empty', () => {
    const metrics = new Metrics({ namespace: 'Shop' });
    metrics.setThrowOnEmptyMetrics(true);
    metrics.addMetric('charged', MetricUnit.Count, 1);

    powertoolsMetrics(metrics).publish(OURS);
    metrics.publishStoredMetrics();

    expect(lines.at(-1)).toMatchObject({ charged: 1 });
  });

  test('where Powertools is told to be silent, nothing is published', () => {
    process.env.POWERTOOLS_METRICS_DISABLED = 'true';

    powertoolsMetrics(new Metrics({ namespace: 'Shop' })).publish(OURS);

    expect(lines).toEqual([]);
  });
});
