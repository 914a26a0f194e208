import { RemovalPolicies, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
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

describe('protection from deletion', () => {
  const isProtected = (props: IdempotencyTableProps, act: (table: IdempotencyTable) => void = () => undefined) => {
    const stack = new Stack(app(), 'Shop');
    act(new IdempotencyTable(stack, 'Memory', props));
    const table = only(Template.fromStack(stack), 'AWS::DynamoDB::GlobalTable');
    return table.Properties.Replicas[0].DeletionProtectionEnabled;
  };

  test('ends with a removal policy that it would stop, however that is set', () => {
    expect(isProtected({ removalPolicy: RemovalPolicy.DESTROY })).toBe(false);
    expect(isProtected({}, (table) => table.applyRemovalPolicy(RemovalPolicy.DESTROY))).toBe(false);
    expect(isProtected({}, (table) => RemovalPolicies.of(table).destroy())).toBe(false);
  });

  test('stays with any other, and where it is asked for', () => {
    expect(isProtected({ removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE })).toBe(true);
    expect(isProtected({ deletionProtection: true, removalPolicy: RemovalPolicy.DESTROY })).toBe(true);
  });
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
