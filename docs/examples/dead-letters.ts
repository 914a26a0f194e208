import { Stack, type StackProps } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { Auth, DeadLetters, KafkaProcessor, type KafkaProcessorProps, KafkaSource, Pollers } from 'msk-once';

const CLUSTER = 'arn:aws:kafka:eu-west-1:111122223333:cluster/shop/0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d-1';

const reading = (topic: string): KafkaProcessorProps => ({
  entry: `handlers/${topic}.ts`,
  source: KafkaSource.msk({ clusterArn: CLUSTER, topic, auth: Auth.iam() }),
  pollers: Pollers.onDemand(),
});

export class Shop extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);

    // A queue of its own, and a bucket for letters that are too large for a message.
    const orders = new KafkaProcessor(this, 'Orders', reading('orders'));

    // A bucket alone: nothing leaves it by itself.
    const payments = new KafkaProcessor(this, 'Payments', { ...reading('payments'), deadLetters: DeadLetters.s3() });

    // A queue and a bucket of yours, which others use too.
    const queue = sqs.Queue.fromQueueArn(this, 'Letters', 'arn:aws:sqs:eu-west-1:111122223333:letters');
    const bucket = s3.Bucket.fromBucketName(this, 'Archive', 'shop-archive');
    const refunds = new KafkaProcessor(this, 'Refunds', {
      ...reading('refunds'),
      deadLetters: DeadLetters.sqs({ queue, overflow: { bucket, prefix: 'letters' } }),
    });

    // Who runs `msk-once redrive`.
    const operator = new iam.Role(this, 'Operator', { assumedBy: new iam.AccountRootPrincipal() });
    for (const processor of [orders, payments, refunds]) processor.grantRedrive(operator);
  }
}
