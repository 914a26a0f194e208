import { Stack, Token } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { KafkaMapping, OnFailure, type OnFailureBindOptions, type OnFailureConfig, Pollers } from '../../lib';
import { ownFunction } from './fixture/own-function';
import { refusal } from './fixture/refusal';
import { app, only, processor, source, stack, statements } from './fixture/stack';

const MAY = { serviceMayDiscard: true, retryAttempts: 1000 } as const;
const destination = (template: Template) =>
  only(template, 'AWS::Lambda::EventSourceMapping').Properties.DestinationConfig.OnFailure.Destination;

describe('a bucket', () => {
  const given = (bucketOf: (scope: Stack) => s3.IBucket) => {
    const scope = new Stack(app(), 'Shop', { env: { region: 'eu-west-1', account: '111122223333' } });
    processor(scope, { ...MAY, onFailure: OnFailure.s3({ bucket: bucketOf(scope) }) });
    return Template.fromStack(scope);
  };
  const imported = (scope: Stack) => s3.Bucket.fromBucketName(scope, 'Discarded', 'orders-discarded');

  test('is named by its ARN, and the role may put objects into it, list it, and nothing else', () => {
    const template = given(imported);

    const arn = { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':s3:::orders-discarded']] };
    expect(destination(template)).toEqual(arn);
    const { PutDiscarded, ListDiscarded, EncryptDiscarded } = statements(template);
    expect(PutDiscarded).toEqual({
      Effect: 'Allow',
      Action: 's3:PutObject',
      Resource: { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':s3:::orders-discarded/*']] },
    });
    expect(ListDiscarded).toEqual({ Effect: 'Allow', Action: 's3:ListBucket', Resource: arn });
    expect(EncryptDiscarded).toBeUndefined();
  });

  test('with a key of the customer brings data keys of it, and no other use', () => {
    const template = given((scope) => {
      const encryptionKey = kms.Key.fromKeyArn(scope, 'Key', 'arn:aws:kms:eu-west-1:111122223333:key/0a1b');
      const attributes = { bucketName: 'orders-discarded', encryptionKey: encryptionKey as kms.IKey };
      return s3.Bucket.fromBucketAttributes(scope, 'Discarded', attributes);
    });

    expect(statements(template).EncryptDiscarded).toEqual({
      Effect: 'Allow',
      Action: 'kms:GenerateDataKey',
      Resource: 'arn:aws:kms:eu-west-1:111122223333:key/0a1b',
    });
  });

  test('is there with its permissions before the mapping', () => {
    const template = given((scope) => new s3.Bucket(scope, 'Discarded') as s3.IBucket);

    expect(only(template, 'AWS::Lambda::EventSourceMapping').DependsOn).toContain(
      only(template, 'AWS::IAM::Policy').logicalId,
    );
  });
});

describe('a topic', () => {
  const given = (topic: string) => {
    const scope = stack();
    processor(scope, { ...MAY, onFailure: OnFailure.kafkaTopic(topic) });
    return Template.fromStack(scope);
  };

  test.each(['dlq4', 'orders.failed', '_orders-failed', 'a'.repeat(249)])(
    'named %s is named by its scheme',
    (topic) => {
      expect(destination(given(topic))).toBe(`kafka://${topic}`);
    },
  );

  test('that is known at deployment only is named at deployment', () => {
    expect(destination(given(Token.asString({ Ref: 'Topic' })))).toEqual({
      'Fn::Join': ['', ['kafka://', { Ref: 'Topic' }]],
    });
  });

  test('may be written by the role, and is not among what it may read', () => {
    const all = Object.values(statements(given('orders-failed'))).filter((statement) =>
      JSON.stringify(statement).includes('/orders-failed'),
    );

    expect(all).toHaveLength(1);
    expect(JSON.stringify(all)).toContain('kafka-cluster:WriteData');
    expect(JSON.stringify(all)).not.toContain('ReadData');
  });

  test.each(['abc', '.failed', 'orders failed', 'kafka://failed', '', 'a'.repeat(250)])(
    'named %j is refused',
    (topic) => {
      expect(refusal(() => given(topic))).toContain(
        `onFailure topic is "${topic}", accepted is 4 to 249 letters, digits, ".", "_", "-", not beginning with ".".`,
      );
    },
  );

  test('that is the one that is read is refused, also where both are known at deployment only', () => {
    const token = () => Token.asString({ Ref: 'Topic' });

    expect(refusal(() => given('orders'))).toContain('onFailure topic is "orders", accepted is a topic other than');
    refusal(() =>
      processor(stack(), { ...MAY, source: source({ topic: token() }), onFailure: OnFailure.kafkaTopic(token()) }),
    );
  });
});

test('a destination of another kind is a subclass', () => {
  class Archive extends OnFailure {
    bind(): OnFailureConfig {
      return { destination: 'arn:aws:s3:::archive', grants: [] };
    }
  }
  const scope = stack();

  processor(scope, { ...MAY, onFailure: new Archive() });

  expect(destination(Template.fromStack(scope))).toBe('arn:aws:s3:::archive');
});

test('two mappings of a function may have two buckets: no statement shares its name', () => {
  const scope = stack();
  const to = (name: string) => ({
    ...MAY,
    onFailure: OnFailure.s3({ bucket: s3.Bucket.fromBucketName(scope, `Bucket-${name}`, name) }),
  });
  const orders = processor(scope, to('one'));

  new KafkaMapping(scope, 'Returns', {
    ...to('two'),
    function: orders.function,
    source: source({ topic: 'returns' }),
    pollers: Pollers.provisioned({ minimum: 1, maximum: 1 }),
  });

  const { Statement } = only(Template.fromStack(scope), 'AWS::IAM::Policy').Properties.PolicyDocument;
  const sids = Statement.map(({ Sid }: { Sid?: string }) => Sid);
  expect(sids).toEqual(expect.arrayContaining(['PutDiscarded', 'PutDiscardedReturns', 'ListDiscardedReturns']));
  expect(new Set(sids).size).toBe(sids.length);
});

describe('a bucket that is imported with its account', () => {
  const ARN = 'arn:aws:s3:::orders-discarded';
  const keyArn = (account: string) => `arn:aws:kms:eu-west-1:${account}:key/0a1b`;
  const imported = (scope: Stack, id: string, { account = '111122223333', bucketArn = ARN } = {}) => {
    const encryptionKey = kms.Key.fromKeyArn(scope, `${id}Key`, keyArn(account)) as kms.IKey;
    return s3.Bucket.fromBucketAttributes(scope, id, { bucketArn, account, encryptionKey });
  };

  // aws-cdk-lib compares the accounts of role and bucket, and grants in another way where they are not known to be one.
  test.each([
    ['in the account of the stack', '111122223333', { env: { account: '111122223333', region: 'eu-west-1' } }],
    ['in another account', '444455556666', { env: { account: '111122223333', region: 'eu-west-1' } }],
    ['where the account of the stack is known at deployment only', '111122223333', {}],
  ])('has its statements named %s', (_, account, props) => {
    const scope = new Stack(app(), 'Shop', props);

    processor(scope, { ...MAY, onFailure: OnFailure.s3({ bucket: imported(scope, 'Discarded', { account }) }) });

    const allow = (Action: string, Resource: string) => ({ Effect: 'Allow', Action, Resource });
    expect(statements(Template.fromStack(scope))).toMatchObject({
      PutDiscarded: allow('s3:PutObject', `${ARN}/*`),
      ListDiscarded: allow('s3:ListBucket', ARN),
      EncryptDiscarded: allow('kms:GenerateDataKey', keyArn(account)),
    });
  });

  test('shares no name with another one, where two mappings share a function', () => {
    const scope = stack();
    const orders = processor(scope, { ...MAY, onFailure: OnFailure.s3({ bucket: imported(scope, 'One') }) });

    new KafkaMapping(scope, 'Returns', {
      ...MAY,
      onFailure: OnFailure.s3({ bucket: imported(scope, 'Two', { bucketArn: 'arn:aws:s3:::returns-discarded' }) }),
      function: orders.function,
      source: source({ topic: 'returns' }),
      pollers: Pollers.provisioned({ minimum: 1, maximum: 1 }),
    });

    const { Statement } = only(Template.fromStack(scope), 'AWS::IAM::Policy').Properties.PolicyDocument;
    const sids = Statement.map(({ Sid }: { Sid?: string }) => Sid);
    expect(sids).toEqual(expect.arrayContaining(['PutDiscarded', 'PutDiscardedReturns', 'ListDiscardedReturns']));
    expect(sids.filter((sid: string) => sid === 'EncryptDiscarded')).toHaveLength(1);
    expect(new Set(sids).size).toBe(sids.length);
  });

  test('of another account in the same app lets the role in by its own policy, too', () => {
    const parent = app();
    const there = new Stack(parent, 'There', { env: { account: '444455556666', region: 'eu-west-1' } });
    const here = new Stack(parent, 'Here', { env: { account: '111122223333', region: 'eu-west-1' } });
    const bucket = new s3.Bucket(there, 'Discarded', { bucketName: 'orders-discarded' }) as s3.IBucket;
    const assumedBy = new iam.ServicePrincipal('lambda.amazonaws.com');
    const role = new iam.Role(here, 'Role', { roleName: 'orders', assumedBy });

    new KafkaMapping(here, 'Orders', {
      ...MAY,
      onFailure: OnFailure.s3({ bucket }),
      function: ownFunction(here, { role }),
      source: source(),
      pollers: Pollers.provisioned({ minimum: 1, maximum: 1 }),
    });

    const { Statement } = only(Template.fromStack(there), 'AWS::S3::BucketPolicy').Properties.PolicyDocument;
    expect(Statement.map(({ Action }: { Action: string }) => Action)).toEqual(['s3:PutObject', 's3:ListBucket']);
    expect(JSON.stringify(Statement)).toContain(':iam::111122223333:role/orders');
    expect(Object.keys(statements(Template.fromStack(here)))).toEqual(
      expect.arrayContaining(['PutDiscarded', 'ListDiscarded']),
    );
  });
});

test("a destination of the user's may name what it grants: where two do, no statement shares its name", () => {
  class Archive extends OnFailure {
    constructor(private readonly bucket: s3.IBucket) {
      super();
    }

    bind(_: Stack, { grantee }: OnFailureBindOptions): OnFailureConfig {
      const statement = new iam.PolicyStatement({
        sid: 'PutIntoArchive',
        actions: ['s3:PutObject'],
        resources: [this.bucket.arnForObjects('*')],
      });
      grantee.grantPrincipal.addToPrincipalPolicy(statement);
      return { destination: this.bucket.bucketArn, grants: [] };
    }
  }
  const scope = stack();
  const to = (name: string) => ({
    ...MAY,
    onFailure: new Archive(s3.Bucket.fromBucketName(scope, `Bucket-${name}`, name)),
  });
  const orders = processor(scope, to('one'));

  new KafkaMapping(scope, 'Returns', {
    ...to('two'),
    function: orders.function,
    source: source({ topic: 'returns' }),
    pollers: Pollers.provisioned({ minimum: 1, maximum: 1 }),
  });

  expect(Object.keys(statements(Template.fromStack(scope)))).toEqual(
    expect.arrayContaining(['PutIntoArchive', 'PutIntoArchiveReturns']),
  );
});

test('what is not of this kind is told from what is, also of another copy of the package', () => {
  expect(OnFailure.isOnFailure(OnFailure.kafkaTopic('failed'))).toBe(true);
  expect([undefined, null, {}, 'failed'].some(OnFailure.isOnFailure)).toBe(false);
});

describe('a bucket of another region', () => {
  const warned = (region?: string) => {
    const scope = new Stack(app(), 'Shop', { env: { region: 'eu-west-1', account: '111122223333' } });
    const attributes = { bucketName: 'orders-discarded', ...(region !== undefined && { region }) };
    const bucket = s3.Bucket.fromBucketAttributes(scope, 'Discarded', attributes);
    processor(scope, { ...MAY, onFailure: OnFailure.s3({ bucket }) });
    return Annotations.fromStack(scope).findWarning('/Shop/Orders', Match.stringLikeRegexp('bucket of onFailure'));
  };

  // The Developer Guide says neither that the service writes there nor that it does not.
  test('is warned about', () => {
    expect(warned('us-east-1')[0]?.entry.data).toContain(
      'The bucket of onFailure is in us-east-1, and the mapping in eu-west-1.',
    );
  });

  test('is not one of the same region, or of one that is not known', () => {
    expect(warned('eu-west-1')).toEqual([]);
    expect(warned(Token.asString({ Ref: 'Region' }))).toEqual([]);
    expect(warned()).toEqual([]);
  });
});
