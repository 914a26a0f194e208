import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import { IdempotencyTable, type KafkaProcessor } from '../../lib';
import { PROJECT } from '../support/project';
import { type Json, only, processor, stack, statements, templateOf } from './fixture/stack';

/** Functions of the demo have grants of their own, and these two files are about the writes of users. */
const NOT_OURS = /^(entry\/|transaction\/(builders|prepare-writes)\.ts$)/;

const SOURCE = readdirSync(join(PROJECT, 'handlers'), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && !NOT_OURS.test(file))
  .map((file) => readFileSync(join(PROJECT, 'handlers', file), 'utf8'))
  .join('\n');

const found = (pattern: RegExp) => [...new Set([...SOURCE.matchAll(pattern)].map(([, name = '']) => name))];

// What IAM checks of each. Source: Service Authorization Reference; DynamoDB Developer Guide, "IAM security policies with
// PartiQL" and "Using IAM with DynamoDB transactions": of a batch or a transaction the action of each member.
const ACTIONS: Readonly<Record<string, readonly string[]>> = {
  BatchExecuteStatement: [],
  BatchGetItem: ['dynamodb:BatchGetItem'],
  TransactWriteItems: [],
  SendMessageBatch: ['sqs:SendMessage'],
  PutObject: ['s3:PutObject'],
  'INSERT INTO': ['dynamodb:PartiQLInsert'],
  UPDATE: ['dynamodb:PartiQLUpdate'],
  Put: ['dynamodb:PutItem'],
  Update: ['dynamodb:UpdateItem'],
};

test('the role may do in table, queue and bucket exactly what the runtime asks them for', () => {
  const asked = [
    ...found(/new ([A-Z]\w+)Command\(/g),
    ...found(/[`'"(](INSERT INTO|UPDATE|DELETE FROM|SELECT|EXISTS) ?["$(]/g),
    ...found(/^\s*(Put|Update|Delete|ConditionCheck): \{/gm),
  ];
  const needed = asked.flatMap((name) => ACTIONS[name] ?? `${name}, of which this test knows no action`);

  const granted = Object.values(statements(templateOf()) as Record<string, { Action: string | string[] }>)
    .flatMap(({ Action }) => Action)
    .filter((action) => /^(dynamodb|sqs|s3|kms):/.test(action));
  expect(needed.toSorted()).toEqual(granted.toSorted());
});

describe('who works beside the processor', () => {
  const KEY = { 'Fn::GetAtt': ['Key961B73FD', 'Arn'] };
  const arn = (logicalId: string) => ({ 'Fn::GetAtt': [logicalId, 'Arn'] });
  const allow = (action: string | string[], resource: unknown) => ({
    Effect: 'Allow',
    Action: action,
    Resource: resource,
  });

  /** What an operator may do afterwards. */
  function grantedTo(grant: (orders: KafkaProcessor, operator: iam.Role) => iam.Grant, withKey = false): Json[] {
    const scope = stack();
    const operator = new iam.Role(scope, 'Operator', { assumedBy: new iam.AccountRootPrincipal() });
    const orders = processor(scope, withKey ? { encryptionKey: new kms.Key(scope, 'Key') as kms.IKey } : {});
    expect(grant(orders, operator).success).toBe(true);
    const policies = Object.values(Template.fromStack(scope).findResources('AWS::IAM::Policy'));
    return policies.find(({ Properties }) => Properties.PolicyName.startsWith('Operator'))?.Properties.PolicyDocument
      .Statement;
  }

  test('reads letters and takes none away', () => {
    const readLetters = (orders: KafkaProcessor, operator: iam.Role) => orders.grantReadDeadLetters(operator);
    const bucket = arn('OrdersDeadLetterBucketC7A89C1E');
    const expected = [
      // Without the visibility a letter that was only looked at would be hidden from others for a while.
      allow(
        ['sqs:ReceiveMessage', 'sqs:ChangeMessageVisibility', 'sqs:GetQueueAttributes'],
        arn('OrdersDeadLetterQueueA73944CE'),
      ),
      allow('s3:GetObject', { 'Fn::Join': ['', [bucket, '/parked/*']] }),
      allow('s3:ListBucket', bucket),
    ];

    expect(grantedTo(readLetters)).toEqual(expected);
    expect(grantedTo(readLetters, true)).toEqual(expect.arrayContaining([...expected, allow('kms:Decrypt', KEY)]));
    expect(grantedTo(readLetters, true)).toHaveLength(4);
  });

  test('looks records up in the memory and changes none', () => {
    const readMemory = (orders: KafkaProcessor, operator: iam.Role) => orders.grantReadMemory(operator);
    const read = allow(['dynamodb:DescribeTable', 'dynamodb:GetItem', 'dynamodb:Query'], arn('OrdersTable1F8332C7'));

    expect(grantedTo(readMemory)).toEqual([read]);
    expect(grantedTo(readMemory, true)).toEqual([read, allow(['kms:Decrypt', 'kms:DescribeKey'], KEY)]);
  });

  test('claims with a function of its own, over two tables', () => {
    const scope = stack();
    const role = new iam.Role(scope, 'Worker', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
    const encryptionKey = new kms.Key(scope, 'Key') as kms.IKey;

    new IdempotencyTable(scope, 'First').grantClaims(role);
    new IdempotencyTable(scope, 'Second', { encryptionKey }).grantClaims(role);

    const { Statement } = only(Template.fromStack(scope), 'AWS::IAM::Policy').Properties.PolicyDocument;
    const claims = [
      'dynamodb:BatchGetItem',
      'dynamodb:PartiQLInsert',
      'dynamodb:PartiQLUpdate',
      'dynamodb:PutItem',
      'dynamodb:UpdateItem',
    ];
    const use = ['kms:Decrypt', 'kms:DescribeKey', 'kms:Encrypt', 'kms:ReEncrypt*', 'kms:GenerateDataKey*'];
    expect(Statement).toEqual([
      allow(claims, arn('First8D4707F1')),
      allow(claims, arn('Second394350F9')),
      allow(use, KEY),
    ]);
  });
});
