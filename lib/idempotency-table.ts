import { CfnDeletionPolicy, Lazy, RemovalPolicy } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type { Construct, IConstruct } from 'constructs';
import { KEY_ATTRIBUTE, TTL_ATTRIBUTE } from '../contract/idempotency-table';
import { checkKind, checkKinds, checkProps, constructToBe, type Kinds } from './private/check-kinds';
import { customerKey } from './private/customer-key';
import { FLAG, GRANTEE, having, KEY, REMOVAL_POLICY, TEXT } from './private/kinds';
import { grantClaims } from './private/processor/grant-claims';
import { PropsError } from './private/props-error';

export interface IdempotencyTableProps {
  /**
   * Name of the table. A later change of it replaces the table, and with it the memory.
   *
   * @default - CloudFormation chooses a name
   */
  readonly tableName?: string;

  /**
   * Key of yours that encrypts the table. `grantClaims` grants its use too.
   *
   * @default - the key that AWS manages for DynamoDB in the account
   */
  readonly encryptionKey?: kms.IKey;

  /**
   * How requests are paid.
   *
   * @default Billing.onDemand() - a redelivery or a backlog never meets a capacity that was planned for quiet days
   */
  readonly billing?: dynamodb.Billing;

  /**
   * Whether the table can be restored to any second of the last 35 days.
   *
   * @default true
   */
  readonly pointInTimeRecovery?: boolean;

  /**
   * Whether DynamoDB refuses to delete the table.
   *
   * @default - true, unless the removal policy is `DESTROY`, however that is set
   */
  readonly deletionProtection?: boolean;

  /**
   * What becomes of the table when it leaves the stack.
   *
   * @default RemovalPolicy.RETAIN - without its memory a processor repeats every effect that is delivered again
   */
  readonly removalPolicy?: RemovalPolicy;
}

/**
 * The memory of what is done, in the record layout of Powertools' idempotency: several processors may share one, and a
 * stock persistence layer that is pointed at it understands each record.
 *
 * Records leave by themselves when their time to live is over. The table lives in one region: replication is
 * asynchronous, so a second region would claim on its own, and both would act on one record.
 */
export class IdempotencyTable extends dynamodb.TableV2 {
  declare readonly encryptionKey?: kms.IKey;

  constructor(scope: Construct, id: string, props: IdempotencyTableProps = {}) {
    checkTableProps(constructToBe(scope, id), props);
    super(scope, id, {
      ...(props.tableName !== undefined && { tableName: props.tableName }),
      partitionKey: { name: KEY_ATTRIBUTE, type: dynamodb.AttributeType.STRING },
      timeToLiveAttribute: TTL_ATTRIBUTE,
      encryption: dynamodb.TableEncryptionV2.awsManagedKey(),
      billing: props.billing ?? dynamodb.Billing.onDemand(),
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: props.pointInTimeRecovery ?? true },
      removalPolicy: props.removalPolicy ?? RemovalPolicy.RETAIN,
    });
    // The one replica is the table itself. As an override, because a removal policy may be set after this.
    this.overrideReplica(
      'DeletionProtectionEnabled',
      props.deletionProtection ?? Lazy.uncachedAny({ produce: () => !this.isDestroyed() }),
    );
    if (props.encryptionKey !== undefined) {
      this.encryptionKey = customerKey(this, 'encryptionKey', props.encryptionKey);
      // Not TableEncryptionV2.customerManagedKey(), which takes no stack whose region is known at deployment only: it has
      // to tell the keys of replicas apart.
      this.overrideReplica('SSESpecification', { KMSMasterKeyId: this.encryptionKey.keyArn });
    }
    // No prop of ours, so the compiler refuses it; this is for props that were built for a plain TableV2.
    for (const replica of (props as dynamodb.TableOptionsV2 & dynamodb.TablePropsV2).replicas ?? []) {
      this.addReplica(replica);
    }
  }

  /**
   * Grants what a function of `processRecords` does with its memory, or one with a `OncePersistenceLayer`, and nothing
   * else; with the use of the table's key. `KafkaProcessor` does it for its own function.
   */
  grantClaims(grantee: iam.IGrantable): iam.Grant {
    checkKind(this, 'grantee', grantee, GRANTEE);
    return grantClaims(this as dynamodb.ITable, grantee);
  }

  /** Refused. */
  override addReplica(replica: dynamodb.ReplicaTableProps): void {
    throw new PropsError(this, {
      prop: 'replicas',
      received: replica.region,
      accepted: 'no replica',
      change: 'Give each region a table of its own: over a replicated one two regions would both claim a record.',
    });
  }

  private overrideReplica(name: string, value: unknown): void {
    this.template.addPropertyOverride(`Replicas.0.${name}`, value);
  }

  private isDestroyed(): boolean {
    return this.template.cfnOptions.deletionPolicy === CfnDeletionPolicy.DELETE;
  }

  private get template(): dynamodb.CfnGlobalTable {
    return this.node.defaultChild as dynamodb.CfnGlobalTable;
  }
}

const KINDS: Kinds<IdempotencyTableProps> = {
  tableName: TEXT,
  encryptionKey: KEY,
  billing: having('mode', 'a dynamodb.Billing', 'Write dynamodb.Billing.onDemand(), or leave it out.'),
  pointInTimeRecovery: FLAG,
  deletionProtection: FLAG,
  removalPolicy: REMOVAL_POLICY,
};

function checkTableProps(scope: IConstruct, props: IdempotencyTableProps): void {
  checkProps(scope, 'props', props, 'new IdempotencyTable(scope, id, { encryptionKey })');
  checkKinds(scope, props, KINDS);
}
