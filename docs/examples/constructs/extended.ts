/** A processor of your own make, and what no prop of ours says. */
import { Stack, type StackProps } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import type { NodejsFunctionProps } from 'aws-cdk-lib/aws-lambda-nodejs';
import type { Construct } from 'constructs';
import { Auth, KafkaProcessor, KafkaSource, Pollers } from 'msk-once';

const clusterArn = 'arn:aws:kafka:eu-west-1:111122223333:cluster/shop/0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d-1';

/** Every consumer of the shop has its certificates. */
class ShopProcessor extends KafkaProcessor {
  protected override createFunction(settings: NodejsFunctionProps): lambda.Function {
    const arn = 'arn:aws:lambda:eu-west-1:111122223333:layer:shop-certificates:3';
    const layer = lambda.LayerVersion.fromLayerVersionArn(this, 'Certificates', arn);
    return super.createFunction({ ...settings, layers: [layer] });
  }
}

export class Extended extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);
    const processor = new ShopProcessor(this, 'Orders', {
      entry: 'handlers/orders.ts',
      source: KafkaSource.msk({ clusterArn, topic: 'orders', auth: Auth.iam() }),
      pollers: Pollers.provisioned({ minimum: 1, maximum: 4 }),
    });
    const resource = processor.mapping.node.defaultChild as lambda.CfnEventSourceMapping;
    resource.addPropertyOverride('Tags', [{ Key: 'team', Value: 'payments' }]);
  }
}
