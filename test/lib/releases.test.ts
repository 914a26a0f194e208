import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { changes, type ResourceTemplate, replacingProperties } from '../fixtures/releases/changes';
import { releasedTemplate } from '../fixtures/releases/template';
import type { Json } from './fixture/stack';

const FOLDER = join(__dirname, '..', 'fixtures', 'releases');
const RELEASES = readdirSync(FOLDER, { withFileTypes: true }).flatMap((entry) => {
  return entry.isDirectory() ? [entry.name] : [];
});
const released = (version: string): ResourceTemplate => {
  return JSON.parse(readFileSync(join(FOLDER, version, 'template.json'), 'utf8'));
};

test.each(RELEASES)('a stack of release %s keeps all that it holds when it is upgraded', (version) => {
  expect(changes(released(version), releasedTemplate())).toEqual([]);
});

test('every kind of processor is in the newest release', () => {
  const held = Object.keys(released(RELEASES.toSorted().at(-1) as string).Resources);

  for (const kind of ['Orders', 'Returns', 'Payments', 'Refunds', 'Audit', 'Partner']) {
    expect(held).toEqual(expect.arrayContaining([expect.stringMatching(`^${kind}Mapping[0-9A-F]{8}$`)]));
  }
});

describe('an upgrade would be told of', () => {
  const TABLE = 'OrdersTable1F8332C7';
  const MAPPING = 'OrdersMapping4DDFF7C3';
  const planted = (edit: (resources: Json) => void) => {
    const after = released('0.1.0') as Json;
    edit(after.Resources);
    return changes(released('0.1.0'), after);
  };
  const set = (id: string, name: string, value: unknown) => (resources: Json) => {
    resources[id].Properties[name] = value;
  };

  test.each<[string, (resources: Json) => void, string[]]>([
    [
      'another key of the table',
      set(TABLE, 'KeySchema', [{ AttributeName: 'pk', KeyType: 'HASH' }]),
      [`${TABLE} KeySchema`],
    ],
    ['a name of the table', set(TABLE, 'TableName', 'memory'), [`${TABLE} TableName`]],
    [
      'a name of the queue',
      set('OrdersDeadLetterQueueA73944CE', 'QueueName', 'a'),
      ['OrdersDeadLetterQueueA73944CE QueueName'],
    ],
    [
      'a name of the bucket',
      set('OrdersDeadLetterBucketC7A89C1E', 'BucketName', 'a'),
      ['OrdersDeadLetterBucketC7A89C1E BucketName'],
    ],
    ['a name of the log group', set('OrdersLogs63C9E25A', 'LogGroupName', 'a'), ['OrdersLogs63C9E25A LogGroupName']],
    ['another name of the alias', set('OrdersAliasFA69D35F', 'Name', 'live'), ['OrdersAliasFA69D35F Name']],
    ['another cluster', set(MAPPING, 'EventSourceArn', 'arn:aws:kafka:…'), [`${MAPPING} EventSourceArn`]],
    ['another topic', set(MAPPING, 'Topics', ['sales']), [`${MAPPING} Topics`]],
    ['another position', set(MAPPING, 'StartingPosition', 'LATEST'), [`${MAPPING} StartingPosition`]],
    [
      'another consumer group',
      set(MAPPING, 'AmazonManagedKafkaEventSourceConfig', { ConsumerGroupId: 'orders' }),
      [`${MAPPING} AmazonManagedKafkaEventSourceConfig`],
    ],
  ])('%s', (_, edit, expected) => {
    expect(planted(edit)).toEqual(expected);
  });

  test('other brokers of a self-managed cluster', () => {
    const [id] = Object.keys(released('0.1.0').Resources).filter((one) => one.startsWith('PartnerMapping'));
    const endpoints = { Endpoints: { KafkaBootstrapServers: ['other.example:9092'] } };

    expect(planted(set(id as string, 'SelfManagedEventSource', endpoints))).toEqual([`${id} SelfManagedEventSource`]);
  });

  test('another logical id', () => {
    const renamed = (resources: Json) => {
      resources.OrdersMemory = resources[TABLE];
      delete resources[TABLE];
    };

    expect(planted(renamed)).toEqual([`${TABLE} is gone`]);
  });

  test('another type, which CloudFormation refuses to update', () => {
    const retyped = (resources: Json) => {
      resources[TABLE].Type = 'AWS::DynamoDB::Table';
    };

    expect(planted(retyped)).toEqual([`${TABLE} is a AWS::DynamoDB::Table`]);
  });

  test('an end of its being kept', () => {
    const dropped = (resources: Json) => {
      resources[TABLE].DeletionPolicy = 'Delete';
    };

    expect(planted(dropped)).toEqual([`${TABLE} DeletionPolicy`]);
  });
});

test('what may change does: other resources, and settings that are updated in place', () => {
  const after = released('0.1.0') as Json;
  after.Resources.New = { Type: 'AWS::CloudWatch::Alarm', Properties: {} };
  after.Resources.OrdersMapping4DDFF7C3.Properties.BatchSize = 10;
  after.Resources.OrdersTable1F8332C7.Properties.BillingMode = 'PROVISIONED';
  after.Resources.OrdersLogs63C9E25A.Properties.RetentionInDays = 7;

  expect(changes(released('0.1.0'), after)).toEqual([]);
});

// Source: the reference pages of CloudFormation, "Update requires: Replacement".
test.each([
  ['AWS::DynamoDB::GlobalTable', ['KeySchema', 'TableName']],
  ['AWS::SQS::Queue', ['FifoQueue', 'QueueName']],
  ['AWS::S3::Bucket', ['BucketName']],
  ['AWS::Logs::LogGroup', ['LogGroupName']],
  ['AWS::Lambda::Alias', ['FunctionName', 'Name']],
  [
    'AWS::Lambda::EventSourceMapping',
    [
      'AmazonManagedKafkaEventSourceConfig',
      'EventSourceArn',
      'SelfManagedEventSource',
      'SelfManagedKafkaEventSourceConfig',
      'StartingPosition',
      'StartingPositionTimestamp',
      'Topics',
    ],
  ],
])('the schema of %s is read', (type, expected) => {
  expect(replacingProperties(type)).toEqual(expect.arrayContaining(expected));
});
