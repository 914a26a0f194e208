import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { MetricType } from 'aws-cdk-lib/aws-lambda';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { METRICS } from '../../contract/metrics';
import { DeadLetters, ProcessorDashboard } from '../../lib';
import { OwnMapping } from './fixture/own-mapping';
import { app, type Json, only, processor, stack } from './fixture/stack';

/** The widgets, with `{…}` for what is known at deployment only. */
function widgetsOf(scope: Stack): Json[] {
  const { DashboardBody } = only(Template.fromStack(scope), 'AWS::CloudWatch::Dashboard').Properties;
  const [, parts] = DashboardBody['Fn::Join'];
  return JSON.parse(parts.map((part: Json) => (typeof part === 'string' ? part : '{…}')).join('')).widgets;
}

const titles = (widgets: Json[]) => widgets.map(({ properties }) => properties.title ?? properties.markdown);

/** Names of the metrics that are drawn. An entry that repeats its neighbour's has dots; here none is taken apart. */
const drawn = (widget: Json) =>
  (widget.properties.metrics as Json[][]).flatMap(([namespace, name]) => (typeof namespace === 'string' ? [name] : []));

const named = (widgets: Json[], title: string) => widgets.find(({ properties }) => properties.title === title);

const ROWS = [
  'What became of the records',
  'Duplicates (percent)',
  'Age of records at their start (ms)',
  'Offset lag (records)',
  'Dead letters',
  'Workers and marks',
  'Errors',
  'Duration (ms)',
];

describe('a dashboard', () => {
  test('has the same rows for every mapping, in the order given', () => {
    const scope = stack();
    const mappings = [processor(scope), new OwnMapping(scope, 'Own')];

    new ProcessorDashboard(scope, 'Dashboard', { mappings });

    expect(titles(widgetsOf(scope)).filter((title) => !/service/.test(title))).toEqual([
      '## orders\nread by Shop-Orders',
      'Alarms',
      ...ROWS,
      '## payments\nread by billing',
      ...ROWS,
    ]);
  });

  test('shows every metric of the runtime', () => {
    const scope = stack();

    new ProcessorDashboard(scope, 'Dashboard', { mappings: [processor(scope)] });

    const names = widgetsOf(scope)
      .filter(({ properties }) => properties.metrics)
      .flatMap(drawn);
    expect(names).toEqual(expect.arrayContaining(Object.values(METRICS)));
  });

  test('draws the lines of the alarms that there are', () => {
    const scope = stack();
    const alarms = { duplicateRate: 7, recordAge: false, offsetLag: 9_000 } as const;

    new ProcessorDashboard(scope, 'Dashboard', { mappings: [processor(scope, { alarms })] });

    const widgets = widgetsOf(scope);
    const line = (title: string) => named(widgets, title).properties.annotations?.horizontal;
    expect(line('Duplicates (percent)')).toEqual([expect.objectContaining({ value: 7 })]);
    expect(line('Offset lag (records)')).toEqual([expect.objectContaining({ value: 9_000 })]);
    expect(line('Age of records at their start (ms)')).toBeUndefined();
  });

  test('shows how many letters are in the queue, where there is one', () => {
    const [queue, bucket] = [DeadLetters.sqs(), DeadLetters.s3()].map((deadLetters) => {
      const scope = stack();
      new ProcessorDashboard(scope, 'Dashboard', { mappings: [processor(scope, { deadLetters })] });
      return drawn(named(widgetsOf(scope), 'Dead letters'));
    });

    expect(queue).toEqual(['Parked', 'ApproximateNumberOfMessagesVisible']);
    expect(bucket).toEqual(['Parked']);
  });

  test('shows no letters of a queue of another account, whose metrics are there', () => {
    const scope = new Stack(app(), 'Shop', { env: { account: '111122223333', region: 'eu-west-1' } });
    const queue = sqs.Queue.fromQueueArn(scope, 'Letters', 'arn:aws:sqs:eu-west-1:444455556666:letters');

    new ProcessorDashboard(scope, 'Dashboard', {
      mappings: [processor(scope, { deadLetters: DeadLetters.sqs({ queue }) })],
    });

    expect(drawn(named(widgetsOf(scope), 'Dead letters'))).toEqual(['Parked']);
  });

  // Lambda Developer Guide, monitoring-metrics-types: metrics of event source mappings that read Kafka.
  test('shows each metric of the two groups that the service counts in', () => {
    const scope = stack();

    new ProcessorDashboard(scope, 'Dashboard', { mappings: [processor(scope)] });

    expect(drawn(named(widgetsOf(scope), 'Records that the service counts'))).toEqual([
      'PolledEventCount',
      'FilteredOutEventCount',
      'InvokedEventCount',
      'FailedInvokeEventCount',
      'DroppedEventCount',
      'OnFailureDestinationDeliveredEventCount',
      'CommittedEventCount',
    ]);
    expect(drawn(named(widgetsOf(scope), 'Errors that the service counts'))).toEqual([
      'PollingErrorCount',
      'InvokeErrorCount',
      'OnFailureDestinationDeliveryErrorCount',
      'SchemaRegistryErrorCount',
      'CommitErrorCount',
    ]);
  });

  test.each([
    ['nothing', undefined, []],
    ['records', [MetricType.EVENT_COUNT], ['Records that the service counts']],
    ['errors', [MetricType.ERROR_COUNT], ['Errors that the service counts']],
  ])('shows what the service counts, where the mapping publishes it: %s', (_, metrics, expected) => {
    const scope = stack();

    new ProcessorDashboard(scope, 'Dashboard', { mappings: [new OwnMapping(scope, 'Own', metrics)] });

    expect(titles(widgetsOf(scope)).filter((title) => /service/.test(title))).toEqual(expected);
  });

  test('is one of CloudWatch: it takes a name, and widgets and mappings later', () => {
    const scope = stack();
    const dashboard = new ProcessorDashboard(scope, 'Dashboard', { dashboardName: 'shop', mappings: [] });

    dashboard.addWidgets(new cloudwatch.TextWidget({ markdown: 'ours' }));
    dashboard.addMapping(new OwnMapping(scope, 'Own'));

    expect(only(Template.fromStack(scope), 'AWS::CloudWatch::Dashboard').Properties.DashboardName).toBe('shop');
    expect(titles(widgetsOf(scope)).slice(0, 2)).toEqual(['ours', '## payments\nread by billing']);
  });
});
