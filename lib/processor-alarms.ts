import { Duration, Token } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { KafkaMappingBase } from './kafka-mapping-base';
import { ALARM_TEXTS, type AlarmName } from './private/alarms/alarm-texts';
import { oldestLetter } from './private/alarms/letter-age';
import { publishes } from './private/alarms/mapping-metrics';
import { watchedQueue } from './private/alarms/watched-queue';
import { checkKind, checkProps } from './private/check-kinds';
import { checkDuration, checkWholeNumber } from './private/check-range';
import { having, listOf, MAPPING } from './private/kinds';
import { PropsError } from './private/props-error';
import type { ProcessorAlarmsProps } from './processor-alarms-props';

const PERIOD = Duration.minutes(5);
/** Periods in a row that have to be over the threshold. */
const LASTING = 3;
const AT_ONCE = 1;

const ACTIONS = listOf(
  having('bind', 'an alarm action', 'Write new SnsAction(topic), of aws-cdk-lib/aws-cloudwatch-actions.'),
);

/** Metrics of the service: each is published where the mapping's `metrics` have its group. */
const OF_SERVICE = {
  dropped: { metricName: 'DroppedEventCount', group: 'EVENT_COUNT' },
  pollingErrors: { metricName: 'PollingErrorCount', group: 'ERROR_COUNT' },
} as const;

type Alarm = cloudwatch.Alarm | undefined;
type Metric = cloudwatch.Metric | cloudwatch.MathExpression;

/**
 * The alarms of one mapping. `KafkaProcessor` has its own; a further mapping gets them by this construct.
 *
 * Missing data is no alarm: most of the metrics are published only where something happens. So of a function that is not
 * called at all only the service can tell: by the offset lag, and by errors of its pollers.
 *
 * @example
 * new ProcessorAlarms(stack, 'ReturnsAlarms', { mapping: returns, recordAge: Duration.hours(1), throttles: false });
 */
export class ProcessorAlarms extends Construct {
  // Each undefined where it is left out.
  readonly duplicateRate: Alarm;
  readonly recordAge: Alarm;
  readonly offsetLag: Alarm;
  readonly deadLetters: Alarm;
  readonly oldestLetter: Alarm;
  readonly dropped: Alarm;
  readonly abandoned: Alarm;
  readonly massErrors: Alarm;
  readonly staleOwners: Alarm;
  readonly unsavedSuccesses: Alarm;
  readonly errors: Alarm;
  readonly throttles: Alarm;
  readonly open: Alarm;
  readonly pollingErrors: Alarm;
  /** All that there are. */
  readonly all: readonly cloudwatch.Alarm[];

  private readonly mapping: KafkaMappingBase;

  constructor(scope: Construct, id: string, props: ProcessorAlarmsProps) {
    super(scope, id);
    checkProps(this, 'props', props, 'new ProcessorAlarms(scope, id, { mapping })');
    const { mapping, duplicateRate = 5, recordAge: age = Duration.minutes(5), actions = [] } = props;
    const { offsetLag = 1_000, errors = 0, throttles = 0, deadLetters = 0 } = props;
    const { abandoned = 0, massErrors = 0, staleOwners = 0, unsavedSuccesses = 0, open = 0 } = props;
    checkKind(this, 'mapping', mapping, MAPPING);
    checkKind(this, 'actions', actions, ACTIONS);
    this.mapping = mapping;
    checkPercent(this, duplicateRate);

    this.duplicateRate = this.alarm('duplicateRate', LASTING, duplicateRate, mapping.metricDuplicateRate());
    if (age !== false) checkDuration(this, 'recordAge', age, 'millis');
    this.recordAge = this.alarm(
      'recordAge',
      LASTING,
      age === false ? age : age.toMilliseconds(),
      mapping.metricRecordAge(),
    );
    this.offsetLag = this.count('offsetLag', LASTING, offsetLag, growing(mapping.metricOffsetLag()));
    this.errors = this.count('errors', LASTING, errors, mapping.alias.metricErrors());
    this.throttles = this.count('throttles', LASTING, throttles, mapping.alias.metricThrottles());
    this.open = this.count('open', LASTING, open, mapping.metricOpen());
    this.pollingErrors = this.countOfService('pollingErrors', LASTING, props.pollingErrors);

    this.deadLetters = this.count('deadLetters', AT_ONCE, deadLetters, mapping.metricParked());
    this.oldestLetter = this.alarmOfOldestLetter(props.oldestLetter);
    this.dropped = this.countOfService('dropped', AT_ONCE, props.dropped);
    this.abandoned = this.count('abandoned', AT_ONCE, abandoned, mapping.metricAbandoned());
    this.massErrors = this.count('massErrors', AT_ONCE, massErrors, mapping.metricMassErrors());
    this.staleOwners = this.count('staleOwners', AT_ONCE, staleOwners, mapping.metricStaleOwner());
    this.unsavedSuccesses = this.count('unsavedSuccesses', AT_ONCE, unsavedSuccesses, mapping.metricUnsavedSuccess());

    this.all = this.node.children.filter((child) => child instanceof cloudwatch.Alarm);
    this.addActions(...actions);
  }

  /** Gives each alarm something more to do when it goes off. */
  addActions(...actions: cloudwatch.IAlarmAction[]): void {
    checkKind(this, 'actions', actions, ACTIONS);
    for (const alarm of this.all) alarm.addAlarmAction(...actions);
  }

  private alarmOfOldestLetter(given: Duration | false | undefined): Alarm {
    if (given !== false) checkDuration(this, 'oldestLetter', given);
    const { deadLetters } = this.mapping;
    const queue = watchedQueue(this, deadLetters);
    if (queue === undefined) {
      const change = deadLetters?.queue
        ? 'Make the alarm beside the queue, which is of another account or region.'
        : 'The mapping knows of no queue.';
      if (given) throw this.cannotSee('oldestLetter', given.toHumanString(), change);
      return undefined;
    }
    const age = given !== false && oldestLetter(this, queue, given).toSeconds();
    return this.alarm('oldestLetter', AT_ONCE, age, queue.metricApproximateAgeOfOldestMessage());
  }

  private countOfService(name: keyof typeof OF_SERVICE, periods: number, given: number | false | undefined): Alarm {
    const { metricName, group } = OF_SERVICE[name];
    if (publishes(this.mapping.mapping, lambda.MetricType[group])) {
      return this.count(name, periods, given === undefined ? 0 : given, this.mapping.metricMapping(metricName));
    }
    if (given === undefined || given === false) return undefined;
    const change = `Add lambda.MetricType.${group} to the metrics of the mapping, which takes provisioned pollers.`;
    throw this.cannotSee(name, given, change);
  }

  private count(name: AlarmName, periods: number, threshold: number | false, metric: Metric): Alarm {
    if (threshold !== false) checkWholeNumber(this, name, threshold, { minimum: 0 }, 'false leaves the alarm out.');
    return this.alarm(name, periods, threshold, metric);
  }

  private alarm(name: AlarmName, periods: number, threshold: number | false, metric: Metric): Alarm {
    if (threshold === false) return undefined;
    const { consumer, topic } = this.mapping;
    return new cloudwatch.Alarm(this, `${name.charAt(0).toUpperCase()}${name.slice(1)}`, {
      metric: metric.with({ period: PERIOD }) as cloudwatch.IMetric,
      threshold,
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: periods,
      treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
      alarmDescription: `Consumer ${consumer}, topic ${topic}. ${ALARM_TEXTS[name]} (msk-once, docs/observation.md, Alarms)`,
    });
  }

  private cannotSee(prop: AlarmName, received: unknown, change: string): PropsError {
    return new PropsError(this, { prop, received, accepted: 'false, or nothing: there is no such metric', change });
  }
}

/** The lag where it is higher than a period before, else 0. */
function growing(lag: cloudwatch.Metric): cloudwatch.MathExpression {
  return new cloudwatch.MathExpression({
    expression: 'IF(DIFF(lag) > 0, lag, 0)',
    usingMetrics: { lag: lag as cloudwatch.IMetric },
    label: 'Offset lag that grows',
  });
}

function checkPercent(scope: Construct, value: number | false): void {
  if (value === false || Token.isUnresolved(value)) return;
  // The compiler asks for a number too; JavaScript does not.
  if (typeof value === 'number' && value >= 0 && value <= 100) return;
  throw new PropsError(scope, {
    prop: 'duplicateRate',
    received: `${value}`,
    accepted: 'a percentage from 0 to 100',
    change: 'false leaves the alarm out.',
  });
}
