/** A cluster of another account, through a managed VPC connection of this one. */
import { Stack, type StackProps } from 'aws-cdk-lib';
import * as msk from 'aws-cdk-lib/aws-msk';
import type { Construct } from 'constructs';
import { Auth, KafkaProcessor, KafkaSource, Pollers } from 'msk-once';

const clusterArn = 'arn:aws:kafka:eu-west-1:444455556666:cluster/shop/0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d-1';

export class CrossAccount extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);
    const connection = new msk.CfnVpcConnection(this, 'Connection', {
      targetClusterArn: clusterArn,
      authentication: 'SASL_IAM',
      vpcId: 'vpc-0a1b2c3d4e5f60718',
      clientSubnets: ['subnet-0a1b2c3d4e5f60718', 'subnet-18076f5e4d3c2b1a0'],
      securityGroups: ['sg-0a1b2c3d4e5f60718'],
    });
    new KafkaProcessor(this, 'Orders', {
      entry: 'handlers/orders.ts',
      source: KafkaSource.msk({ clusterArn, vpcConnectionArn: connection.attrArn, topic: 'orders', auth: Auth.iam() }),
      pollers: Pollers.provisioned({ minimum: 1, maximum: 4 }),
    });
  }
}
