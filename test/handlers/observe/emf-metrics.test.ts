import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import fc from 'fast-check';
import { METRIC_UNITS, type MetricName } from '../../../contract/metrics';
import { emfMetrics } from '../../../handlers/observe/emf-metrics';
import type { TopicMetrics } from '../../../handlers/observe/metrics';

// Powertools warns of times that are far from now.
const NOW = Date.now();

const topicMetrics: fc.Arbitrary<TopicMetrics> = fc.record({
  consumer: fc.stringMatching(/^[a-zA-Z0-9_.:=+@*/-]{1,40}$/),
  topic: fc.stringMatching(/^[a-zA-Z0-9._-]{2,40}$/),
  values: fc
    .uniqueArray(fc.constantFrom(...(Object.keys(METRIC_UNITS) as MetricName[])), { minLength: 1 })
    .chain((names) =>
      fc
        .array(fc.array(fc.nat(), { minLength: 1, maxLength: 99 }), {
          minLength: names.length,
          maxLength: names.length,
        })
        .map((numbers) => new Map(names.map((name, index) => [name, numbers[index] as number[]]))),
    ),
});

function written(topics: readonly TopicMetrics[]): string[] {
  const lines: string[] = [];
  emfMetrics(
    () => NOW,
    (line) => lines.push(line),
  ).publish(topics);
  return lines;
}

describe('the embedded metric format', () => {
  beforeAll(() => {
    process.env.POWERTOOLS_SERVICE_NAME = 'none';
  });
  afterAll(() => {
    delete process.env.POWERTOOLS_SERVICE_NAME;
  });

  test('is what Powertools writes for the same values', () => {
    fc.assert(
      fc.property(topicMetrics, (topic) => {
        const powertools = new Metrics({ namespace: 'MskOnce' });
        // The service is a dimension of Powertools' own.
        powertools.clearDefaultDimensions();
        powertools.addDimension('consumer', topic.consumer);
        powertools.addDimension('topic', topic.topic);
        powertools.setTimestamp(NOW);
        for (const [name, numbers] of topic.values) {
          for (const number of numbers) powertools.addMetric(name, MetricUnit[METRIC_UNITS[name]], number);
        }

        const [line, ...others] = written([topic]);

        expect(others).toEqual([]);
        expect(JSON.parse(line as string)).toEqual(JSON.parse(JSON.stringify(powertools.serializeMetrics())));
      }),
      { numRuns: 50 },
    );
  });

  test('one line for each topic, with nothing in it that ends a line', () => {
    fc.assert(
      fc.property(fc.array(topicMetrics, { maxLength: 4 }), (topics) => {
        const lines = written(topics);

        expect(lines).toHaveLength(topics.length);
        expect(lines.filter((line) => /[\r\n]/.test(line))).toEqual([]);
      }),
      { numRuns: 30 },
    );
  });

  test('the largest document stays far below what CloudWatch Logs takes as one event', () => {
    const values = new Map(
      (Object.keys(METRIC_UNITS) as MetricName[]).map((name) => [
        name,
        Array<number>(99).fill(Number.MAX_SAFE_INTEGER),
      ]),
    );

    const [line] = written([{ consumer: 'c'.repeat(200), topic: 't'.repeat(249), values }]);

    // 256 KB.
    expect(Buffer.byteLength(line as string)).toBeLessThan(64 * 1_024);
  });
});
