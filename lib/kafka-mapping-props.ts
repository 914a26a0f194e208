import type { Duration } from 'aws-cdk-lib';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type { FunctionVersion } from './function-version';
import type { KafkaSource } from './kafka-source';
import type { OnFailure } from './on-failure';
import type { Pollers } from './pollers';

/** How a function is called with the records of one topic. */
export interface KafkaMappingOptions {
  /** The topic to read. */
  readonly source: KafkaSource;

  /**
   * Who reads it: `Pollers.provisioned({ minimum, maximum })` or `Pollers.onDemand()`. There is no default, because one
   * costs money and the other brings no partial batch responses.
   */
  readonly pollers: Pollers;

  /**
   * Most records in one invocation, from 1 to 10,000. The function needs at least 192 MB of memory, and 256 MB for more
   * than 1,000 records.
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
   * How many environments of the alias are always initialised, which has its price. Needs `FunctionVersion.CURRENT`, as
   * weights and deployment groups of the alias do: Lambda has none of them on `$LATEST`.
   *
   * @default - none: an environment starts when it is needed
   */
  readonly provisionedConcurrentExecutions?: number;

  /**
   * Raise it when the topic is recreated, while the mapping is disabled and has drained: offsets of the old topic mean
   * nothing in the new one, so the offset ledger (and transactions, whose mark it is) begins anew. What an `identity`
   * has done stays remembered. With a source that begins at `LATEST` the construct warns: the new topic may be read from
   * there.
   *
   * @default 1
   */
  readonly generation?: number;

  /**
   * Whether the service polls. A mapping that is switched on again goes on where it was.
   *
   * @default true
   */
  readonly enabled?: boolean;

  /**
   * Key of the customer that encrypts the source's filters, where it has any. Lambda is let use a key of this app; the
   * policy of an imported one has to let it, and the construct says so. Whoever deploys needs `kms:DescribeKey` and
   * `kms:GenerateDataKey`.
   *
   * @default - a key that Lambda owns
   */
  readonly filterEncryption?: kms.IKey;

  /**
   * The registry whose schemas the service decodes records with, before it filters and delivers them:
   * `GlueSchemaRegistry` or `ConfluentSchemaRegistry` of `aws-cdk-lib/aws-lambda-event-sources`, which also grant the
   * role what that takes. Records that the registry cannot decode are discarded by the service. Only with provisioned
   * pollers.
   *
   * @default - none: the function gets the bytes of the topic
   */
  readonly schemaRegistry?: lambda.ISchemaRegistry;

  /**
   * Which metrics of the mapping the service publishes; `[]`: none. Only with provisioned pollers.
   *
   * @default - all three groups with provisioned pollers: they tell of records that the service discards, and of the lag
   *   of this mapping alone. On demand: none
   */
  readonly metrics?: lambda.MetricType[];

  /**
   * What the pollers write to the function's log group. Only with provisioned pollers.
   *
   * @default EventSourceMappingLogLevel.INFO - with provisioned pollers: which poller has which partitions, for when two
   *   workers meet. On demand: nothing
   */
  readonly logLevel?: lambda.EventSourceMappingLogLevel;

  /**
   * Whether the service splits a batch that fails as a whole and tries the halves, so that a record which crashes or
   * outlasts the function holds fewer others up. It discards nothing. Only with provisioned pollers.
   *
   * @default false
   */
  readonly bisectBatchOnError?: boolean;

  /**
   * That the service may discard records which the function has not finished. Needed for `onFailure`, `retryAttempts` and
   * `maxRecordAge`: the service counts every report of an open record, also of one that only waits for another worker or
   * for its turn, and what it discards has no effect and no dead letter.
   *
   * @default - it discards none: it tries for as long as the topic keeps a record
   */
  readonly serviceMayDiscard?: true;

  /**
   * Where the service sends what it discards. Needs `serviceMayDiscard`, `retryAttempts` and provisioned pollers: with a
   * destination the service makes 10 of endless retries, so their number has to be said.
   *
   * @default - nowhere
   */
  readonly onFailure?: OnFailure;

  /**
   * How often the service tries a batch again before it discards it, from 0 to 10,000; `-1`: endlessly. A number needs
   * `serviceMayDiscard` and provisioned pollers.
   *
   * @default -1 - endlessly
   */
  readonly retryAttempts?: number;

  /**
   * The age at which the service discards a record, counted from its timestamp, in whole seconds from 60 to 7 days. Needs
   * `serviceMayDiscard` and provisioned pollers.
   *
   * @default - records of any age are delivered
   */
  readonly maxRecordAge?: Duration;
}

export interface KafkaMappingProps extends KafkaMappingOptions {
  /**
   * The function to call, with a handler of `processRecords`. It finds its memory and its dead letters in its
   * environment: `KafkaProcessor` puts them there. A role that was imported as fixed is warned about: grant it there.
   */
  readonly function: lambda.Function;
}
