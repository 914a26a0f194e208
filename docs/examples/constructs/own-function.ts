/** A function with settings of which the processor has no prop. */
import { Size, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { Auth, KafkaProcessor, KafkaSource, OnceFunction, Pollers } from 'msk-once';

const clusterArn = 'arn:aws:kafka:eu-west-1:111122223333:cluster/shop/0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d-1';

export class OwnFunction extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);
    const charge = new OnceFunction(this, 'Charge', {
      entry: 'handlers/orders.ts',
      reservedConcurrentExecutions: 20,
      ephemeralStorageSize: Size.gibibytes(1),
    });
    new KafkaProcessor(this, 'Orders', {
      function: charge,
      source: KafkaSource.msk({ clusterArn, topic: 'orders', auth: Auth.iam() }),
      pollers: Pollers.provisioned({ minimum: 1, maximum: 4 }),
    });
  }
}
