import { Lazy, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { parseDeadLetters } from '../../handlers/dead-letters/place';
import { DeadLetters, type LetterBucketProps } from '../../lib';
import { refusal } from './fixture/refusal';
import { app, type Json, only, processor, stack, statements, templateOf } from './fixture/stack';

const QUEUE = 'OrdersDeadLetterQueueA73944CE';
const BUCKET = 'OrdersDeadLetterBucketC7A89C1E';
const KEY = { 'Fn::GetAtt': ['Key961B73FD', 'Arn'] };
const arn = (logicalId: string) => ({ 'Fn::GetAtt': [logicalId, 'Arn'] });
const objects = (logicalId: string, pattern: string) => ({ 'Fn::Join': ['', [arn(logicalId), pattern]] });

const place = (template: Template) =>
  only(template, 'AWS::Lambda::Function').Properties.Environment.Variables.MSK_ONCE_DEAD_LETTERS;

/** What the role may do with letters, by sid. */
const granted = (template: Template) =>
  Object.fromEntries(Object.entries(statements(template)).filter(([sid]) => /Letters$/.test(sid)));

const TLS_ONLY = { Effect: 'Deny', Principal: { AWS: '*' }, Condition: { Bool: { 'aws:SecureTransport': 'false' } } };

describe('by default', () => {
  let template: Template;
  beforeAll(() => {
    template = templateOf();
  });

  test('logical ids stay: another one would leave the letters behind', () => {
    expect(only(template, 'AWS::SQS::Queue').logicalId).toBe(QUEUE);
    expect(only(template, 'AWS::S3::Bucket').logicalId).toBe(BUCKET);
  });

  test('letters are in a queue that keeps them for as long and as large as a queue can, and encrypted', () => {
    expect(only(template, 'AWS::SQS::Queue')).toMatchObject({
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
      Properties: { MessageRetentionPeriod: 1_209_600, MaximumMessageSize: 1_048_576, SqsManagedSseEnabled: true },
    });
  });

  test('what is too large for it is in a bucket that is private, encrypted and forgets nothing', () => {
    const bucket = only(template, 'AWS::S3::Bucket');
    expect(bucket).toMatchObject({ DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
    expect(bucket.Properties).toEqual({
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
      },
      OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
    });
  });

  test('both refuse a request without TLS', () => {
    expect(only(template, 'AWS::SQS::QueuePolicy').Properties).toEqual({
      Queues: [{ Ref: QUEUE }],
      PolicyDocument: { Version: '2012-10-17', Statement: [{ ...TLS_ONLY, Action: 'sqs:*', Resource: arn(QUEUE) }] },
    });
    expect(only(template, 'AWS::S3::BucketPolicy').Properties).toEqual({
      Bucket: { Ref: BUCKET },
      PolicyDocument: {
        Version: '2012-10-17',
        Statement: [{ ...TLS_ONLY, Action: 's3:*', Resource: [arn(BUCKET), objects(BUCKET, '/*')] }],
      },
    });
  });

  test('the runtime is told of both', () => {
    expect(place(template)).toEqual({
      'Fn::Join': ['', ['sqs:', { Ref: QUEUE }, ',s3://', { Ref: BUCKET }]],
    });
  });

  test('the role may write letters, and neither read nor list them', () => {
    expect(granted(template)).toEqual({
      SendLetters: { Effect: 'Allow', Action: 'sqs:SendMessage', Resource: arn(QUEUE) },
      PutLetters: { Effect: 'Allow', Action: 's3:PutObject', Resource: objects(BUCKET, '/parked/*') },
    });
    const { Statement } = only(template, 'AWS::IAM::Policy').Properties.PolicyDocument;
    expect(Statement.filter(({ Action }: Json) => /s3:|sqs:|kms:/.test(JSON.stringify(Action)))).toHaveLength(2);
  });

  test('both can be reached', () => {
    const scope = stack();
    const { deadLetters } = processor(scope);

    expect(scope.resolve([deadLetters.queue?.queueArn, deadLetters.bucket?.bucketArn])).toEqual([
      arn(QUEUE),
      arn(BUCKET),
    ]);
  });
});

describe('in a queue', () => {
  test('without an overflow there is no bucket, and no permission for one', () => {
    const template = templateOf({ deadLetters: DeadLetters.sqs({ overflow: false }) });

    template.resourceCountIs('AWS::S3::Bucket', 0);
    expect(place(template)).toEqual({ 'Fn::Join': ['', ['sqs:', { Ref: QUEUE }]] });
    expect(Object.keys(granted(template))).toEqual(['SendLetters']);
  });

  test('of the user and with a bucket of the user nothing is made, and their keys may be used for nothing but writing', () => {
    const scope = stack();
    const encryptionKey = new kms.Key(scope, 'Key') as kms.IKey;
    const queue = new sqs.Queue(scope, 'Letters', { encryptionMasterKey: encryptionKey }) as sqs.IQueue;
    const bucket = new s3.Bucket(scope, 'Large', { encryptionKey }) as s3.IBucket;

    processor(scope, { deadLetters: DeadLetters.sqs({ queue, overflow: { bucket, prefix: 'shop/large' } }) });

    const template = Template.fromStack(scope);
    const { logicalId } = only(template, 'AWS::S3::Bucket');
    expect(place(template)).toEqual({
      'Fn::Join': ['', ['sqs:', { Ref: 'LettersDC1467AC' }, ',s3://', { Ref: logicalId }, '/shop/large']],
    });
    const write = { Effect: 'Allow', Action: ['kms:GenerateDataKey', 'kms:Decrypt'], Resource: KEY };
    expect(granted(template)).toEqual({
      SendLetters: { Effect: 'Allow', Action: 'sqs:SendMessage', Resource: arn('LettersDC1467AC') },
      EncryptSentLetters: write,
      PutLetters: { Effect: 'Allow', Action: 's3:PutObject', Resource: objects(logicalId, '/shop/large/parked/*') },
      EncryptPutLetters: write,
    });
  });

  test.each(['letters', 'letters.fifo'])('that the app does not make, %s, is named as the runtime reads it', (name) => {
    const scope = new Stack(app(), 'Shop', { env: { region: 'eu-west-1', account: '111122223333' } });
    const queue = sqs.Queue.fromQueueArn(scope, 'Letters', `arn:aws:sqs:eu-west-1:111122223333:${name}`);

    processor(scope, { deadLetters: DeadLetters.sqs({ queue, overflow: false }) });

    const template = Template.fromStack(scope);
    const [, parts] = place(template)['Fn::Join'];
    const text = parts.map((part: Json) => (part.Ref === 'AWS::URLSuffix' ? 'amazonaws.com' : part)).join('');
    expect(parseDeadLetters(text)).toEqual({
      queue: { url: `https://sqs.eu-west-1.amazonaws.com/111122223333/${name}`, isFifo: name.endsWith('.fifo') },
    });
    expect(granted(template)).toEqual({
      SendLetters: {
        Effect: 'Allow',
        Action: 'sqs:SendMessage',
        Resource: `arn:aws:sqs:eu-west-1:111122223333:${name}`,
      },
    });
  });
});

describe('in a bucket', () => {
  test('there is no queue, and the bucket is the one that would take what is too large for a queue', () => {
    const template = templateOf({ deadLetters: DeadLetters.s3() });

    template.resourceCountIs('AWS::SQS::Queue', 0);
    expect(only(template, 'AWS::S3::Bucket').logicalId).toBe(BUCKET);
    expect(place(template)).toEqual({ 'Fn::Join': ['', ['s3://', { Ref: BUCKET }]] });
    expect(Object.keys(granted(template))).toEqual(['PutLetters']);
  });

  test.each([
    [undefined, ''],
    ['', ''],
    ['orders', 'orders'],
    ['shop/orders/', 'shop/orders'],
    [`a/${"b!_.'()=-".repeat(28)}c`, `a/${"b!_.'()=-".repeat(28)}c`],
  ])('of the user with the prefix %j letters are where the runtime reads %j', (given, prefix) => {
    const scope = stack();
    const bucket = s3.Bucket.fromBucketName(scope, 'Letters', 'shop-letters');

    const { deadLetters } = processor(scope, {
      deadLetters: DeadLetters.s3({ bucket, ...(given !== undefined && { prefix: given }) }),
    });

    const template = Template.fromStack(scope);
    expect(deadLetters.prefix).toBe(prefix);
    expect(parseDeadLetters(place(template))).toEqual({ bucket: { bucket: 'shop-letters', prefix } });
    const folder = prefix === '' ? '' : `${prefix}/`;
    expect(granted(template).PutLetters).toMatchObject({
      Resource: { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, `:s3:::shop-letters/${folder}parked/*`]] },
    });
  });

  test('a prefix that is known at deployment only passes', () => {
    const prefix = Lazy.string({ produce: () => 'later' });

    expect(place(templateOf({ deadLetters: DeadLetters.s3({ prefix }) }))).toEqual({
      'Fn::Join': ['', ['s3://', { Ref: BUCKET }, '/later']],
    });
  });
});

test('two processors with one choice have letters of their own', () => {
  const scope = stack();
  const deadLetters = DeadLetters.sqs();

  for (const id of ['Orders', 'Refunds']) processor(scope, { deadLetters }, id);

  const template = Template.fromStack(scope);
  template.resourceCountIs('AWS::SQS::Queue', 2);
  template.resourceCountIs('AWS::S3::Bucket', 2);
});

describe('who redrives (P6)', () => {
  function grantedFor(deadLetters: (scope: Stack) => DeadLetters | undefined): Json[] {
    const scope = stack();
    const chosen = deadLetters(scope);
    const operator = new iam.Role(scope, 'Operator', { assumedBy: new iam.AccountRootPrincipal() });
    processor(scope, chosen && { deadLetters: chosen }).grantRedrive(operator);
    const policies = Object.values(Template.fromStack(scope).findResources('AWS::IAM::Policy'));
    return policies.find(({ Properties }) => Properties.PolicyName.startsWith('Operator'))?.Properties.PolicyDocument
      .Statement;
  }
  const invoke = { Effect: 'Allow', Action: 'lambda:InvokeFunction', Resource: { Ref: 'OrdersAliasFA69D35F' } };
  const receive = {
    Effect: 'Allow',
    Action: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:ChangeMessageVisibility', 'sqs:GetQueueAttributes'],
    Resource: arn(QUEUE),
  };
  const readIn = (bucket: string, prefix: string) => [
    { Effect: 'Allow', Action: ['s3:GetObject', 's3:DeleteObject'], Resource: objects(bucket, `/${prefix}parked/*`) },
    { Effect: 'Allow', Action: 's3:ListBucket', Resource: arn(bucket) },
  ];

  test('may invoke the alias, take messages and take the objects that they point at', () => {
    expect(grantedFor(() => undefined)).toEqual([invoke, receive, ...readIn(BUCKET, '')]);
  });

  test('may do nothing in a store that there is not', () => {
    expect(grantedFor(() => DeadLetters.sqs({ overflow: false }))).toEqual([invoke, receive]);
    expect(grantedFor(() => DeadLetters.s3({ prefix: 'orders' }))).toEqual([invoke, ...readIn(BUCKET, 'orders/')]);
  });

  test('may decrypt with the keys of the user, and not encrypt', () => {
    const found = grantedFor((scope) => {
      const encryptionKey = new kms.Key(scope, 'Key') as kms.IKey;
      const bucket = new s3.Bucket(scope, 'Large', { encryptionKey }) as s3.IBucket;
      const queue = new sqs.Queue(scope, 'Letters', { encryptionMasterKey: encryptionKey }) as sqs.IQueue;
      return DeadLetters.sqs({ queue, overflow: { bucket } });
    });

    // One for both stores: equal statements stand once.
    const decrypt = { Effect: 'Allow', Action: 'kms:Decrypt', Resource: KEY };
    expect(found.filter(({ Action }) => JSON.stringify(Action).includes('kms:'))).toEqual([decrypt]);
  });

  test('gets one grant that succeeded', () => {
    const scope = stack();
    const operator = new iam.Role(scope, 'Operator', { assumedBy: new iam.AccountRootPrincipal() });

    const grant = processor(scope).grantRedrive(operator);

    expect(grant.success).toBe(true);
    expect(grant.principalStatements).toHaveLength(4);
  });
});

describe('refused', () => {
  const message = (deadLetters: (scope: Stack) => DeadLetters) => {
    const scope = new Stack(app(), 'Shop', { env: { region: 'eu-west-1', account: '111122223333' } });
    return refusal(() => processor(scope, { deadLetters: deadLetters(scope) }));
  };
  const ofBucket = (props: LetterBucketProps) => message(() => DeadLetters.s3(props));

  test.each(['/orders', 'a//b', 'orders//', '/', 'a b', 'größe', 'a,b', 's3://letters/a', 'a'.repeat(256)])(
    'the prefix %j, with which the function would not start',
    (prefix) => {
      expect(parseDeadLetters(`s3://letters/${prefix}`)).toBeUndefined();
      expect(ofBucket({ prefix })).toContain('deadLetters prefix is "');
    },
  );

  test('the prefix of an overflow, by its own name', () => {
    expect(message(() => DeadLetters.sqs({ overflow: { prefix: 'a b' } }))).toContain('overflow prefix is "a b"');
  });

  test('a prefix that would grant more than it says', () => {
    expect(ofBucket({ prefix: 'team-*' })).toContain('In the permissions a "*" would match other prefixes');
  });

  test('a bucket whose name the runtime does not take', () => {
    const text = message((scope) => DeadLetters.s3({ bucket: s3.Bucket.fromBucketName(scope, 'Old', 'Shop_Letters') }));

    expect(parseDeadLetters('s3://Shop_Letters')).toBeUndefined();
    expect(text).toContain('deadLetters bucket is "Shop_Letters", accepted is 3 to 63 small letters');
  });

  test('a store in another region, where the runtime would not look', () => {
    const accepted = 'is "eu-central-1", accepted is the region of the stack, eu-west-1.';
    const queueArn = 'arn:aws:sqs:eu-central-1:111122223333:letters';

    expect(
      message((scope) => DeadLetters.sqs({ queue: sqs.Queue.fromQueueArn(scope, 'Letters', queueArn) })),
    ).toContain(`region of deadLetters queue ${accepted}`);
    expect(
      message((scope) => {
        const region = 'eu-central-1';
        const bucket = s3.Bucket.fromBucketAttributes(scope, 'Far', { bucketName: 'letters', region });
        return DeadLetters.sqs({ overflow: { bucket } });
      }),
    ).toContain(`region of overflow bucket ${accepted}`);
  });
});
