import { Duration, Lazy, Stack, Token } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import type { IAlarmAction } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { MetricType } from 'aws-cdk-lib/aws-lambda';
import * as sns from 'aws-cdk-lib/aws-sns';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import {
  DeadLetters,
  type DeadLettersConfig,
  KafkaMapping,
  Pollers,
  ProcessorAlarms,
  type ProcessorAlarmsOptions,
} from '../../lib';
import { alarmsOf, metricsOf } from './fixture/alarms';
import { OwnMapping } from './fixture/own-mapping';
import { refusal } from './fixture/refusal';
import { app, type Json, only, processor, source, stack, templateOf } from './fixture/stack';

const RUNTIME = [
  { Name: 'consumer', Value: 'Shop-Orders' },
  { Name: 'topic', Value: 'orders' },
];
const ALIAS = [
  { Name: 'FunctionName', Value: { Ref: 'OrdersFunction520DBA95' } },
  { Name: 'Resource', Value: { 'Fn::Join': ['', [{ Ref: 'OrdersFunction520DBA95' }, ':Orders-throw']] } },
];

/** By the design and docs/observation.md: threshold, periods of 5 minutes in a row. */
const DEFAULTS = {
  duplicateRate: [5, 3],
  recordAge: [300_000, 3],
  offsetLag: [1_000, 3],
  errors: [0, 3],
  throttles: [0, 3],
  open: [0, 3],
  deadLetters: [0, 1],
  oldestLetter: [604_800, 1],
  abandoned: [0, 1],
  massErrors: [0, 1],
  staleOwners: [0, 1],
  unsavedSuccesses: [0, 1],
} as const;

const SINGLE = {
  recordAge: ['MskOnce', 'RecordAgeMs', 'Maximum', RUNTIME],
  errors: ['AWS/Lambda', 'Errors', 'Sum', ALIAS],
  throttles: ['AWS/Lambda', 'Throttles', 'Sum', ALIAS],
  deadLetters: ['MskOnce', 'Parked', 'Sum', RUNTIME],
  oldestLetter: [
    'AWS/SQS',
    'ApproximateAgeOfOldestMessage',
    'Maximum',
    [{ Name: 'QueueName', Value: { 'Fn::GetAtt': ['OrdersDeadLetterQueueA73944CE', 'QueueName'] } }],
  ],
  open: ['MskOnce', 'Open', 'Sum', RUNTIME],
  massErrors: ['MskOnce', 'MassErrors', 'Sum', RUNTIME],
  abandoned: ['MskOnce', 'Abandoned', 'Sum', RUNTIME],
  staleOwners: ['MskOnce', 'StaleOwner', 'Sum', RUNTIME],
  unsavedSuccesses: ['MskOnce', 'UnsavedSuccess', 'Sum', RUNTIME],
} as const;

describe('the alarms of a processor', () => {
  let template: Template;
  let alarms: { [name: string]: Json };
  beforeAll(() => {
    template = templateOf({ pollers: Pollers.onDemand() });
    alarms = alarmsOf(template);
  });

  test('are those of the design, at its thresholds', () => {
    expect(
      Object.fromEntries(
        Object.entries(alarms).map(([name, { Threshold, EvaluationPeriods }]) => [
          name,
          [Threshold, EvaluationPeriods],
        ]),
      ),
    ).toEqual(DEFAULTS);
  });

  test('go off above the threshold, in every period, and never for want of data', () => {
    for (const alarm of Object.values(alarms)) {
      expect(alarm).toMatchObject({
        ComparisonOperator: 'GreaterThanThreshold',
        TreatMissingData: 'notBreaching',
      });
      expect(alarm.DatapointsToAlarm ?? alarm.EvaluationPeriods).toBe(alarm.EvaluationPeriods);
    }
  });

  test.each(Object.entries(SINGLE))('%s reads its metric', (name, [Namespace, MetricName, Statistic, Dimensions]) => {
    expect(alarms[name]).toMatchObject({ Namespace, MetricName, Statistic, Dimensions, Period: 300 });
  });

  test('duplicateRate is the percentage of what came', () => {
    const [rate, ...parts] = alarms.duplicateRate.Metrics;

    expect(rate).toMatchObject({ ReturnData: true });
    expect(rate.Expression).toMatch(/^IF\(\((\w+) \+ (\w+) \+ (\w+)\) > 0, 100 \* \2 \/ \(\1 \+ \2 \+ \3\), 0\)$/);
    expect(parts.map(({ MetricStat }: Json) => MetricStat)).toEqual(
      ['RecordsDone', 'Duplicates', 'Open'].map((MetricName) => ({
        Metric: { Namespace: 'MskOnce', MetricName, Dimensions: RUNTIME },
        Period: 300,
        Stat: 'Sum',
      })),
    );
    expect(parts.map(({ Id }: Json) => Id)).toEqual(/\((\w+) \+ (\w+) \+ (\w+)\)/.exec(rate.Expression)?.slice(1));
  });

  test('offsetLag is the lag while it grows, so that its threshold is one of records', () => {
    const [growing, lag] = alarms.offsetLag.Metrics;

    expect(growing).toMatchObject({ Expression: 'IF(DIFF(lag) > 0, lag, 0)', ReturnData: true });
    expect(lag).toEqual({
      Id: 'lag',
      MetricStat: {
        Metric: {
          Namespace: 'AWS/Lambda',
          MetricName: 'OffsetLag',
          Dimensions: [{ Name: 'FunctionName', Value: { Ref: 'OrdersFunction520DBA95' } }],
        },
        Period: 300,
        Stat: 'Maximum',
      },
      ReturnData: false,
    });
  });

  test('have no name, so that two stacks never collide, and logical ids that stay', () => {
    for (const alarm of Object.values(alarms)) expect(alarm).not.toHaveProperty('AlarmName');
    expect(Object.keys(template.findResources('AWS::CloudWatch::Alarm')).sort()).toEqual([
      'OrdersAlarmsAbandoned28017AEF',
      'OrdersAlarmsDeadLettersE190E448',
      'OrdersAlarmsDuplicateRateA95F0E8A',
      'OrdersAlarmsErrors2C471142',
      'OrdersAlarmsMassErrors9A5E66D4',
      'OrdersAlarmsOffsetLagB0028F4D',
      'OrdersAlarmsOldestLetter52CDCDF3',
      'OrdersAlarmsOpenCA82839C',
      'OrdersAlarmsRecordAge00EF518A',
      'OrdersAlarmsStaleOwners611A133C',
      'OrdersAlarmsThrottlesD0DC841C',
      'OrdersAlarmsUnsavedSuccesses9CE30F62',
    ]);
  });

  test('say whose they are, what they mean and where more is written, and fit CloudWatch', () => {
    // Of a description; a group id has up to 200 characters, a topic 249.
    const most = 1_024 - 200 - 249;
    for (const { AlarmDescription } of Object.values(alarms)) {
      expect(AlarmDescription).toMatch(/^Consumer Shop-Orders, topic orders\. .+\. .+docs\/observation\.md, Alarms\)$/);
      expect(AlarmDescription.length).toBeLessThanOrEqual(most);
    }
  });

  test('do nothing until they are told to', () => {
    for (const alarm of Object.values(alarms)) expect(alarm).not.toHaveProperty('AlarmActions');
  });
});

/** Lambda Developer Guide, monitoring-metrics-types: the group that the metric belongs to. */
describe.each([
  ['dropped', 'DroppedEventCount', MetricType.EVENT_COUNT, 'EVENT_COUNT', 1],
  ['pollingErrors', 'PollingErrorCount', MetricType.ERROR_COUNT, 'ERROR_COUNT', 3],
] as const)('%s', (name, metricName, group, written, periods) => {
  test('is there where the mapping publishes it', () => {
    const scope = stack();
    const alarms = new ProcessorAlarms(scope, 'OwnAlarms', { mapping: new OwnMapping(scope, 'Own', [group]) });

    expect(alarms[name]).toBeDefined();
    expect(alarmsOf(Template.fromStack(scope))[name]).toMatchObject({
      Namespace: 'AWS/Lambda',
      MetricName: metricName,
      Dimensions: [{ Name: 'EventSourceMappingUUID', Value: { Ref: expect.stringMatching(/^OwnMapping/) } }],
      Statistic: 'Sum',
      Threshold: 0,
      EvaluationPeriods: periods,
    });
  });

  test('is there by default behind provisioned pollers', () => {
    expect(Object.keys(alarmsOf(templateOf()))).toHaveLength(14);
    expect(alarmsOf(templateOf())[name]).toBeDefined();
    expect(alarmsOf(templateOf({ alarms: { [name]: false } }))[name]).toBeUndefined();
  });

  test('is refused where nothing would ever reach it', () => {
    const scope = stack();
    const mapping = new OwnMapping(scope, 'Own', [MetricType.KAFKA_METRICS]);

    expect(refusal(() => new ProcessorAlarms(scope, 'Alarms', { mapping, [name]: 0 }), 'Shop/Alarms')).toMatch(
      new RegExp(`${name} is 0, .*${written}`),
    );
  });
});

describe('oldestLetter', () => {
  const oldest = (queue: sqs.IQueue, options: ProcessorAlarmsOptions = {}, scope = queue.stack) => {
    processor(scope, { deadLetters: DeadLetters.sqs({ queue }), alarms: options });
    return alarmsOf(Template.fromStack(scope)).oldestLetter?.Threshold;
  };

  test.each([
    ['said', { retentionPeriod: Duration.days(10) }, 432_000],
    ['not said: SQS keeps 4 days', {}, 172_800],
    ['known at deployment only', { retentionPeriod: Duration.seconds(Lazy.number({ produce: () => 60 })) }, 172_800],
  ])('leaves half of the time that the queue keeps letters, where that is %s', (_, props, threshold) => {
    expect(oldest(new sqs.Queue(stack(), 'Letters', props) as sqs.IQueue)).toBe(threshold);
  });

  test('of a queue from elsewhere is half of the 4 days that queues keep by default', () => {
    const scope = stack();
    const queue = sqs.Queue.fromQueueArn(scope, 'Letters', 'arn:aws:sqs:eu-west-1:111122223333:letters');

    expect(oldest(queue, {}, scope)).toBe(172_800);
  });

  test('is as given, as long as a letter can get that old', () => {
    const letters = () => new sqs.Queue(stack(), 'Letters', { retentionPeriod: Duration.days(10) }) as sqs.IQueue;

    expect(oldest(letters(), { oldestLetter: Duration.days(9) })).toBe(777_600);
    expect(refusal(() => oldest(letters(), { oldestLetter: Duration.days(10) }), 'Shop/Orders/Alarms')).toMatch(
      /oldestLetter is "10 days", accepted is less than .* 10 days/,
    );
    expect(refusal(() => oldest(letters(), { oldestLetter: Duration.millis(1_500) }), 'Shop/Orders/Alarms')).toMatch(
      /oldestLetter is "1 second 500 millis", .*whole seconds/,
    );
  });

  // CloudWatch keeps the metrics of a queue in the account and the region of the queue, and another queue may have its name.
  test('is not there where the queue is of another account, and refused there', () => {
    const alarms = (options: ProcessorAlarmsOptions) => {
      const scope = new Stack(app(), 'Shop', { env: { account: '111122223333', region: 'eu-west-1' } });
      const queue = sqs.Queue.fromQueueArn(scope, 'Letters', 'arn:aws:sqs:eu-west-1:444455556666:letters');
      processor(scope, { deadLetters: DeadLetters.sqs({ queue }), alarms: options });
      return alarmsOf(Template.fromStack(scope));
    };

    expect(Object.keys(alarms({})).sort()).toEqual(
      Object.keys(alarmsOf(templateOf()))
        .filter((name) => name !== 'oldestLetter')
        .sort(),
    );
    expect(refusal(() => alarms({ oldestLetter: Duration.days(1) }), 'Shop/Orders/Alarms')).toMatch(
      /oldestLetter is "1 day", .*there is no such metric.*another account/,
    );
    expect(alarms({ oldestLetter: false }).oldestLetter).toBeUndefined();
  });

  test('is not there where the queue is of another region', () => {
    class Elsewhere extends DeadLetters {
      bind(scope: Construct): DeadLettersConfig {
        return {
          queue: sqs.Queue.fromQueueArn(scope, 'Far', 'arn:aws:sqs:us-east-1:111122223333:letters'),
          prefix: '',
        };
      }
    }
    const scope = new Stack(app(), 'Shop', { env: { account: '111122223333', region: 'eu-west-1' } });

    processor(scope, { deadLetters: new Elsewhere() });

    expect(alarmsOf(Template.fromStack(scope)).oldestLetter).toBeUndefined();
  });

  test('is not there where no queue is known, and refused there', () => {
    const deadLetters = DeadLetters.s3();

    expect(alarmsOf(templateOf({ deadLetters })).oldestLetter).toBeUndefined();
    const asked = () => templateOf({ deadLetters, alarms: { oldestLetter: Duration.days(1) } });
    expect(refusal(asked, 'Shop/Orders/Alarms')).toMatch(/oldestLetter is "1 day", .*no queue/);
  });
});

describe('thresholds', () => {
  test('are props, each', () => {
    const alarms = alarmsOf(
      templateOf({
        pollers: Pollers.onDemand(),
        alarms: {
          duplicateRate: 0.5,
          recordAge: Duration.hours(1),
          offsetLag: 50_000,
          deadLetters: 10,
          oldestLetter: Duration.hours(12),
          abandoned: 1,
          staleOwners: 2,
          unsavedSuccesses: 3,
          errors: 4,
          throttles: 5,
          open: 6,
          massErrors: 7,
        },
      }),
    );

    expect(Object.fromEntries(Object.entries(alarms).map(([name, { Threshold }]) => [name, Threshold]))).toEqual({
      duplicateRate: 0.5,
      recordAge: 3_600_000,
      offsetLag: 50_000,
      deadLetters: 10,
      oldestLetter: 43_200,
      abandoned: 1,
      staleOwners: 2,
      unsavedSuccesses: 3,
      errors: 4,
      throttles: 5,
      open: 6,
      massErrors: 7,
    });
  });

  test('false leaves one out, and no other', () => {
    const scope = stack();
    const mapping = processor(scope, { alarms: false });
    const names = [...Object.keys(DEFAULTS), 'dropped', 'pollingErrors'];

    for (const name of names) {
      const alarms = new ProcessorAlarms(scope, name, { mapping, [name]: false });

      expect(alarms[name as keyof typeof DEFAULTS]).toBeUndefined();
      expect(alarms.all.map(({ node }) => node.id.toLowerCase()).sort()).toEqual(
        names.flatMap((other) => (other === name ? [] : [other.toLowerCase()])).sort(),
      );
    }
  });

  test.each([
    [{ duplicateRate: -1 }, /duplicateRate is "-1", .*from 0 to 100/],
    [{ duplicateRate: 101 }, /duplicateRate is "101"/],
    [{ duplicateRate: Number.NaN }, /duplicateRate is "NaN"/],
    [{ offsetLag: -1 }, /offsetLag is "-1", .*from 0/],
    [{ deadLetters: 1.5 }, /deadLetters is "1.5"/],
    [{ errors: Number.NaN }, /errors is "NaN"/],
  ] satisfies [ProcessorAlarmsOptions, RegExp][])('%j is refused', (alarms, message) => {
    expect(refusal(() => templateOf({ alarms }), 'Shop/Orders/Alarms')).toMatch(message);
  });

  test('may be known at deployment only', () => {
    const token = Token.asNumber({ Ref: 'Most' });

    const { duplicateRate, offsetLag } = alarmsOf(templateOf({ alarms: { duplicateRate: token, offsetLag: token } }));

    expect([duplicateRate.Threshold, offsetLag.Threshold]).toEqual([{ Ref: 'Most' }, { Ref: 'Most' }]);
  });
});

test('alarms: false makes none', () => {
  const scope = stack();

  expect(processor(scope, { alarms: false }).alarms).toBeUndefined();
  Template.fromStack(scope).resourceCountIs('AWS::CloudWatch::Alarm', 0);
});

describe('actions', () => {
  const ACTION = [{ Ref: 'Pager' }];

  test('are what every alarm does', () => {
    const scope = stack();
    const topic = sns.Topic.fromTopicArn(scope, 'Topic', 'arn:aws:sns:eu-west-1:111122223333:pager');

    processor(scope, { alarms: { actions: [new SnsAction(topic)] } });

    for (const { AlarmActions } of Object.values(alarmsOf(Template.fromStack(scope)))) {
      expect(AlarmActions).toEqual(['arn:aws:sns:eu-west-1:111122223333:pager']);
    }
  });

  test('may come later, for all or for one', () => {
    const scope = stack();
    const action: IAlarmAction = { bind: () => ({ alarmActionArn: Token.asString({ Ref: 'Pager' }) }) };
    const { alarms } = processor(scope);

    alarms?.addActions(action);
    alarms?.abandoned?.addOkAction(action);

    const made = alarmsOf(Template.fromStack(scope));
    for (const { AlarmActions } of Object.values(made)) expect(AlarmActions).toEqual(ACTION);
    expect(made.abandoned.OKActions).toEqual(ACTION);
    expect(made.errors).not.toHaveProperty('OKActions');
  });
});

test('a second mapping gets alarms of its own by the construct alone', () => {
  const scope = stack();
  const returns = new KafkaMapping(scope, 'Returns', {
    function: processor(scope, { alarms: false }).function,
    source: source({ topic: 'returns', consumerGroupId: 'shop-returns' }),
    pollers: Pollers.onDemand(),
  });

  const alarms = new ProcessorAlarms(scope, 'ReturnsAlarms', { mapping: returns });

  expect(alarms.all).toHaveLength(11);
  expect(alarms.oldestLetter).toBeUndefined();
  const made = alarmsOf(Template.fromStack(scope));
  expect(made.deadLetters.Dimensions).toEqual([
    { Name: 'consumer', Value: 'shop-returns' },
    { Name: 'topic', Value: 'returns' },
  ]);
  expect(JSON.stringify(made.errors.Dimensions)).toContain(':Returns-throw');
});

test('so does a function and mapping of the user’s own', () => {
  const scope = stack();

  new ProcessorAlarms(scope, 'OwnAlarms', { mapping: new OwnMapping(scope, 'Own') });

  const made = alarmsOf(Template.fromStack(scope));
  expect(Object.keys(made)).toHaveLength(11);
  expect(made.abandoned.Dimensions).toEqual([
    { Name: 'consumer', Value: 'billing' },
    { Name: 'topic', Value: 'payments' },
  ]);
  expect(Object.values(made).flatMap(metricsOf)).toHaveLength(13);
  expect(only(Template.fromStack(scope), 'AWS::Lambda::EventSourceMapping').Properties).not.toHaveProperty(
    'MetricsConfig',
  );
});
