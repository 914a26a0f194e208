import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as kms from 'aws-cdk-lib/aws-kms';
import { IdempotencyTable, type IdempotencyTableProps } from '../../lib';
import { refusal } from './fixture/refusal';
import { app, only } from './fixture/stack';

function tableOf(props?: IdempotencyTableProps) {
  const stack = new Stack(app(), 'Shop');
  new IdempotencyTable(stack, 'Memory', props);
  return only(Template.fromStack(stack), 'AWS::DynamoDB::GlobalTable');
}

describe('by default', () => {
  const table = tableOf();

  test('the logical id stays: another one would replace the memory', () => {
    expect(table.logicalId).toBe('Memory22710B9E');
  });

  test('the key is the id of Powertools, and records leave by their expiration', () => {
    expect(table.Properties.KeySchema).toEqual([{ AttributeName: 'id', KeyType: 'HASH' }]);
    expect(table.Properties.AttributeDefinitions).toEqual([{ AttributeName: 'id', AttributeType: 'S' }]);
    expect(table.Properties.TimeToLiveSpecification).toEqual({ AttributeName: 'expiration', Enabled: true });
  });

  test('it is kept, protected, restorable, encrypted, and paid by request', () => {
    expect(table).toMatchObject({ DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
    expect(table.Properties.Replicas).toEqual([
      {
        Region: { Ref: 'AWS::Region' },
        DeletionProtectionEnabled: true,
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      },
    ]);
    expect(table.Properties.SSESpecification).toEqual({ SSEEnabled: true, SSEType: 'KMS' });
    expect(table.Properties.BillingMode).toBe('PAY_PER_REQUEST');
  });
});

test('each default gives way to its prop', () => {
  const table = tableOf({
    tableName: 'memory',
    encryption: dynamodb.TableEncryptionV2.dynamoOwnedKey(),
    billing: dynamodb.Billing.provisioned({
      readCapacity: dynamodb.Capacity.fixed(5),
      writeCapacity: dynamodb.Capacity.autoscaled({ maxCapacity: 5 }),
    }),
    pointInTimeRecovery: false,
    deletionProtection: false,
    removalPolicy: RemovalPolicy.DESTROY,
  });

  expect(table).toMatchObject({
    DeletionPolicy: 'Delete',
    Properties: {
      TableName: 'memory',
      SSESpecification: { SSEEnabled: false },
      BillingMode: 'PROVISIONED',
      Replicas: [
        {
          DeletionProtectionEnabled: false,
          PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: false },
        },
      ],
    },
  });
});

test('a customer managed key encrypts it', () => {
  const stack = new Stack(app(), 'Shop', { env: { region: 'eu-west-1' } });
  const key = new kms.Key(stack, 'Key');

  const encryption = dynamodb.TableEncryptionV2.customerManagedKey(key);
  new IdempotencyTable(stack, 'Memory', { encryption });

  const [replica] = only(Template.fromStack(stack), 'AWS::DynamoDB::GlobalTable').Properties.Replicas;
  expect(replica.SSESpecification.KMSMasterKeyId).toEqual({ 'Fn::GetAtt': ['Key961B73FD', 'Arn'] });
});

describe('a second region is refused', () => {
  test('in the props', () => {
    const stack = new Stack(app(), 'Shop');
    const props = { replicas: [{ region: 'eu-central-1' }] } as IdempotencyTableProps;

    const message = refusal(() => new IdempotencyTable(stack, 'Memory', props), 'Shop/Memory');

    expect(message).toContain('replicas is "eu-central-1", accepted is no replica');
  });

  test('afterwards', () => {
    const table = new IdempotencyTable(new Stack(app(), 'Shop'), 'Memory');

    const message = refusal(() => table.addReplica({ region: 'eu-central-1' }), 'Shop/Memory');

    expect(message).toContain('two regions would both claim a record');
  });
});
