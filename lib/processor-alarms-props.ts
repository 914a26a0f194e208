import type { Duration } from 'aws-cdk-lib';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { KafkaMappingBase } from './kafka-mapping-base';

/**
 * The threshold of each alarm: it goes off above it. `false` leaves the alarm out.
 *
 * What may pass by itself (rates, ages, errors) has to last for 15 minutes; what has happened for good alarms in the 5
 * minutes in which it happened.
 */
export interface ProcessorAlarmsOptions {
  /**
   * What every alarm does when it goes off, such as `new SnsAction(topic)`.
   *
   * @default - nothing: the alarms can be seen, and `addActions` gives them something to do
   */
  readonly actions?: cloudwatch.IAlarmAction[];

  /**
   * Percentage of records that were done before, from 0 to 100.
   *
   * @default 5
   */
  readonly duplicateRate?: number | false;

  /**
   * Time from a record's timestamp to its start.
   *
   * @default Duration.minutes(5)
   */
  readonly recordAge?: Duration | false;

  /**
   * Records that are not processed yet. Only a number that grows alarms.
   *
   * @default 1000
   */
  readonly offsetLag?: number | false;

  /**
   * Records that are given up, or were before, within 5 minutes. Counted by the function, so wherever the letters are.
   *
   * @default 0
   */
  readonly deadLetters?: number | false;

  /**
   * Age of the oldest letter in the queue of dead letters, in whole seconds.
   *
   * @default - half of the time that the queue keeps letters: 7 days of 14 in a queue of the processor's own, 2 days
   *   where that time is not known. No alarm where the mapping knows of no queue, or the queue is of another account
   */
  readonly oldestLetter?: Duration | false;

  /**
   * Records that the service discarded within 5 minutes.
   *
   * @default 0 - no alarm where the `metrics` of the mapping lack `EventCount`
   */
  readonly dropped?: number | false;

  /**
   * Open records that the service gave up on, within 5 minutes.
   *
   * @default 0
   */
  readonly abandoned?: number | false;

  /**
   * Invocations that stopped because too many records failed alike, within 5 minutes.
   *
   * @default 0
   */
  readonly massErrors?: number | false;

  /**
   * Claims and partitions that were taken over from a worker that still ran, within 5 minutes.
   *
   * @default 0
   */
  readonly staleOwners?: number | false;

  /**
   * Effects whose mark was not saved, within 5 minutes.
   *
   * @default 0
   */
  readonly unsavedSuccesses?: number | false;

  /**
   * Invocations through the mapping's alias that failed, within 5 minutes.
   *
   * @default 0
   */
  readonly errors?: number | false;

  /**
   * Invocations through the mapping's alias that were refused for want of concurrency, within 5 minutes.
   *
   * @default 0
   */
  readonly throttles?: number | false;

  /**
   * Records that were left open, and so are delivered again, within 5 minutes.
   *
   * @default 0
   */
  readonly open?: number | false;

  /**
   * Failed attempts of the pollers to read the topic, within 5 minutes.
   *
   * @default 0 - no alarm where the `metrics` of the mapping lack `ErrorCount`
   */
  readonly pollingErrors?: number | false;
}

export interface ProcessorAlarmsProps extends ProcessorAlarmsOptions {
  /** A processor, a further mapping of it, or what you derived from `KafkaMappingBase`. */
  readonly mapping: KafkaMappingBase;
}
