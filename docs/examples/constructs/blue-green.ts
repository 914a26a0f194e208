/** A new version gets a tenth of the invocations at first, and all of them only if nothing goes wrong. */
import { Stack, type StackProps } from 'aws-cdk-lib';
import { TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import * as codedeploy from 'aws-cdk-lib/aws-codedeploy';
import type { Construct } from 'constructs';
import { Auth, FunctionVersion, KafkaProcessor, KafkaSource, Pollers } from 'msk-once';

const clusterArn = 'arn:aws:kafka:eu-west-1:111122223333:cluster/shop/0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d-1';

export class BlueGreen extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);
    const processor = new KafkaProcessor(this, 'Orders', {
      entry: 'handlers/orders.ts',
      source: KafkaSource.msk({ clusterArn, topic: 'orders', auth: Auth.iam() }),
      pollers: Pollers.provisioned({ minimum: 1, maximum: 4 }),
      version: FunctionVersion.CURRENT,
    });
    const count = { threshold: 1, evaluationPeriods: 1, treatMissingData: TreatMissingData.NOT_BREACHING };
    new codedeploy.LambdaDeploymentGroup(this, 'Deployment', {
      alias: processor.alias,
      deploymentConfig: codedeploy.LambdaDeploymentConfig.CANARY_10PERCENT_10MINUTES,
      alarms: [
        processor.alias.metricErrors().createAlarm(this, 'Failing', count),
        processor.metricMassErrors().createAlarm(this, 'FailingAlike', count),
      ],
    });
  }
}
