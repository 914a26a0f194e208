/** One function over two topics, and what shows both. */
import { Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { Auth, KafkaMapping, KafkaProcessor, KafkaSource, Pollers, ProcessorDashboard } from 'msk-once';

const clusterArn = 'arn:aws:kafka:eu-west-1:111122223333:cluster/shop/0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d-1';

export class SeveralSources extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);
    const pollers = Pollers.provisioned({ minimum: 1, maximum: 4, pollerGroupName: 'shop' });
    const orders = new KafkaProcessor(this, 'Orders', {
      entry: 'handlers/orders.ts',
      source: KafkaSource.msk({ clusterArn, topic: 'orders', auth: Auth.iam() }),
      pollers,
    });
    const returns = new KafkaMapping(this, 'Returns', {
      function: orders.function,
      source: KafkaSource.msk({ clusterArn, topic: 'returns', auth: Auth.iam() }),
      pollers,
    });
    new ProcessorDashboard(this, 'Dashboard', { mappings: [orders, returns] });
  }
}
