import { Duration, Token } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { KafkaMappingBase } from './kafka-mapping-base';
import { ALARM_TEXTS, type AlarmName } from './private/alarms/alarm-texts';
import { oldestLetter } from './private/alarms/letter-age';
import { publishes } from './private/alarms/mapping-metrics';
import { checkDuration, checkWholeNumber } from './private/check-range';
import { PropsError } from './private/props-error';
import type { ProcessorAlarmsProps } from './processor-alarms-props';

const PERIOD = Duration.minutes(5);
/** Periods in a row that have to be over the threshold. */
const LASTING = 3;
const AT_ONCE = 1;

type Alarm = cloudwatch.Alarm | undefined;
type Metric = cloudwatch.Metric | cloudwatch.MathExpression;

/**
 * The alarms of one mapping. `KafkaProcessor` has its own; a further mapping gets them by this construct.
 *
 * Missing data is no alarm: most of the metrics are published only where something happens. So no alarm here goes off
 * because nothing runs at all, but the offset lag, which the service publishes.
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
  readonly staleOwners: Alarm;
  readonly unsavedSuccesses: Alarm;
  readonly errors: Alarm;
  readonly throttles: Alarm;
  /** All that there are. */
  readonly all: readonly cloudwatch.Alarm[];

  private readonly mapping: KafkaMappingBase;

  constructor(scope: Construct, id: string, props: ProcessorAlarmsProps) {
    super(scope, id);
    const { mapping } = props;
    this.mapping = mapping;
    checkPercent(this, props.duplicateRate);

    this.duplicateRate = this.alarm('duplicateRate', LASTING, props.duplicateRate ?? 5, mapping.metricDuplicateRate());
    const age = props.recordAge ?? Duration.minutes(5);
    if (age !== false) checkDuration(this, 'recordAge', age, 'millis');
    this.recordAge = this.alarm(
      'recordAge',
      LASTING,
      age === false ? age : age.toMilliseconds(),
      mapping.metricRecordAge(),
    );
    this.offsetLag = this.count('offsetLag', LASTING, props.offsetLag ?? 1_000, growing(mapping.metricOffsetLag()));
    this.errors = this.count('errors', LASTING, props.errors ?? 0, mapping.alias.metricErrors());
    this.throttles = this.count('throttles', LASTING, props.throttles ?? 0, mapping.alias.metricThrottles());

    this.deadLetters = this.count('deadLetters', AT_ONCE, props.deadLetters ?? 0, mapping.metricParked());
    this.oldestLetter = this.alarmOfOldestLetter(props.oldestLetter);
    this.dropped = this.alarmOfDropped(props.dropped);
    this.abandoned = this.count('abandoned', AT_ONCE, props.abandoned ?? 0, mapping.metricAbandoned());
    this.staleOwners = this.count('staleOwners', AT_ONCE, props.staleOwners ?? 0, mapping.metricStaleOwner());
    const unsaved = props.unsavedSuccesses ?? 0;
    this.unsavedSuccesses = this.count('unsavedSuccesses', AT_ONCE, unsaved, mapping.metricUnsavedSuccess());

    this.all = this.node.children.filter((child) => child instanceof cloudwatch.Alarm);
    this.addActions(...(props.actions ?? []));
  }

  /** Gives each alarm something more to do when it goes off. */
  addActions(...actions: cloudwatch.IAlarmAction[]): void {
    for (const alarm of this.all) alarm.addAlarmAction(...actions);
  }

  private alarmOfOldestLetter(given: Duration | false | undefined): Alarm {
    const queue = this.mapping.deadLetters?.queue;
    if (queue === undefined) {
      if (given) throw this.cannotSee('oldestLetter', given.toHumanString(), 'The mapping knows of no queue.');
      return undefined;
    }
    const age = given !== false && oldestLetter(this, queue, given).toSeconds();
    return this.alarm('oldestLetter', AT_ONCE, age, queue.metricApproximateAgeOfOldestMessage());
  }

  private alarmOfDropped(given: number | false | undefined): Alarm {
    if (!publishes(this.mapping.mapping, lambda.MetricType.EVENT_COUNT)) {
      const change =
        'Add lambda.MetricType.EVENT_COUNT to the metrics of the mapping, which takes provisioned pollers.';
      if (given !== undefined && given !== false) throw this.cannotSee('dropped', given, change);
      return undefined;
    }
    return this.count('dropped', AT_ONCE, given ?? 0, this.mapping.metricDropped());
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

function checkPercent(scope: Construct, value: number | false | undefined): void {
  if (value === undefined || value === false || Token.isUnresolved(value)) return;
  // The compiler asks for a number too; JavaScript does not.
  if (typeof value === 'number' && value >= 0 && value <= 100) return;
  throw new PropsError(scope, {
    prop: 'duplicateRate',
    received: `${value}`,
    accepted: 'a percentage from 0 to 100',
    change: 'false leaves the alarm out.',
  });
}
