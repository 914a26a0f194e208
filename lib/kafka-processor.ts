import type { RemovalPolicy } from 'aws-cdk-lib';
import type * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type { NodejsFunctionProps } from 'aws-cdk-lib/aws-lambda-nodejs';
import * as logs from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { DeadLetters, type DeadLettersConfig } from './dead-letters';
import { IdempotencyTable } from './idempotency-table';
import { KafkaMappingBase } from './kafka-mapping-base';
import type { KafkaProcessorProps } from './kafka-processor-props';
import { OnceFunction } from './once-function';
import { checkKind, checkProps } from './private/check-kinds';
import { customerKey } from './private/customer-key';
import { GRANTEE, REMOVAL_POLICY } from './private/kinds';
import { grantReadingLetters } from './private/letters/grant-letters';
import { createMapping } from './private/mapping/create-mapping';
import { rememberFor, warnOfShortMemory } from './private/mapping/remember-for';
import { applyRemovalPolicy } from './private/processor/apply-removal-policy';
import { bundlingFor } from './private/processor/bundling';
import { checkMadeHere } from './private/processor/check-function';
import { checkProcessorProps } from './private/processor/check-processor-props';
import { checkRuntime } from './private/processor/check-runtime';
import { equipFunction } from './private/processor/equip-function';
import { functionProps } from './private/processor/function-props';
import { grantReadingMemory } from './private/processor/grant-claims';
import { letLogsUse } from './private/processor/log-group-key';
import { ProcessorAlarms } from './processor-alarms';

// Casts to aws-cdk-lib's interfaces: under exactOptionalPropertyTypes its own classes do not satisfy them.

/**
 * A function that acts once on each record of a Kafka topic, with all that this needs: the event source mapping, the
 * memory of what is done, dead letters, a log group, and a role with no permission beyond.
 *
 * The service retries for as long as the topic keeps a record and discards nothing, unless `serviceMayDiscard` says that
 * it may.
 *
 * What the effects need is granted to the processor by you, also where they are writes that the runtime commits
 * (`transaction: true`): `dynamodb:UpdateItem` for an Update, and `PutItem`, `DeleteItem`, `ConditionCheckItem` likewise,
 * as `table.grant(processor, 'dynamodb:UpdateItem')`.
 *
 * A mapping that exists begins with an empty memory when its function remembers in another way, or when its identity,
 * its consumer group, its source or its `generation` change: let it drain, disable it, deploy, enable it.
 *
 * Logical ids and names of what it holds stay from release to release (docs/decisions/0020).
 *
 * @example
 * new KafkaProcessor(stack, 'Orders', {
 *   entry: 'handlers/orders.ts',
 *   source: KafkaSource.msk({ clusterArn, topic: 'orders', auth: Auth.iam() }),
 *   pollers: Pollers.provisioned({ minimum: 1, maximum: 4 }),
 * });
 */
export class KafkaProcessor extends KafkaMappingBase {
  readonly function: lambda.Function;
  readonly alias: lambda.Alias;
  readonly mapping: lambda.EventSourceMapping;
  readonly mappingName: string;
  readonly consumer: string;
  readonly topic: string;
  readonly table: dynamodb.ITable;
  /** Where the letters of records that were given up are: its own queue and bucket, or those that were given. */
  override readonly deadLetters: DeadLettersConfig;
  /** The function's. */
  readonly role: iam.IRole;
  /** undefined where they are switched off. */
  override readonly alarms: ProcessorAlarms | undefined;

  constructor(scope: Construct, id: string, props: KafkaProcessorProps) {
    super(scope, id);
    checkProps(this, 'props', props, 'new KafkaProcessor(scope, id, { entry, source, pollers })');
    checkProcessorProps(this, props);
    const encryptionKey = props.encryptionKey && customerKey(this, 'encryptionKey', props.encryptionKey);
    const { filterEncryption = encryptionKey } = props;
    this.table = props.table ?? (new IdempotencyTable(this, 'Table', withKey(encryptionKey)) as dynamodb.ITable);
    this.deadLetters = (props.deadLetters ?? DeadLetters.sqs()).bind(this, { encryptionKey });
    this.function = props.function ?? this.createFunction(this.functionSettings(props, encryptionKey));
    checkMadeHere(this, this.function);
    checkRuntime(this, this.function);
    this.role = this.function.role as iam.IRole;
    const { table, deadLetters } = this;
    equipFunction(this, this.function, { table, deadLetters, rememberFor: props.rememberFor });

    const { alias, mapping, mappingName, source } = createMapping(this, {
      ...props,
      function: this.function,
      ...(filterEncryption !== undefined && { filterEncryption }),
    });
    this.alias = alias;
    this.mapping = mapping;
    this.mappingName = mappingName;
    this.consumer = source.consumerGroupId;
    this.topic = source.topic;
    warnOfShortMemory(this, rememberFor(props.rememberFor, [source.topicRetention]), source.topicRetention);
    this.alarms =
      props.alarms === false ? undefined : new ProcessorAlarms(this, 'Alarms', { ...props.alarms, mapping: this });
  }

  /** Of the function. Of a function of yours without one, aws-cdk-lib's `Function.logGroup` makes a custom resource. */
  get logGroup(): logs.ILogGroup {
    return this.function.logGroup;
  }

  /**
   * Grants what `msk-once redrive --apply` needs, and nothing else: to read the letters and to take away those that are
   * done, and to invoke the function. For principals of the same account.
   */
  grantRedrive(grantee: iam.IGrantable): iam.Grant {
    checkKind(this, 'grantee', grantee, GRANTEE);
    const invoke = iam.Grant.addToPrincipal({
      grantee,
      actions: ['lambda:InvokeFunction'],
      resourceArns: [this.alias.functionArn],
    });
    return combined([invoke, ...grantReadingLetters(this.deadLetters, grantee, { taking: true })]);
  }

  /** Grants what a dry `msk-once redrive` needs, and nothing else: to read the letters and to leave them. */
  grantReadDeadLetters(grantee: iam.IGrantable): iam.Grant {
    checkKind(this, 'grantee', grantee, GRANTEE);
    return combined(grantReadingLetters(this.deadLetters, grantee, { taking: false }));
  }

  /** Grants to look up in the memory what is known of a record, by its key: neither to list it nor to change it. */
  grantReadMemory(grantee: iam.IGrantable): iam.Grant {
    checkKind(this, 'grantee', grantee, GRANTEE);
    return grantReadingMemory(this.table, grantee);
  }

  /**
   * Sets what becomes of the table, the queue, the bucket and the log group when they leave the stack, as far as they are
   * the processor's own. They are kept by default. With `DESTROY` the table is not protected from deletion any more, while
   * S3 deletes no bucket that still holds a letter.
   */
  applyRemovalPolicy(policy: RemovalPolicy): void {
    checkKind(this, 'policy', policy, REMOVAL_POLICY);
    applyRemovalPolicy(this, policy);
  }

  /**
   * Makes the function. A subclass adds to the settings what there is no prop for.
   *
   * @example
   * protected override createFunction(settings: NodejsFunctionProps) {
   *   return super.createFunction({ ...settings, layers: [layer] });
   * }
   */
  protected createFunction(settings: NodejsFunctionProps): lambda.Function {
    return new OnceFunction(this, 'Function', settings);
  }

  private functionSettings(props: KafkaProcessorProps, encryptionKey: kms.IKey | undefined): NodejsFunctionProps {
    const { queue, bucket } = this.deadLetters;
    const { logRetention = logs.RetentionDays.ONE_MONTH } = props;
    const logGroup = new logs.LogGroup(this, 'Logs', { retention: logRetention, ...withKey(encryptionKey) });
    if (encryptionKey !== undefined) letLogsUse(this, encryptionKey);
    const role = new iam.Role(this, 'Role', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
    return {
      ...functionProps(props),
      entry: props.entry as string,
      bundling: bundlingFor({ sqs: queue !== undefined, s3: bucket !== undefined }),
      ...(encryptionKey !== undefined && { environmentEncryption: encryptionKey }),
      logGroup,
      role,
    };
  }
}

function withKey(encryptionKey: kms.IKey | undefined): { readonly encryptionKey?: kms.IKey } {
  return encryptionKey === undefined ? {} : { encryptionKey };
}

function combined(grants: readonly iam.Grant[]): iam.Grant {
  return grants.reduce((all, grant) => all.combine(grant));
}
