import { App, aws_lambda as lambda, Stack, Tags } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { Auth, DeadLetters, KafkaProcessor, type KafkaProcessorProps, KafkaSource, Pollers } from 'msk-once';

/** A team's own processor: other defaults, and something beside it. */
class TeamProcessor extends KafkaProcessor {
  constructor(scope: Construct, id: string, props: KafkaProcessorProps) {
    super(scope, id, { memorySize: 2048, ...props });
    Tags.of(this).add('team', 'shop');
    new lambda.CfnPermission(this, 'Audit', {
      action: 'lambda:GetFunction',
      functionName: this.function.functionArn,
      principal: '111122223333',
    });
  }
}

const clusterArn = 'arn:aws:kafka:eu-west-1:111122223333:cluster/shop/0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d-1';
const stack = new Stack(new App(), 'Extended');
for (const [name, deadLetters] of [
  ['avro', DeadLetters.sqs({ overflow: false })],
  ['protobuf', DeadLetters.sqs()],
] as const) {
  new TeamProcessor(stack, name, {
    entry: `handlers/${name}.ts`,
    source: KafkaSource.msk({ clusterArn, topic: name, auth: Auth.iam() }),
    pollers: Pollers.onDemand(),
    deadLetters,
  });
}
