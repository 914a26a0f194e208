/** One memory of two processors, with a name of its own, and a memory that was made elsewhere. */
import { Stack, type StackProps } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import type { Construct } from 'constructs';
import { Auth, IdempotencyTable, KafkaProcessor, KafkaSource, Pollers } from 'msk-once';

const clusterArn = 'arn:aws:kafka:eu-west-1:111122223333:cluster/shop/0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d-1';

export class OwnTable extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);
    const pollers = Pollers.provisioned({ minimum: 1, maximum: 4 });
    const source = (topic: string) => KafkaSource.msk({ clusterArn, topic, auth: Auth.iam() });

    const memory = new IdempotencyTable(this, 'Memory', { tableName: 'what-is-done' });
    new KafkaProcessor(this, 'Orders', {
      entry: 'handlers/orders.ts',
      table: memory,
      source: source('orders'),
      pollers,
    });
    new KafkaProcessor(this, 'Returns', {
      entry: 'handlers/returns.ts',
      table: memory,
      source: source('returns'),
      pollers,
    });

    // Nothing is known of this one before it is used: it needs the string key `id`, and `expiration` as its time to live.
    const elsewhere = dynamodb.TableV2.fromTableName(this, 'Elsewhere', 'idempotency');
    new KafkaProcessor(this, 'Refunds', {
      entry: 'handlers/refunds.ts',
      table: elsewhere,
      source: source('refunds'),
      pollers,
    });
  }
}
