import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { grantLetters } from '../../../../lib/private/letters/grant-letters';
import { type Json, only } from '../../fixture/stack';

const KEY = 'arn:aws:kms:eu-west-1:111122223333:key/0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d';
const QUEUE = 'arn:aws:sqs:eu-west-1:111122223333:letters';
const BUCKET = 'arn:aws:s3:::letters';

/** Stores that are imported, each with a key. `stores`: the account where they are. */
function granted(scope: Stack, stores: string): { readonly role: iam.Role; readonly statements: () => Json[] } {
  const there = (arn: string) => arn.replace('111122223333', stores);
  const encryptionKey = kms.Key.fromKeyArn(scope, 'Key', there(KEY));
  const role = new iam.Role(scope, 'Role', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
  grantLetters(
    {
      queue: sqs.Queue.fromQueueAttributes(scope, 'Queue', { queueArn: there(QUEUE), keyArn: there(KEY) }),
      bucket: s3.Bucket.fromBucketAttributes(scope, 'Bucket', { bucketArn: BUCKET, account: stores, encryptionKey }),
      prefix: 'orders',
    },
    role,
  );
  const statements = () =>
    only(Template.fromStack(scope), 'AWS::IAM::Policy').Properties.PolicyDocument.Statement as Json[];
  return { role, statements };
}

const allow = (Sid: string, Action: string | string[], Resource: string) => ({
  Sid,
  Effect: 'Allow',
  Action,
  Resource,
});

// aws-cdk-lib compares the accounts of role and store, and grants in another way where they are not known to be one.
test.each([
  ['another account', { env: { account: '444455556666', region: 'eu-west-1' } }],
  ['the same account', { env: { account: '111122223333', region: 'eu-west-1' } }],
  ['an account that is known at deployment only', {}],
])('each statement for stores that are imported has its sid, from a stack of %s', (_, props) => {
  const { statements } = granted(new Stack(new App(), 'Shop', props), '111122223333');

  expect(statements()).toEqual([
    allow('SendLetters', 'sqs:SendMessage', QUEUE),
    allow('EncryptSentLetters', ['kms:GenerateDataKey', 'kms:Decrypt'], KEY),
    allow('PutLetters', 's3:PutObject', `${BUCKET}/orders/parked/*`),
    allow('EncryptPutLetters', ['kms:GenerateDataKey', 'kms:Decrypt'], KEY),
  ]);
});

test('a store of another account in the same app lets the role in by its own policy, too', () => {
  const app = new App();
  const there = new Stack(app, 'There', { env: { account: '444455556666', region: 'eu-west-1' } });
  const here = new Stack(app, 'Here', { env: { account: '111122223333', region: 'eu-west-1' } });
  const queue = new sqs.Queue(there, 'Queue', { queueName: 'letters' }) as sqs.IQueue;
  const assumedBy = new iam.ServicePrincipal('lambda.amazonaws.com');
  const role = new iam.Role(here, 'Role', { roleName: 'orders', assumedBy });

  grantLetters({ queue, prefix: '' }, role);

  const [inQueue] = only(Template.fromStack(there), 'AWS::SQS::QueuePolicy').Properties.PolicyDocument.Statement;
  expect(inQueue).toMatchObject({ Effect: 'Allow', Action: 'sqs:SendMessage' });
  expect(JSON.stringify(inQueue.Principal)).toContain(':iam::111122223333:role/orders');
  const [inRole] = only(Template.fromStack(here), 'AWS::IAM::Policy').Properties.PolicyDocument.Statement;
  expect(inRole).toMatchObject({ Sid: 'SendLetters', Action: 'sqs:SendMessage' });
});

test('a role that two functions share has each sid once', () => {
  const scope = new Stack(new App(), 'Shop');
  const { role, statements } = granted(scope, '111122223333');
  const other = new sqs.Queue(scope, 'Other') as sqs.IQueue;

  grantLetters({ queue: other, prefix: '' }, role);

  const sids = statements().map(({ Sid }) => Sid);
  expect(sids).toHaveLength(5);
  expect(sids.filter((sid) => sid === 'SendLetters')).toHaveLength(1);
  expect(sids.filter((sid) => sid === undefined)).toHaveLength(1);
});
