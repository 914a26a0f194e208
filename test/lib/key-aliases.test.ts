import { join } from 'node:path';
import type { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { DeadLetters, IdempotencyTable, type KafkaProcessorProps, OnceFunction } from '../../lib';
import { refusal } from './fixture/refusal';
import { type Json, processor, source, stack, statements } from './fixture/stack';

const filters = [lambda.FilterCriteria.filter({ value: { type: lambda.FilterRule.isEqual('order') } })];

const imported = (scope: Stack) => kms.Alias.fromAliasName(scope, 'Alias', 'alias/orders') as kms.IKey;

const made = (scope: Stack) =>
  new kms.Alias(scope, 'Alias', {
    aliasName: 'alias/orders',
    targetKey: new kms.Key(scope, 'Key') as kms.IKey,
  }) as kms.IKey;

test('the key behind an alias of the app is what encrypts and what the role may use', () => {
  const scope = stack();
  processor(scope, { encryptionKey: made(scope), source: source({ filters }) });

  const template = Template.fromStack(scope);
  const { Alias, ...others } = Object.fromEntries(
    Object.entries<Json>(template.toJSON().Resources).map(([, { Type, Properties }]) => [
      Type.split('::')[2],
      Properties,
    ]),
  );
  expect(JSON.stringify(others)).not.toContain('alias/orders');
  expect(statements(template).DecryptEnvironment).toMatchObject({
    Resource: { 'Fn::GetAtt': [expect.stringMatching(/^Key/), 'Arn'] },
  });
});

describe('an alias that does not say what it stands for is refused: a policy on it allows nothing', () => {
  test.each<[string, string, (scope: Stack, key: kms.IKey) => Partial<KafkaProcessorProps>]>([
    ['encryptionKey', 'encryptionKey', (_, encryptionKey) => ({ encryptionKey })],
    ['filterEncryption', 'filterEncryption', (_, key) => ({ filterEncryption: key, source: source({ filters }) })],
    ['a queue', 'deadLetters encryptionKey', (_, key) => ({ deadLetters: DeadLetters.sqs({ encryptionKey: key }) })],
    ['a bucket', 'deadLetters encryptionKey', (_, key) => ({ deadLetters: DeadLetters.s3({ encryptionKey: key }) })],
    [
      'an overflow',
      'overflow encryptionKey',
      (_, key) => ({ deadLetters: DeadLetters.sqs({ overflow: { encryptionKey: key } }) }),
    ],
  ])('of %s', (_, prop, props) => {
    const scope = stack();

    expect(refusal(() => processor(scope, props(scope, imported(scope))))).toMatch(
      new RegExp(`${prop} is .*:alias/orders", accepted is a key by its own ARN\\. .*kms\\.Key\\.fromKeyArn`),
    );
  });

  test('of a table', () => {
    const scope = stack();

    expect(refusal(() => new IdempotencyTable(scope, 'Orders', { encryptionKey: imported(scope) }))).toContain(
      'encryptionKey is ',
    );
  });

  test('of the environment', () => {
    const scope = stack();
    const entry = join(__dirname, 'fixture', 'handler.ts');

    expect(
      refusal(() => new OnceFunction(scope, 'Orders', { entry, environmentEncryption: imported(scope) })),
    ).toContain('environmentEncryption is ');
  });
});

test('the ARN of a key instead of the key is refused with the way to import it', () => {
  const encryptionKey = 'arn:aws:kms:eu-west-1:111122223333:key/0a1b' as Json;

  expect(refusal(() => processor(stack(), { encryptionKey }))).toContain(
    'encryptionKey is "arn:aws:kms:eu-west-1:111122223333:key/0a1b", accepted is a kms.Key, or an imported one. ' +
      'Import a key that exists with kms.Key.fromKeyArn(',
  );
});
