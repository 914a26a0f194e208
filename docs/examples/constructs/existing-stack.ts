/** A stack that had a function with an event source of aws-cdk-lib, after the second deployment. */
import { Duration, Stack, type StackProps } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs';
import type { Construct } from 'constructs';
import { Auth, KafkaProcessor, KafkaSource, Pollers } from 'msk-once';

const clusterArn = 'arn:aws:kafka:eu-west-1:111122223333:cluster/shop/0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d-1';

export class ExistingStack extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);
    // What was there stays as it is, but for its handler, which is one of processRecords now, and for its time-out: Lambda's
    // own of 3 seconds is too short for a batch.
    const charges = new dynamodb.TableV2(this, 'Charges', {
      partitionKey: { name: 'orderId', type: dynamodb.AttributeType.STRING },
    });
    const charge = new NodejsFunction(this, 'Charge', {
      entry: 'handlers/orders.ts',
      runtime: lambda.Runtime.NODEJS_22_X,
      memorySize: 512,
      timeout: Duration.minutes(1),
      environment: { CHARGES_TABLE: charges.tableName },
    });
    charges.grantReadWriteData(charge);

    // In the place of charge.addEventSource(…), which the deployment before this one took away.
    new KafkaProcessor(this, 'Orders', {
      function: charge,
      source: KafkaSource.msk({ clusterArn, topic: 'orders', auth: Auth.iam(), consumerGroupId: 'charge-orders' }),
      pollers: Pollers.provisioned({ minimum: 1, maximum: 4 }),
    });
  }
}
