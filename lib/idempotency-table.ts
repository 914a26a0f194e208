import { RemovalPolicy } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import type { Construct } from 'constructs';
import { KEY_ATTRIBUTE, TTL_ATTRIBUTE } from '../contract/idempotency-table';
import { PropsError } from './private/props-error';

export interface IdempotencyTableProps {
  /**
   * Name of the table. A later change of it replaces the table, and with it the memory.
   *
   * @default - CloudFormation chooses a name
   */
  readonly tableName?: string;

  /**
   * Key that encrypts the table. The processor grants its role the use of a customer managed one,
   * for which aws-cdk-lib needs a stack with a region of its own.
   *
   * @default TableEncryptionV2.awsManagedKey()
   */
  readonly encryption?: dynamodb.TableEncryptionV2;

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
   * @default true
   */
  readonly deletionProtection?: boolean;

  /**
   * What becomes of the table when it leaves the stack. With `DESTROY`, `deletionProtection` has to be off too.
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
  constructor(scope: Construct, id: string, props: IdempotencyTableProps = {}) {
    super(scope, id, {
      ...(props.tableName !== undefined && { tableName: props.tableName }),
      partitionKey: { name: KEY_ATTRIBUTE, type: dynamodb.AttributeType.STRING },
      timeToLiveAttribute: TTL_ATTRIBUTE,
      encryption: props.encryption ?? dynamodb.TableEncryptionV2.awsManagedKey(),
      billing: props.billing ?? dynamodb.Billing.onDemand(),
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: props.pointInTimeRecovery ?? true },
      deletionProtection: props.deletionProtection ?? true,
      removalPolicy: props.removalPolicy ?? RemovalPolicy.RETAIN,
    });
    // No prop of ours, so the compiler refuses it; this is for props that were built for a plain TableV2.
    for (const replica of (props as dynamodb.TableOptionsV2 & dynamodb.TablePropsV2).replicas ?? []) {
      this.addReplica(replica);
    }
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
}
