import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import {
  Auth,
  DeadLetters,
  FunctionVersion,
  KafkaMapping,
  type KafkaProcessor,
  type KafkaProcessorProps,
  KafkaSource,
  Pollers,
} from '../../lib';
import { ownFunction, processorOver } from './fixture/own-function';
import { app, CLUSTER_ARN, type Json, processor, source, stack } from './fixture/stack';

/** Another id is another resource: the memory, the letters and the logs stay behind, and the old mapping in the way. */
const IDS: { readonly [type: string]: string } = {
  'AWS::DynamoDB::GlobalTable': 'OrdersTable1F8332C7',
  'AWS::Lambda::Alias': 'OrdersAliasFA69D35F',
  'AWS::Lambda::EventSourceMapping': 'OrdersMapping4DDFF7C3',
  'AWS::Logs::LogGroup': 'OrdersLogs63C9E25A',
  'AWS::S3::Bucket': 'OrdersDeadLetterBucketC7A89C1E',
  'AWS::SQS::Queue': 'OrdersDeadLetterQueueA73944CE',
};

function idsIn(scope: Stack): Json {
  const resources: [string, Json][] = Object.entries(Template.fromStack(scope).toJSON().Resources);
  const held = resources.filter(([, { Type }]) => Type in IDS).map(([logicalId, { Type }]) => [Type, logicalId]);
  return Object.fromEntries(held);
}

test.each<[string, (scope: Stack) => Partial<KafkaProcessorProps>]>([
  ['no option', () => ({})],
  ['pollers on demand', () => ({ pollers: Pollers.onDemand() })],
  ['another group', () => ({ source: source({ consumerGroupId: 'orders-2' }) })],
  ['another topic', () => ({ source: source({ topic: 'sales' }) })],
  ['a serverless cluster', () => ({ source: KafkaSource.mskServerless({ clusterArn: CLUSTER_ARN, topic: 'orders' }) })],
  ['no authentication', () => ({ source: source({ auth: Auth.none() }) })],
  ['a mapping name', () => ({ mappingName: 'orders' })],
  ['a version', () => ({ version: FunctionVersion.CURRENT })],
  ['another generation', () => ({ generation: 2 })],
  ['a batch', () => ({ batchSize: 10, maxBatchingWindow: Duration.seconds(1) })],
  ['a key', (scope) => ({ encryptionKey: new kms.Key(scope, 'Key') as kms.IKey })],
  [
    'a key of the letters',
    (scope) => ({ deadLetters: DeadLetters.sqs({ encryptionKey: new kms.Key(scope, 'Key') as kms.IKey }) }),
  ],
  ['a prefix of the overflow', () => ({ deadLetters: DeadLetters.sqs({ overflow: { prefix: 'orders' } }) })],
  ['a network', (scope) => ({ vpc: new ec2.Vpc(scope, 'Vpc') as ec2.IVpc })],
  ['tracing', () => ({ tracing: lambda.Tracing.ACTIVE })],
  ['logs', () => ({ logRetention: RetentionDays.ONE_DAY })],
  ['a memory', () => ({ rememberFor: Duration.days(30) })],
  ['no alarms', () => ({ alarms: false })],
  [
    'another function',
    () => ({ memorySize: 2048, handler: 'main', timeout: Duration.seconds(30), environment: { A: 'b' } }),
  ],
])('with %s all that is held keeps its logical id', (_, props) => {
  const scope = stack();

  processor(scope, props(scope));

  expect(idsIn(scope)).toEqual(IDS);
});

test.each<[string, string[], (scope: Stack) => KafkaProcessor]>([
  ['a bucket alone', ['AWS::SQS::Queue'], (scope) => processor(scope, { deadLetters: DeadLetters.s3() })],
  [
    'a queue alone',
    ['AWS::S3::Bucket'],
    (scope) => processor(scope, { deadLetters: DeadLetters.sqs({ overflow: false }) }),
  ],
  ['a function of the user', ['AWS::Logs::LogGroup'], (scope) => processorOver(ownFunction(scope), scope)],
])('with %s the others do', (_, without, make) => {
  const scope = stack();

  make(scope);

  expect(idsIn(scope)).toEqual(Object.fromEntries(Object.entries(IDS).filter(([type]) => !without.includes(type))));
});

test('a second mapping, a removal policy and a known region change none', () => {
  const scope = new Stack(app(), 'Shop', { env: { region: 'eu-west-1', account: '111122223333' } });
  const orders = processor(scope);

  orders.applyRemovalPolicy(RemovalPolicy.DESTROY);
  const returns = { source: source({ topic: 'returns' }), pollers: Pollers.onDemand() };
  new KafkaMapping(new Stack(scope, 'Other', { env: { region: 'eu-west-1', account: '111122223333' } }), 'Returns', {
    function: orders.function,
    ...returns,
  });

  expect(idsIn(scope)).toEqual(IDS);
});
