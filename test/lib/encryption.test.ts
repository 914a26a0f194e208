import { Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import { FilterCriteria, FilterRule } from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { DeadLetters, IdempotencyTable, type KafkaProcessorProps } from '../../lib';
import { refusal } from './fixture/refusal';
import { app, type Json, only, processor, source, stack } from './fixture/stack';

const KEY_ARN = { 'Fn::GetAtt': ['Key961B73FD', 'Arn'] };

function keyIn(scope: Stack, id = 'Key'): kms.IKey {
  return new kms.Key(scope, id) as kms.IKey;
}

/** The key that each resource with data in it is under, or how it is encrypted without one. */
function keysOf(template: Template): Json {
  const properties = (type: string) => {
    const [resource] = Object.values(template.findResources(type));
    return resource?.Properties ?? {};
  };
  const sse = properties('AWS::S3::Bucket').BucketEncryption?.ServerSideEncryptionConfiguration[0];
  return {
    table: properties('AWS::DynamoDB::GlobalTable').Replicas?.[0].SSESpecification?.KMSMasterKeyId,
    queue: properties('AWS::SQS::Queue').KmsMasterKeyId,
    bucket: sse?.ServerSideEncryptionByDefault.KMSMasterKeyID,
    logs: properties('AWS::Logs::LogGroup').KmsKeyId,
    environment: properties('AWS::Lambda::Function').KmsKeyArn,
  };
}

/** What the policies of a role say of keys. */
function keyStatements(template: Template): Json[] {
  return Object.values(template.findResources('AWS::IAM::Policy'))
    .flatMap(({ Properties }) => Properties.PolicyDocument.Statement)
    .filter(({ Action }) => JSON.stringify(Action).includes('kms:'));
}

const keyPolicy = (template: Template) => only(template, 'AWS::KMS::Key').Properties.KeyPolicy.Statement;
const LOGS = {
  Effect: 'Allow',
  Principal: {
    Service: { 'Fn::Join': ['', ['logs.', { Ref: 'AWS::Region' }, '.', { Ref: 'AWS::URLSuffix' }]] },
  },
  Action: ['kms:Decrypt*', 'kms:Describe*', 'kms:Encrypt*', 'kms:GenerateDataKey*', 'kms:ReEncrypt*'],
  Resource: '*',
  Condition: {
    ArnLike: {
      'kms:EncryptionContext:aws:logs:arn': {
        'Fn::Join': [
          '',
          [
            'arn:',
            { Ref: 'AWS::Partition' },
            ':logs:',
            { Ref: 'AWS::Region' },
            ':',
            { Ref: 'AWS::AccountId' },
            ':log-group:*',
          ],
        ],
      },
    },
  },
};

describe('one key of the user for a processor', () => {
  let template: Template;
  beforeAll(() => {
    const scope = stack();
    processor(scope, { encryptionKey: keyIn(scope) });
    template = Template.fromStack(scope);
  });

  test('encrypts all that it makes and that holds data', () => {
    expect(keysOf(template)).toEqual({
      table: KEY_ARN,
      queue: KEY_ARN,
      bucket: KEY_ARN,
      logs: KEY_ARN,
      environment: KEY_ARN,
    });
  });

  test('is asked little by the bucket, which has a key of its own below it', () => {
    const [rule] = only(template, 'AWS::S3::Bucket').Properties.BucketEncryption.ServerSideEncryptionConfiguration;
    expect(rule).toMatchObject({ BucketKeyEnabled: true, ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms' } });
  });

  test('may be used by the role for table, letters and environment, and for nothing else', () => {
    const write = ['kms:GenerateDataKey', 'kms:Decrypt'];
    expect(keyStatements(template).map(({ Sid, ...rest }: Json) => [Sid, rest])).toEqual([
      ['DecryptEnvironment', { Effect: 'Allow', Action: 'kms:Decrypt', Resource: KEY_ARN }],
      [
        'UseKeyOfClaims',
        {
          Effect: 'Allow',
          Action: ['kms:Decrypt', 'kms:DescribeKey', 'kms:Encrypt', 'kms:ReEncrypt*', 'kms:GenerateDataKey*'],
          Resource: KEY_ARN,
        },
      ],
      ['EncryptSentLetters', { Effect: 'Allow', Action: write, Resource: KEY_ARN }],
      ['EncryptPutLetters', { Effect: 'Allow', Action: write, Resource: KEY_ARN }],
    ]);
  });

  test('lets CloudWatch Logs use it for the log groups of the account, without which the group cannot be made', () => {
    expect(keyPolicy(template)).toContainEqual(LOGS);
  });

  test('queue and bucket still refuse a request without TLS', () => {
    for (const type of ['AWS::SQS::QueuePolicy', 'AWS::S3::BucketPolicy']) {
      expect(only(template, type).Properties.PolicyDocument.Statement).toContainEqual(
        expect.objectContaining({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
      );
    }
  });

  test('changes no logical id: what is stateful stays', () => {
    const ids = ['OrdersTable1F8332C7', 'OrdersDeadLetterQueueA73944CE', 'OrdersDeadLetterBucketC7A89C1E'];
    expect(Object.keys(template.toJSON().Resources)).toEqual(expect.arrayContaining([...ids, 'OrdersLogs63C9E25A']));
  });
});

test('two processors under one key tell it of CloudWatch Logs once', () => {
  const scope = stack();
  const encryptionKey = keyIn(scope);

  for (const id of ['Orders', 'Refunds']) processor(scope, { encryptionKey }, id);

  expect(keyPolicy(Template.fromStack(scope)).filter((statement: Json) => statement.Condition)).toEqual([LOGS]);
});

test('without a key of the user every store is encrypted by its service', () => {
  const scope = stack();
  processor(scope);
  const template = Template.fromStack(scope);

  expect(Object.values(keysOf(template))).toEqual([undefined, undefined, undefined, undefined, undefined]);
  expect(only(template, 'AWS::DynamoDB::GlobalTable').Properties.SSESpecification).toEqual({
    SSEEnabled: true,
    SSEType: 'KMS',
  });
  expect(only(template, 'AWS::SQS::Queue').Properties.SqsManagedSseEnabled).toBe(true);
  expect(keyStatements(template)).toEqual([]);
});

describe('a key of one part', () => {
  const keysWith = (props: (key: kms.IKey) => Partial<KafkaProcessorProps>): Json => {
    const scope = stack();
    processor(scope, { encryptionKey: keyIn(scope), ...props(keyIn(scope, 'Other')) });
    return keysOf(Template.fromStack(scope));
  };
  const OTHER = { 'Fn::GetAtt': ['Other34654A52', 'Arn'] };

  test('of the queue is also the one of what is too large for it', () => {
    expect(keysWith((encryptionKey) => ({ deadLetters: DeadLetters.sqs({ encryptionKey }) }))).toMatchObject({
      table: KEY_ARN,
      queue: OTHER,
      bucket: OTHER,
    });
  });

  test('of the overflow is not the one of the queue', () => {
    const keys = keysWith((encryptionKey) => ({ deadLetters: DeadLetters.sqs({ overflow: { encryptionKey } }) }));
    expect(keys).toMatchObject({ queue: KEY_ARN, bucket: OTHER });
  });

  test('of the bucket goes before the one of the processor', () => {
    const keys = keysWith((encryptionKey) => ({ deadLetters: DeadLetters.s3({ encryptionKey }) }));
    expect(keys).toMatchObject({ table: KEY_ARN, bucket: OTHER });
  });

  test('of a table of the user comes with it', () => {
    const scope = stack();
    const table = new IdempotencyTable(scope, 'Memory', { encryptionKey: keyIn(scope) }) as dynamodb.ITable;

    processor(scope, { table });

    const template = Template.fromStack(scope);
    expect(keyStatements(template).map(({ Sid, Resource }) => [Sid, Resource])).toEqual([['UseKeyOfClaims', KEY_ARN]]);
  });
});

describe('the filters of a mapping', () => {
  const filters = [FilterCriteria.filter({ value: { kind: FilterRule.isEqual('sale') } })];
  const keyOfFilters = (props: (scope: Stack) => Partial<KafkaProcessorProps>) => {
    const scope = stack();
    processor(scope, { encryptionKey: keyIn(scope), ...props(scope) });
    return only(Template.fromStack(scope), 'AWS::Lambda::EventSourceMapping').Properties.KmsKeyArn;
  };

  test('are under the key of the processor, or under their own', () => {
    expect(keyOfFilters(() => ({ source: source({ filters }) }))).toEqual(KEY_ARN);
    const own = (scope: Stack) => ({ source: source({ filters }), filterEncryption: keyIn(scope, 'Other') });
    expect(keyOfFilters(own)).toEqual({ 'Fn::GetAtt': ['Other34654A52', 'Arn'] });
  });

  test('ask for no key where there are none', () => {
    expect(keyOfFilters(() => ({}))).toBeUndefined();
  });
});

describe('the key of a table', () => {
  test('encrypts it also where the region is known at deployment only', () => {
    const scope = stack();

    const table = new IdempotencyTable(scope, 'Memory', { encryptionKey: keyIn(scope) });

    expect(table.encryptionKey?.node.path).toBe('Shop/Key');
    const { Properties } = only(Template.fromStack(scope), 'AWS::DynamoDB::GlobalTable');
    expect(Properties.SSESpecification).toEqual({ SSEEnabled: true, SSEType: 'KMS' });
    expect(Properties.Replicas[0].SSESpecification).toEqual({ KMSMasterKeyId: KEY_ARN });
  });

  test('twin: a TableV2 cannot be synthesized there', () => {
    const scope = stack();
    new dynamodb.TableV2(scope, 'Memory', {
      partitionKey: { name: 'id', type: dynamodb.AttributeType.STRING },
      encryption: dynamodb.TableEncryptionV2.customerManagedKey(keyIn(scope)),
    });

    expect(() => Template.fromStack(scope)).toThrow('region agnostic stack');
  });

  test('is as a TableV2 has it where the region is known', () => {
    const scope = new Stack(app(), 'Shop', { env: { region: 'eu-west-1' } });
    const key = keyIn(scope);
    const partitionKey = { name: 'id', type: dynamodb.AttributeType.STRING };
    const encryption = dynamodb.TableEncryptionV2.customerManagedKey(key);
    new dynamodb.TableV2(scope, 'Plain', { partitionKey, encryption });
    new IdempotencyTable(scope, 'Memory', { encryptionKey: key });

    const [plain, ours] = Object.values(Template.fromStack(scope).findResources('AWS::DynamoDB::GlobalTable'));
    expect(ours?.Properties.SSESpecification).toEqual(plain?.Properties.SSESpecification);
    expect(ours?.Properties.Replicas[0].SSESpecification).toEqual(plain?.Properties.Replicas[0].SSESpecification);
  });

  test("is granted by aws-cdk-lib's own grants too", () => {
    const scope = stack();
    const table = new IdempotencyTable(scope, 'Memory', { encryptionKey: keyIn(scope) });

    table.grantReadData(new iam.Role(scope, 'Reader', { assumedBy: new iam.AccountRootPrincipal() }));

    expect(keyStatements(Template.fromStack(scope))).toEqual([
      { Effect: 'Allow', Action: ['kms:Decrypt', 'kms:DescribeKey'], Resource: KEY_ARN },
    ]);
  });
});

test('twin: a LogGroup with a key does not tell the key of CloudWatch Logs', () => {
  const scope = stack();
  new logs.LogGroup(scope, 'Logs', { encryptionKey: keyIn(scope) });

  expect(JSON.stringify(keyPolicy(Template.fromStack(scope)))).not.toContain('logs');
});

test('an imported key, whose policy stays as it is, is warned about', () => {
  const scope = stack();
  const arn = 'arn:aws:kms:eu-west-1:111122223333:key/0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d';

  processor(scope, { encryptionKey: kms.Key.fromKeyArn(scope, 'Key', arn) });

  Annotations.fromStack(scope).hasWarning('/Shop/Orders', Match.stringLikeRegexp('let CloudWatch Logs use the key'));
  expect(Object.values(keysOf(Template.fromStack(scope)))).toEqual([arn, arn, arn, arn, arn]);
});

test('an imported key has its statements named too, in a stack whose account is not known', () => {
  const scope = stack();
  const arn = 'arn:aws:kms:eu-west-1:111122223333:key/0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d';

  processor(scope, { encryptionKey: kms.Key.fromKeyArn(scope, 'Key', arn) });

  const named = keyStatements(Template.fromStack(scope));
  expect(named.map(({ Sid, Resource }) => [Sid, Resource])).toEqual([
    ['DecryptEnvironment', arn],
    ['UseKeyOfClaims', arn],
    ['EncryptSentLetters', arn],
    ['EncryptPutLetters', arn],
  ]);
});

test('a key in another region is refused', () => {
  const scope = new Stack(app(), 'Shop', { env: { region: 'eu-west-1', account: '111122223333' } });
  const encryptionKey = kms.Key.fromKeyArn(scope, 'Key', 'arn:aws:kms:eu-central-1:111122223333:key/0a1b2c3d');

  expect(refusal(() => processor(scope, { encryptionKey }))).toContain('region of encryptionKey is "eu-central-1"');
});

describe('a key beside a store of the user is refused', () => {
  test.each<[string, string, (scope: Stack, encryptionKey: kms.IKey) => DeadLetters]>([
    [
      'a queue',
      'deadLetters encryptionKey is "Shop/Key", accepted is no key beside a queue of yours.',
      (scope, encryptionKey) =>
        DeadLetters.sqs({ encryptionKey, queue: new sqs.Queue(scope, 'Letters') as sqs.IQueue }),
    ],
    [
      'a bucket',
      'deadLetters encryptionKey is "Shop/Key", accepted is no key beside a bucket of yours.',
      (scope, encryptionKey) =>
        DeadLetters.s3({ encryptionKey, bucket: new s3.Bucket(scope, 'Letters') as s3.IBucket }),
    ],
    [
      'an overflow',
      'overflow encryptionKey is "Shop/Key", accepted is no key beside a bucket of yours.',
      (scope, encryptionKey) =>
        DeadLetters.sqs({ overflow: { encryptionKey, bucket: new s3.Bucket(scope, 'Letters') as s3.IBucket } }),
    ],
  ])('%s', (_, text, deadLetters) => {
    const scope = stack();

    const message = refusal(() => processor(scope, { deadLetters: deadLetters(scope, keyIn(scope)) }));

    expect(message).toContain(text);
  });

  test('but the key of the processor, which is for what it makes, is not', () => {
    const scope = stack();
    const queue = new sqs.Queue(scope, 'Letters', { encryption: sqs.QueueEncryption.SQS_MANAGED }) as sqs.IQueue;

    processor(scope, { encryptionKey: keyIn(scope), deadLetters: DeadLetters.sqs({ queue, overflow: false }) });

    expect(keysOf(Template.fromStack(scope))).toMatchObject({ table: KEY_ARN, queue: undefined });
  });
});
