/** Without exactOptionalPropertyTypes a prop may be undefined, and is then as if it were not there. */
import { join } from 'node:path';
import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as kms from 'aws-cdk-lib/aws-kms';
import { DeadLetters, IdempotencyTable, OnceFunction } from '../../lib';
import { app, type Json, only, processor, source, stack } from './fixture/stack';

/** All names of props that have a default, each undefined. */
const UNDEFINED: Json = Object.fromEntries(
  [
    ...['alarms', 'batchSize', 'bisectBatchOnError', 'bucket', 'bundling', 'deadLetters', 'enabled', 'encryptionKey'],
    ...[
      'environment',
      'filterEncryption',
      'filters',
      'consumerGroupId',
      'generation',
      'handler',
      'logLevel',
      'metrics',
    ],
    ...['logRetention', 'mappingName', 'maxBatchingWindow', 'maxRecordAge', 'memorySize', 'onFailure', 'overflow'],
    ...['pointInTimeRecovery', 'prefix', 'provisionedConcurrentExecutions', 'queue', 'rememberFor', 'removalPolicy'],
    ...['retryAttempts', 'role', 'runtime', 'architecture', 'schemaRegistry', 'securityGroups', 'serviceMayDiscard'],
    ...['startingPosition', 'startingPositionTimestamp', 'table', 'tableName', 'billing', 'timeout', 'topicResource'],
    ...[
      'topicRetention',
      'tracing',
      'version',
      'vpc',
      'vpcConnectionArn',
      'vpcSubnets',
      'logGroup',
      'runtimeManagement',
    ],
  ].map((name) => [name, undefined]),
);

const resources = (scope: Stack): Json => Template.fromStack(scope).toJSON().Resources;

test('a processor', () => {
  const scopes = [app(), app()].map((one) => new Stack(one, 'Shop')) as [Stack, Stack];
  processor(scopes[0]);
  const { alarms, ...others } = UNDEFINED;
  processor(scopes[1], { ...others, source: source({ consumerGroupId: undefined, filters: undefined } as Json) });

  expect(resources(scopes[1])).toEqual(resources(scopes[0]));
});

test('a function', () => {
  const entry = join(__dirname, 'fixture', 'handler.ts');
  const scopes = [app(), app()].map((one) => new Stack(one, 'Shop')) as [Stack, Stack];
  new OnceFunction(scopes[0], 'Orders', { entry });
  new OnceFunction(scopes[1], 'Orders', { ...UNDEFINED, entry, bundling: { minify: undefined, format: undefined } });

  expect(resources(scopes[1])).toEqual(resources(scopes[0]));
});

test('a table', () => {
  const scopes = [app(), app()].map((one) => new Stack(one, 'Shop')) as [Stack, Stack];
  new IdempotencyTable(scopes[0], 'Memory');
  new IdempotencyTable(scopes[1], 'Memory', UNDEFINED);

  expect(resources(scopes[1])).toEqual(resources(scopes[0]));
});

test.each<[string, DeadLetters]>([
  ['a queue', DeadLetters.sqs(UNDEFINED)],
  ['an overflow', DeadLetters.sqs({ overflow: UNDEFINED })],
  ['a bucket', DeadLetters.s3(UNDEFINED)],
])('%s of dead letters is under the key of the processor', (_, deadLetters) => {
  const scope = stack();
  processor(scope, { deadLetters, encryptionKey: new kms.Key(scope, 'Key') as kms.IKey });

  const { BucketEncryption } = only(Template.fromStack(scope), 'AWS::S3::Bucket').Properties;
  expect(BucketEncryption.ServerSideEncryptionConfiguration[0].ServerSideEncryptionByDefault).toEqual({
    SSEAlgorithm: 'aws:kms',
    KMSMasterKeyID: { 'Fn::GetAtt': [expect.stringMatching(/^Key/), 'Arn'] },
  });
});
