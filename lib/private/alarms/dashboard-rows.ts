import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import type { KafkaMappingBase } from '../../kafka-mapping-base';
import { publishes } from './mapping-metrics';
import { watchedQueue } from './watched-queue';

const WHOLE_WIDTH = 24;
const P99 = { statistic: cloudwatch.Stats.percentile(99), label: 'p99' };
const MAXIMUM = { statistic: cloudwatch.Stats.MAXIMUM, label: 'highest' };

type Metric = cloudwatch.Metric | cloudwatch.MathExpression;

/** What a dashboard shows of one mapping. */
export function dashboardRows(mapping: KafkaMappingBase): cloudwatch.IWidget[][] {
  return [heading(mapping), records(mapping), troubles(mapping), service(mapping)].filter((row) => row.length > 0);
}

function heading({ alarms, consumer, topic }: KafkaMappingBase): cloudwatch.IWidget[] {
  const markdown = `## ${topic}\nread by ${consumer}`;
  const title = new cloudwatch.TextWidget({ markdown, width: WHOLE_WIDTH, height: 2 });
  if (alarms === undefined || alarms.all.length === 0) return [title];
  const shown = alarms.all as readonly cloudwatch.IAlarm[];
  return [
    title,
    new cloudwatch.AlarmStatusWidget({ title: 'Alarms', alarms: [...shown], width: WHOLE_WIDTH, height: 4 }),
  ];
}

function records(mapping: KafkaMappingBase): cloudwatch.IWidget[] {
  const { alarms } = mapping;
  const outcomes = [
    mapping.metricRecordsDone({ label: 'done' }),
    mapping.metricDuplicates({ label: 'duplicate' }),
    mapping.metricParked({ label: 'parked' }),
    mapping.metricOpen({ label: 'open' }),
  ];
  return [
    graph('What became of the records', outcomes, { stacked: true }),
    graph('Duplicates (percent)', [mapping.metricDuplicateRate()], line(alarms?.duplicateRate)),
    graph(
      'Age of records at their start (ms)',
      [mapping.metricRecordAge(MAXIMUM), mapping.metricRecordAge(P99)],
      line(alarms?.recordAge),
    ),
    graph('Offset lag (records)', [mapping.metricOffsetLag()], line(alarms?.offsetLag)),
  ];
}

function troubles(mapping: KafkaMappingBase): cloudwatch.IWidget[] {
  const { alias, deadLetters } = mapping;
  const queue = watchedQueue(mapping, deadLetters);
  const letters = queue && {
    right: [queue.metricApproximateNumberOfMessagesVisible({ label: 'in the queue' }) as cloudwatch.IMetric],
  };
  return [
    graph('Dead letters', [mapping.metricParked({ label: 'parked' })], letters),
    graph('Workers and marks', [
      mapping.metricTakeovers(),
      mapping.metricStaleOwner(),
      mapping.metricUnsavedSuccess(),
      mapping.metricAbandoned(),
      mapping.metricOrderGap(),
    ]),
    graph('Errors', [
      alias.metricErrors({ label: 'invocations that failed' }),
      alias.metricThrottles({ label: 'invocations refused' }),
      mapping.metricAttempts({ label: 'attempts that count' }),
      mapping.metricMassErrors({ label: 'stopped for mass errors' }),
    ]),
    graph('Duration (ms)', [
      alias.metricDuration(MAXIMUM),
      alias.metricDuration(P99),
      mapping.metricLaneWait({ label: 'longest wait for another worker' }),
    ]),
  ];
}

/** Of each group that the mapping publishes (docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html). */
function service(mapping: KafkaMappingBase): cloudwatch.IWidget[] {
  const groups: [lambda.MetricType, string, string[]][] = [
    [
      lambda.MetricType.EVENT_COUNT,
      'Records that the service counts',
      ['Polled', 'FilteredOut', 'Invoked', 'FailedInvoke', 'Dropped', 'OnFailureDestinationDelivered', 'Committed'].map(
        (name) => `${name}EventCount`,
      ),
    ],
    [
      lambda.MetricType.ERROR_COUNT,
      'Errors that the service counts',
      ['Polling', 'Invoke', 'OnFailureDestinationDelivery', 'SchemaRegistry', 'Commit'].map(
        (name) => `${name}ErrorCount`,
      ),
    ],
  ];
  return groups
    .filter(([group]) => publishes(mapping.mapping, group))
    .map(([, title, names]) =>
      graph(
        title,
        names.map((name) => mapping.metricMapping(name)),
        { width: WHOLE_WIDTH / 2 },
      ),
    );
}

/** The threshold, where there is an alarm. */
function line(alarm: cloudwatch.Alarm | undefined): cloudwatch.GraphWidgetProps {
  return alarm === undefined ? {} : { leftAnnotations: [{ value: thresholdOf(alarm), label: 'alarm' }] };
}

function thresholdOf(alarm: cloudwatch.Alarm): number {
  return (alarm.node.defaultChild as cloudwatch.CfnAlarm).threshold as number;
}

function graph(
  title: string,
  left: readonly Metric[],
  props: cloudwatch.GraphWidgetProps = {},
): cloudwatch.GraphWidget {
  return new cloudwatch.GraphWidget({
    title,
    left: [...left] as cloudwatch.IMetric[],
    width: WHOLE_WIDTH / 4,
    ...props,
  });
}
