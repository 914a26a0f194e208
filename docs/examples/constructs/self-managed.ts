/** Brokers of your own in a network of yours, whose certificates are of an authority of yours. */
import { Stack, type StackProps } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { Auth, KafkaProcessor, KafkaSource, Pollers } from 'msk-once';

export class SelfManaged extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);
    const vpc = ec2.Vpc.fromVpcAttributes(this, 'Network', {
      vpcId: 'vpc-0a1b2c3d4e5f60718',
      availabilityZones: ['eu-west-1a', 'eu-west-1b'],
      privateSubnetIds: ['subnet-0a1b2c3d4e5f60718', 'subnet-18076f5e4d3c2b1a0'],
    });
    const secret = (name: string) => secretsmanager.Secret.fromSecretNameV2(this, name, `shop/kafka/${name}`);
    new KafkaProcessor(this, 'Orders', {
      entry: 'handlers/orders.ts',
      source: KafkaSource.selfManaged({
        bootstrapServers: ['kafka-1.shop.internal:9094', 'kafka-2.shop.internal:9094'],
        clusterName: 'shop',
        topic: 'orders',
        auth: Auth.scram256(secret('user')),
        rootCaCertificate: secret('authority'),
        vpc,
        securityGroups: [ec2.SecurityGroup.fromSecurityGroupId(this, 'Pollers', 'sg-0a1b2c3d4e5f60718')],
      }),
      pollers: Pollers.provisioned({ minimum: 1, maximum: 4 }),
    });
  }
}
