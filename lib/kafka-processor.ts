import { Duration, Stack } from 'aws-cdk-lib';
import type * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { ENVIRONMENT, type Mappings } from '../contract/environment';
import { DeadLetters, type DeadLettersConfig } from './dead-letters';
import { FunctionVersion } from './function-version';
import { IdempotencyTable } from './idempotency-table';
import type { KafkaProcessorProps } from './kafka-processor-props';
import type { KafkaSourceConfig } from './kafka-source';
import type { PollersConfig } from './pollers';
import { bundlingFor } from './private/bundling';
import { checkProcessorProps } from './private/check-processor-props';
import { defaultConsumerGroupId } from './private/default-consumer-group-id';
import { grantClaims } from './private/grant-claims';
import { grantLetters, grantReadingLetters } from './private/grant-letters';
import { lettersPlace } from './private/letters-place';
import { aliasName, mappingName } from './private/mapping-name';
import { rememberFor, warnOfShortMemory } from './private/remember-for';

// Casts to aws-cdk-lib's interfaces: under exactOptionalPropertyTypes its own classes do not satisfy them.

/**
 * A function that acts once on each record of a Kafka topic, with all that this needs: the event source mapping, the
 * memory of what is done, dead letters, a log group, and a role with no permission beyond.
 *
 * The service retries for as long as the topic keeps a record and discards nothing: there is no on-failure destination,
 * no limit of retries or age, no bisect.
 *
 * What the effects need is granted to the processor by you, also where they are writes that the runtime commits
 * (`transaction: true`): `dynamodb:UpdateItem` for an Update, and `PutItem`, `DeleteItem`, `ConditionCheckItem` likewise,
 * as `table.grant(processor, 'dynamodb:UpdateItem')`.
 *
 * A mapping that exists begins with an empty memory when its function remembers in another way, or when its identity,
 * its consumer group, its source or its `generation` change: let it drain, disable it, deploy, enable it.
 *
 * @example
 * new KafkaProcessor(stack, 'Orders', {
 *   entry: 'handlers/orders.ts',
 *   source: KafkaSource.msk({ clusterArn, topic: 'orders', auth: Auth.iam() }),
 *   pollers: Pollers.provisioned({ minimum: 1, maximum: 4 }),
 * });
 */
export class KafkaProcessor extends Construct implements iam.IGrantable {
  readonly function: lambda.Function;
  /** The mapping calls the function through it. Its name tells the runtime the mapping and the response mode. */
  readonly alias: lambda.Alias;
  readonly mapping: lambda.EventSourceMapping;
  readonly table: dynamodb.ITable;
  /** Where the letters of records that were given up are: its own queue and bucket, or those that were given. */
  readonly deadLetters: DeadLettersConfig;
  readonly role: iam.Role;
  readonly logGroup: logs.LogGroup;
  /** The consumer group id: it owns the offsets in Kafka and the memory of what is done. */
  readonly consumer: string;
  readonly mappingName: string;
  readonly grantPrincipal: iam.IPrincipal;

  constructor(scope: Construct, id: string, props: KafkaProcessorProps) {
    super(scope, id);
    checkProcessorProps(this, props);
    const pollers = props.pollers.bind(this);
    const source = props.source.bind(this, { defaultConsumerGroupId: defaultConsumerGroupId(this) });
    this.mappingName = mappingName(this, props.mappingName);
    this.consumer = source.consumerGroupId;

    this.table = props.table ?? (new IdempotencyTable(this, 'Table') as dynamodb.ITable);
    this.logGroup = new logs.LogGroup(this, 'Logs', { retention: props.logRetention ?? logs.RetentionDays.ONE_MONTH });
    this.role = new iam.Role(this, 'Role', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
    this.grantPrincipal = this.role;
    for (const statement of [writeLogs(this.logGroup), ...source.statements]) this.role.addToPrincipalPolicy(statement);
    grantClaims(this.table, this.role);
    this.deadLetters = (props.deadLetters ?? DeadLetters.sqs()).bind(this);
    grantLetters(this.deadLetters, this.role);

    this.function = this.createFunction(props, source);
    this.alias = new lambda.Alias(this, 'Alias', {
      aliasName: aliasName(this.mappingName, pollers.mode),
      version: this.versionOf(props.version ?? FunctionVersion.LATEST),
    });
    this.mapping = this.createMapping(props, source, pollers);
    warnOfShortMemory(this, rememberFor(props.rememberFor, source.topicRetention), source.topicRetention);
  }

  /**
   * Grants what `msk-once redrive` needs, and nothing else: to read the letters and to take away those that are done,
   * and to invoke the function. For principals of the same account.
   */
  grantRedrive(grantee: iam.IGrantable): iam.Grant {
    const invoke = iam.Grant.addToPrincipal({
      grantee,
      actions: ['lambda:InvokeFunction'],
      resourceArns: [this.alias.functionArn],
    });
    return grantReadingLetters(this.deadLetters, grantee).reduce((all, grant) => all.combine(grant), invoke);
  }

  private versionOf(version: FunctionVersion): lambda.IVersion {
    if (version === FunctionVersion.LATEST) return this.function.latestVersion;
    return this.function.currentVersion as lambda.IVersion;
  }

  private createFunction(props: KafkaProcessorProps, source: KafkaSourceConfig): lambda.Function {
    const { generation = 1 } = props;
    const { queue, bucket } = this.deadLetters;
    const mappings: Mappings = {
      [this.mappingName]: { consumer: source.consumerGroupId, source: source.sourceName, generation },
    };
    return new NodejsFunction(this, 'Function', {
      entry: props.entry,
      handler: props.handler ?? 'handler',
      bundling: bundlingFor({ sqs: queue !== undefined, s3: bucket !== undefined }),
      runtime: lambda.Runtime.NODEJS_24_X,
      architecture: lambda.Architecture.ARM_64,
      timeout: props.timeout ?? Duration.seconds(60),
      memorySize: props.memorySize ?? 1024,
      role: this.role,
      logGroup: this.logGroup,
      environment: {
        // Stack traces, also in dead letters, name the source. Measured: 8 ms of a cold start.
        NODE_OPTIONS: '--enable-source-maps',
        ...props.environment,
        [ENVIRONMENT.table]: this.table.tableName,
        // Not JSON.stringify: the source and the consumer may be tokens.
        [ENVIRONMENT.mappings]: Stack.of(this).toJsonString(mappings),
        [ENVIRONMENT.deadLetters]: lettersPlace(this.deadLetters),
        [ENVIRONMENT.rememberForSeconds]: `${rememberFor(props.rememberFor, source.topicRetention).toSeconds()}`,
      },
    });
  }

  /** A plain mapping: the event sources of aws-lambda-event-sources always attach a broad managed policy. */
  private createMapping(props: KafkaProcessorProps, source: KafkaSourceConfig, pollers: PollersConfig) {
    const { batchSize, maxBatchingWindow } = props;
    const { provisionedPollerConfig, reportBatchItemFailures } = pollers;
    const mapping = new lambda.EventSourceMapping(this, 'Mapping', {
      target: this.alias as lambda.IFunction,
      eventSourceArn: source.eventSourceArn,
      kafkaTopic: source.topic,
      kafkaConsumerGroupId: source.consumerGroupId,
      startingPosition: source.startingPosition,
      reportBatchItemFailures,
      ...(provisionedPollerConfig !== undefined && { provisionedPollerConfig }),
      ...(batchSize !== undefined && { batchSize }),
      ...(maxBatchingWindow !== undefined && { maxBatchingWindow }),
    });
    // The service tries the role when it makes the mapping, so the role's policy has to be there (aws/aws-cdk#18571).
    mapping.node.addDependency(this.role);
    return mapping;
  }
}

function writeLogs(logGroup: logs.LogGroup): iam.PolicyStatement {
  return new iam.PolicyStatement({
    sid: 'WriteLogs',
    actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
    resources: [logGroup.logGroupArn],
  });
}
