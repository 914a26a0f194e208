/** Row 34 of section 8: what the service would refuse, or warn about. */
import { mappingProblems } from '../../../local/event-source/validate-mapping';
import type { KafkaMapping } from '../../../local/template/kafka-mapping';
import { mappingOf } from './mapping';

const ON_DEMAND = { pollers: undefined, reportBatchItemFailures: false } as const;
const QUEUE = { kind: 'sqs', queueArn: 'arn:aws:sqs:eu-west-1:111122223333:late', queueName: 'late' } as const;
const PATTERN = '{"value":{"type":["order"]}}';
const times = (count: number) => Array.from({ length: count }, () => PATTERN);
const lambda = (timeoutMs: number) => ({ function: { ...mappingOf().function, timeoutMs } });

describe('a mapping is in order', () => {
  test.each<[string, Partial<KafkaMapping>]>([
    [
      'provisioned, with everything',
      { maximumRetryAttempts: 3, maximumRecordAgeSeconds: 60, bisectBatchOnFunctionError: true },
    ],
    ['provisioned, with a topic for failures', { onFailure: { kind: 'kafka', topic: 'orders-late' } }],
    ['on demand, with a queue for failures', { ...ON_DEMAND, onFailure: QUEUE }],
    ['at the lower ends', { batchSize: 1, batchingWindowMs: 0, maximumRetryAttempts: 0, maximumRecordAgeSeconds: 60 }],
    ['at the upper ends', { batchSize: 10_000, batchingWindowMs: 300_000, maximumRetryAttempts: 10_000 }],
    ['with the longest age', { maximumRecordAgeSeconds: 604_800 }],
    ['with five filters', { filters: times(5) }],
    ['with a function of 14 minutes', lambda(840_000)],
  ])('%s', (_, changes) => {
    expect(mappingProblems(mappingOf(changes))).toEqual([]);
  });
});

test('a start in the future is an error, one now or in the past is not', () => {
  const at = (startingPositionTimestampMs: number) =>
    mappingProblems(mappingOf({ startingPosition: 'AT_TIMESTAMP', startingPositionTimestampMs }), 1_790_000_000_500);

  expect(at(1_790_000_000_000)).toEqual([]);
  expect(at(1_790_000_001_000)).toEqual([
    {
      kind: 'error',
      property: 'StartingPositionTimestamp',
      text: expect.stringMatching(/^is 1790000001, which is 2026-09-21T\S+Z; the service refuses a time in the future/),
    },
  ]);
});

describe('an error', () => {
  test.each<[string, Partial<KafkaMapping>, string, RegExp]>([
    [
      'partial responses on demand',
      { ...ON_DEMAND, reportBatchItemFailures: true },
      'FunctionResponseTypes',
      /"Unsupported 'functionResponseTypes' parameter for given event source mapping type\."/,
    ],
    [
      'finite retries on demand',
      { ...ON_DEMAND, maximumRetryAttempts: 3 },
      'MaximumRetryAttempts',
      /"Unsupported 'maximumRetryAttempts' parameter for given event source mapping type\."/,
    ],
    ['an age on demand', { ...ON_DEMAND, maximumRecordAgeSeconds: 60 }, 'MaximumRecordAgeInSeconds', /provisioned/],
    [
      'bisect on demand',
      { ...ON_DEMAND, bisectBatchOnFunctionError: true },
      'BisectBatchOnFunctionError',
      /provisioned/,
    ],
    [
      'a topic for failures on demand',
      { ...ON_DEMAND, onFailure: { kind: 'kafka', topic: 'orders-late' } },
      'DestinationConfig',
      /is a Kafka topic, which needs provisioned pollers/,
    ],
    [
      'the source as the topic for failures',
      { onFailure: { kind: 'kafka', topic: 'orders' } },
      'DestinationConfig',
      /come back/,
    ],
    [
      'a batch of none',
      { batchSize: 0 },
      'BatchSize',
      /"Value '0' at 'batchSize' failed to satisfy constraint: Member must have value greater than or equal to 1"/,
    ],
    ['a batch too large', { batchSize: 10_001 }, 'BatchSize', /less than or equal to 10000"/],
    [
      'a window too long',
      { batchingWindowMs: 301_000 },
      'MaximumBatchingWindowInSeconds',
      /is 301; accepted is 0 to 300/,
    ],
    ['too many retries', { maximumRetryAttempts: 10_001 }, 'MaximumRetryAttempts', /is 10001; accepted is -1 to 10000/],
    ['retries below -1', { maximumRetryAttempts: -2 }, 'MaximumRetryAttempts', /is -2/],
    [
      'an age of 0',
      { maximumRecordAgeSeconds: 0 },
      'MaximumRecordAgeInSeconds',
      /"MaximumRecordAgeInSeconds must be either -1 \(forever\) or between 60 and 604800 \(inclusive\)"/,
    ],
    ['an age of 59 s', { maximumRecordAgeSeconds: 59 }, 'MaximumRecordAgeInSeconds', /is 59/],
    ['an age of more than a week', { maximumRecordAgeSeconds: 604_801 }, 'MaximumRecordAgeInSeconds', /is 604801/],
    ['eleven filters', { filters: times(11) }, 'FilterCriteria', /has 11 filters; the service takes 10 at most/],
    [
      'a filter on something else than the value',
      { filters: [PATTERN, '{"key":{"type":["order"]}}'] },
      'FilterCriteria.Filters[1].Pattern',
      /sees only "value"/,
    ],
    ['a filter that is no pattern', { filters: ['[]'] }, 'FilterCriteria.Filters[0].Pattern', /Invalid filter pattern/],
    ['a function of more than 15 minutes', lambda(900_001), 'Timeout', /840 s at most/],
  ])('%s', (_, changes, property, text) => {
    expect(mappingProblems(mappingOf(changes))).toEqual([
      { kind: 'error', property, text: expect.stringMatching(text) },
    ]);
  });

  test('each one is named', () => {
    const problems = mappingProblems(mappingOf({ batchSize: 0, maximumRecordAgeSeconds: 5, filters: times(11) }));

    expect(problems.map(({ property }) => property)).toEqual([
      'BatchSize',
      'MaximumRecordAgeInSeconds',
      'FilterCriteria',
    ]);
  });
});

describe('a warning', () => {
  test.each<[string, Partial<KafkaMapping>, string, RegExp]>([
    ['six filters', { filters: times(6) }, 'FilterCriteria', /above 5 the account's quota/],
    ['ten filters', { filters: times(10) }, 'FilterCriteria', /has 10 filters/],
    ['a function of more than 14 minutes', lambda(841_000), 'Timeout', /is 841 s; behind a Kafka mapping it is 840 s/],
    ['a function of 15 minutes', lambda(900_000), 'Timeout', /is 900 s/],
  ])('%s', (_, changes, property, text) => {
    expect(mappingProblems(mappingOf(changes))).toEqual([
      { kind: 'warning', property, text: expect.stringMatching(text) },
    ]);
  });
});
