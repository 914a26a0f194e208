/** Only records that the function has something to do with, and patterns that nobody else can read. */
import { Stack, type StackProps } from 'aws-cdk-lib';
import * as kms from 'aws-cdk-lib/aws-kms';
import { FilterCriteria, FilterRule } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { Auth, KafkaProcessor, KafkaSource, Pollers } from 'msk-once';

const clusterArn = 'arn:aws:kafka:eu-west-1:111122223333:cluster/shop/0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d-1';

export class Filters extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);
    new KafkaProcessor(this, 'Orders', {
      entry: 'handlers/orders.ts',
      source: KafkaSource.msk({
        clusterArn,
        topic: 'events',
        auth: Auth.iam(),
        filters: [
          FilterCriteria.filter({ value: { type: FilterRule.isEqual('order'), cents: FilterRule.exists() } }),
          FilterCriteria.filter({ value: { type: FilterRule.beginsWith('return') } }),
        ],
      }),
      pollers: Pollers.provisioned({ minimum: 1, maximum: 4 }),
      filterEncryption: new kms.Key(this, 'Key'),
    });
  }
}
