import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { METRIC_DIMENSIONS, METRIC_NAMESPACE, METRIC_UNITS, METRICS, type MetricName } from '../contract/metrics';
import type { DeadLettersConfig } from './dead-letters';
import { publishes } from './private/alarms/mapping-metrics';
import { mappingIdOf } from './private/mapping/mapping-id';
import type { ProcessorAlarms } from './processor-alarms';

const { MAXIMUM, SUM } = cloudwatch.Stats;

/**
 * What is known of a function that is called with the records of one topic, and what can be asked about it.
 *
 * Its metrics count what happens to the records of this consumer and this topic. Where nothing is said, the statistic is
 * the sum and the period 5 minutes. Most are published only where they are above 0: docs/observation.md has the table.
 */
export abstract class KafkaMappingBase extends Construct implements iam.IGrantable, ec2.IConnectable {
  abstract readonly function: lambda.Function;
  /** The mapping calls the function through it. Its name tells the runtime the mapping and the response mode. */
  abstract readonly alias: lambda.Alias;
  abstract readonly mapping: lambda.EventSourceMapping;
  abstract readonly mappingName: string;
  /** The consumer group id: it owns the offsets in Kafka and the memory of what is done. */
  abstract readonly consumer: string;
  abstract readonly topic: string;
  /** Where the letters of records that were given up are, where this construct knows it. */
  readonly deadLetters: DeadLettersConfig | undefined = undefined;
  /** Alarms of its own, which a dashboard shows. */
  readonly alarms: ProcessorAlarms | undefined = undefined;

  get grantPrincipal(): iam.IPrincipal {
    return this.function.grantPrincipal;
  }

  /** Of the function in a network of yours. The pollers are not there: they use the network of the brokers. */
  get connections(): ec2.Connections {
    return this.function.connections;
  }

  /**
   * A metric that the runtime publishes: the sum of counts, the maximum of times.
   *
   * @param metricName one of `METRICS`, such as `Duplicates`
   */
  metric(metricName: string, props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return new cloudwatch.Metric({
      namespace: METRIC_NAMESPACE,
      metricName,
      dimensionsMap: Object.fromEntries(METRIC_DIMENSIONS.map((name) => [name, this[name]])),
      statistic: METRIC_UNITS[metricName as MetricName] === 'Milliseconds' ? MAXIMUM : SUM,
      ...props,
    }).attachTo(this);
  }

  /** Records that ran and were marked. */
  metricRecordsDone(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(METRICS.recordsDone, props);
  }

  /** Records that were done before. */
  metricDuplicates(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(METRICS.duplicates, props);
  }

  /**
   * What percentage of the records was done before. Records that are given up are not counted: nothing is published of
   * them where there are none, and a sum with a gap in it is a gap. 0 where no record came.
   */
  metricDuplicateRate(props?: cloudwatch.MathExpressionOptions): cloudwatch.MathExpression {
    // Ids are unique in a graph, which may show this rate of several mappings.
    const [done, duplicates, open] = ['done', 'duplicates', 'open'].map(
      (name) => `${name}_${this.node.addr.slice(-8)}`,
    );
    const all = `(${done} + ${duplicates} + ${open})`;
    return new cloudwatch.MathExpression({
      expression: `IF(${all} > 0, 100 * ${duplicates} / ${all}, 0)`,
      usingMetrics: {
        [`${done}`]: this.metricRecordsDone() as cloudwatch.IMetric,
        [`${duplicates}`]: this.metricDuplicates() as cloudwatch.IMetric,
        [`${open}`]: this.metricOpen() as cloudwatch.IMetric,
      },
      label: 'Duplicates in percent',
      period: Duration.minutes(5),
      ...props,
    });
  }

  /** Records that became dead letters, or were one already. */
  metricParked(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(METRICS.parked, props);
  }

  /** Records that are delivered again. */
  metricOpen(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(METRICS.open, props);
  }

  /** Claims and partitions taken over from a worker that did not give them back. */
  metricTakeovers(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(METRICS.takeovers, props);
  }

  /** Claims and partitions that another worker took over from a running one. */
  metricStaleOwner(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(METRICS.staleOwner, props);
  }

  /** Effects that happened and whose mark was not saved: they happen again. */
  metricUnsavedSuccess(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(METRICS.unsavedSuccess, props);
  }

  /** From a record's timestamp to its start, in milliseconds; the maximum. */
  metricRecordAge(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(METRICS.recordAgeMs, props);
  }

  /** Runs that ended without success and count. */
  metricAttempts(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(METRICS.attempts, props);
  }

  /** Open offsets that the service gave up on. */
  metricAbandoned(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(METRICS.abandoned, props);
  }

  /** Partitions whose batch began above a record that is known to be open. */
  metricOrderGap(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(METRICS.orderGap, props);
  }

  /** How long a lane waited for another worker, in milliseconds; the maximum. */
  metricLaneWait(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(METRICS.laneWaitMs, props);
  }

  /** Invocations that stopped because too many records failed alike. */
  metricMassErrors(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(METRICS.massErrors, props);
  }

  /**
   * A metric of the service about this mapping, such as `CommittedEventCount`. It is published where the mapping's
   * `metrics` name its group (docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html).
   */
  metricMapping(metricName: string, props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return new cloudwatch.Metric({
      namespace: 'AWS/Lambda',
      metricName,
      dimensionsMap: { EventSourceMappingUUID: mappingIdOf(this.mapping) },
      statistic: SUM,
      ...props,
    }).attachTo(this);
  }

  /** Records that the service discarded. Published where the mapping's `metrics` have `EventCount`. */
  metricDropped(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metricMapping('DroppedEventCount', props);
  }

  /**
   * How many records of the topic are not processed yet; the maximum. The mapping's own, over all partitions, where its
   * `metrics` have `KafkaMetrics`, else that of the function, which several mappings share.
   */
  metricOffsetLag(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    const options = { statistic: MAXIMUM, ...props };
    return publishes(this.mapping, lambda.MetricType.KAFKA_METRICS)
      ? this.metricMapping('SumOffsetLag', options)
      : this.function.metric('OffsetLag', options);
  }
}
