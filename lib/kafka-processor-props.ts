import type { Duration } from 'aws-cdk-lib';
import type * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import type * as logs from 'aws-cdk-lib/aws-logs';
import type { DeadLetters } from './dead-letters';
import type { FunctionVersion } from './function-version';
import type { KafkaSource } from './kafka-source';
import type { Pollers } from './pollers';

export interface KafkaProcessorProps {
  /** Path of the file that exports the handler, absolute or relative to the working directory. esbuild bundles it. */
  readonly entry: string;

  /** The topic to read. */
  readonly source: KafkaSource;

  /**
   * Who reads it: `Pollers.provisioned({ minimum, maximum })` or `Pollers.onDemand()`. There is no default, because one
   * costs money and the other brings no partial batch responses.
   */
  readonly pollers: Pollers;

  /**
   * Name of the export that is the handler.
   *
   * @default 'handler'
   */
  readonly handler?: string;

  /**
   * The memory of what is done. A table of your own needs a string key `id` and no sort key, and should have
   * `expiration` as its time to live.
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
   * Most records in one invocation, from 1 to 10,000.
   *
   * @default - the service's: 100
   */
  readonly batchSize?: number;

  /**
   * How long to gather records for an invocation, in whole seconds, up to 300. Once it was set, taking it away does not
   * bring back the service's default on a mapping that exists.
   *
   * @default - the service's: 500 milliseconds
   */
  readonly maxBatchingWindow?: Duration;

  /**
   * Name of the mapping. It is the first part of the name of the alias that the mapping calls, and of nothing that is
   * remembered.
   *
   * @default - the construct's id, with `-` for what an alias cannot hold
   */
  readonly mappingName?: string;

  /**
   * What the mapping's alias points at.
   *
   * @default FunctionVersion.LATEST
   */
  readonly version?: FunctionVersion;

  /**
   * How long an `identity` is remembered as done, in whole seconds; the offset ledger forgets nothing. It should be
   * longer than the topic keeps records, and less than that, or than 7 days, is warned about.
   *
   * @default - 14 days, or a day longer than the source's `topicRetention` where that is more
   */
  readonly rememberFor?: Duration;

  /**
   * Raise it when the topic is recreated, while the mapping is disabled and has drained: offsets of the old topic mean
   * nothing in the new one, so the offset ledger (and transactions, whose mark it is) begins anew. What an `identity`
   * has done stays remembered.
   *
   * @default 1
   */
  readonly generation?: number;

  /**
   * How long logs are kept.
   *
   * @default RetentionDays.ONE_MONTH - twice as long as a record is remembered by default, so that what happened to it
   *   first can still be read when it comes again
   */
  readonly logRetention?: logs.RetentionDays;
}
