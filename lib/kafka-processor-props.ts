import type { Duration } from 'aws-cdk-lib';
import type * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as logs from 'aws-cdk-lib/aws-logs';
import type { DeadLetters } from './dead-letters';
import type { KafkaMappingOptions } from './kafka-mapping-props';
import type { ProcessorAlarmsOptions } from './processor-alarms-props';

/** A function over the records of a topic, with all that it needs. */
export interface KafkaProcessorProps extends KafkaMappingOptions {
  /**
   * Path of the file that exports the handler, absolute or relative to the working directory. esbuild bundles it. Either
   * this or `function`.
   *
   * @default - `function` is given
   */
  readonly entry?: string;

  /**
   * A function of your own, with a handler of `processRecords`, such as an `OnceFunction`. The processor tells it in its
   * environment what it has to know, and grants its role what it needs. In another stack than the processor it needs a
   * `table` and `deadLetters` that are not made here. A role that was imported as fixed is warned about: grant it there.
   *
   * @default - a function of the processor's own, from `entry`
   */
  readonly function?: lambda.Function;

  /**
   * Name of the export that is the handler.
   *
   * @default 'handler'
   */
  readonly handler?: string;

  /**
   * The memory of what is done. A table of your own needs a string key `id` and no sort key, `expiration` as its time to
   * live, and one region. Where it has a key of the customer, that key has to be known to it, or no record can be
   * claimed: for an imported table give `encryptionKey` to `TableV2.fromTableAttributes()`.
   *
   * @default - an `IdempotencyTable` of the processor's own
   */
  readonly table?: dynamodb.ITable;

  /**
   * Where records go that can never work, or have failed too often.
   *
   * @default DeadLetters.sqs() - a queue of the processor's own, and a bucket for letters that are too large for it
   */
  readonly deadLetters?: DeadLetters;

  /**
   * Time that one invocation has. At most 14 minutes: the limit of a function behind a Kafka mapping.
   *
   * @default Duration.seconds(60) - enough to outwait the claim of a worker that died (a lease of 30 s and the clocks'
   *   skew) and still to do work, and short enough that a hanging call holds its partitions for a minute only
   */
  readonly timeout?: Duration;

  /**
   * Memory of the function in MB. Lambda gives CPU in proportion to it.
   *
   * @default 1024 - more than half a CPU: requests to the store are bound by the client's CPU, and a batch of 6 MB
   *   decodes beside its own text without coming near the memory
   */
  readonly memorySize?: number;

  /**
   * Environment variables of your own. `MSK_ONCE_…` are the construct's, and what turns idempotency off is refused.
   *
   * @default - only the construct's own
   */
  readonly environment?: { [name: string]: string };

  /**
   * The network that the function enters, for effects that are there. The pollers do not: they use that of the brokers.
   * The table, the queue and the bucket have to be reached from it, through endpoints or a NAT gateway.
   *
   * @default - none: the function reaches public endpoints only
   */
  readonly vpc?: ec2.IVpc;

  /**
   * Which of its subnets.
   *
   * @default - the private ones
   */
  readonly vpcSubnets?: ec2.SubnetSelection;

  /**
   * What the function may connect to in its network.
   *
   * @default - a security group of the function's own, which lets everything out; `processor.connections` opens others
   */
  readonly securityGroups?: ec2.ISecurityGroup[];

  /**
   * Whether X-Ray traces invocations. The role may then send traces of any kind: X-Ray has no resources to name.
   *
   * @default - it does not, or with `adotInstrumentation` it does
   */
  readonly tracing?: lambda.Tracing;

  /**
   * The layer of the AWS Distro for OpenTelemetry. Clients inside the bundle are not instrumented by it, since it
   * replaces packages as they are loaded.
   *
   * @default - none
   */
  readonly adotInstrumentation?: lambda.AdotInstrumentationConfig;

  /**
   * Key of yours for all that the processor makes and that holds data: table, queue, bucket, log group, the function's
   * environment, and the filters of the mapping. Its policy is told of CloudWatch Logs and of Lambda's filters; an
   * imported key's has to know.
   *
   * @default - keys of each service
   */
  readonly encryptionKey?: kms.IKey;

  /**
   * How long an `identity` is remembered as done, in whole seconds; the offset ledger forgets nothing. Shorter than the
   * `topicRetention` of a source is refused, and where that is not known shorter than 7 days is warned about.
   *
   * @default - 14 days, or a day longer than the source's `topicRetention` where that is more
   */
  readonly rememberFor?: Duration;

  /**
   * How long logs are kept.
   *
   * @default RetentionDays.ONE_MONTH - twice as long as a record is remembered by default, so that what happened to it
   *   first can still be read when it comes again
   */
  readonly logRetention?: logs.RetentionDays;

  /**
   * Thresholds and actions of its alarms. `false`: no alarms.
   *
   * @default - every alarm of `ProcessorAlarms` that can go off, without an action: CloudWatch bills each, about ten
   */
  readonly alarms?: ProcessorAlarmsOptions | false;
}
