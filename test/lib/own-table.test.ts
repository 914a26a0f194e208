import { CfnParameter, Stack, Token } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import { refusal } from './fixture/refusal';
import { app, only, processor, stack, statements } from './fixture/stack';

interface Settings {
  readonly partitionKey?: dynamodb.Attribute;
  readonly sortKey?: dynamodb.Attribute;
  readonly timeToLiveAttribute?: string;
}

const STRING = dynamodb.AttributeType.STRING;
const RIGHT = { partitionKey: { name: 'id', type: STRING }, timeToLiveAttribute: 'expiration' };

const KINDS: [string, (scope: Stack, settings: Settings) => dynamodb.ITable][] = [
  ['Table', (scope, settings) => new dynamodb.Table(scope, 'Memory', { ...RIGHT, ...settings }) as dynamodb.ITable],
  ['TableV2', (scope, settings) => new dynamodb.TableV2(scope, 'Memory', { ...RIGHT, ...settings }) as dynamodb.ITable],
];

describe.each(KINDS)('a %s of the user', (_, tableOf) => {
  const refusedWith = (props: Settings) => {
    const scope = new Stack(app(), 'Shop', { env: { region: 'eu-west-1' } });
    return refusal(() => processor(scope, { table: tableOf(scope, props) }));
  };

  test('is taken with the key and the time to live of the memory', () => {
    const scope = stack();

    processor(scope, { table: tableOf(scope, {}) });

    expect(statements(Template.fromStack(scope)).ClaimRecords).toBeDefined();
  });

  test.each<[string, Settings, string]>([
    ['another key', { partitionKey: { name: 'pk', type: STRING } }, 'HASH pk (S)'],
    ['a key of another type', { partitionKey: { name: 'id', type: dynamodb.AttributeType.BINARY } }, 'HASH id (B)'],
    ['a sort key', { sortKey: { name: 'sk', type: STRING } }, 'HASH id (S), RANGE sk (S)'],
  ])('is refused with %s', (_case, props, received) => {
    expect(refusedWith(props)).toContain(
      `key of table is "${received}", accepted is HASH id (S), and no sort key. Leave table out`,
    );
  });

  test('is refused with another time to live', () => {
    expect(refusedWith({ timeToLiveAttribute: 'ttl' })).toContain(
      'timeToLiveAttribute of table is "ttl", accepted is "expiration". Set it to "expiration"',
    );
  });

  test('is refused without a time to live: the memory would grow with the topic', () => {
    const scope = stack();
    const table = tableOf(scope, {});
    const resource = table.node.defaultChild as dynamodb.CfnTable;
    resource.timeToLiveSpecification = undefined;

    const message = refusal(() => processor(scope, { table }));

    expect(message).toContain('timeToLiveAttribute of table is missing, accepted is "expiration"');
  });

  test('is refused with its time to live switched off', () => {
    const scope = stack();
    const table = tableOf(scope, {});
    const resource = table.node.defaultChild as dynamodb.CfnTable;
    for (const off of [{ attributeName: 'expiration', enabled: false }, { enabled: false }]) {
      resource.timeToLiveSpecification = off as dynamodb.CfnTable.TimeToLiveSpecificationProperty;

      expect(refusal(() => processor(scope, { table }))).toContain('timeToLiveAttribute of table is "disabled"');
      scope.node.tryRemoveChild('Orders');
    }
  });
});

describe('a second region is refused', () => {
  const scopeInRegion = () => new Stack(app(), 'Shop', { env: { region: 'eu-west-1' } });
  const text = 'replicas of table is "2 regions", accepted is one region. Give each region a table of its own';

  test('of a TableV2', () => {
    const scope = scopeInRegion();
    const table = new dynamodb.TableV2(scope, 'Memory', { ...RIGHT, replicas: [{ region: 'eu-central-1' }] });

    expect(refusal(() => processor(scope, { table: table as dynamodb.ITable }))).toContain(text);
  });

  test('of a Table', () => {
    const scope = scopeInRegion();
    const table = new dynamodb.Table(scope, 'Memory', { ...RIGHT, replicationRegions: ['eu-central-1'] });

    expect(refusal(() => processor(scope, { table: table as dynamodb.ITable }))).toContain(text);
  });

  test('at synth, where it is added later', () => {
    const scope = scopeInRegion();
    const table = new dynamodb.TableV2(scope, 'Memory', RIGHT);
    processor(scope, { table: table as dynamodb.ITable });

    table.addReplica({ region: 'eu-central-1' });

    expect(() => Template.fromStack(scope)).toThrow(`Shop/Orders: ${text}`);
  });
});

describe('what is not known passes', () => {
  test('of an imported table', () => {
    const scope = stack();

    processor(scope, { table: dynamodb.Table.fromTableName(scope, 'Memory', 'memory') });

    Template.fromStack(scope).resourceCountIs('AWS::DynamoDB::GlobalTable', 0);
  });

  test('of a table whose names are tokens', () => {
    const scope = stack();
    const name = new CfnParameter(scope, 'Name').valueAsString;
    const key = { partitionKey: { name, type: STRING }, timeToLiveAttribute: name };

    processor(scope, { table: new dynamodb.TableV2(scope, 'Memory', key) as dynamodb.ITable });

    expect(only(Template.fromStack(scope), 'AWS::DynamoDB::GlobalTable').logicalId).toBe('Memory22710B9E');
  });

  test('of a table whose settings are tokens', () => {
    const scope = stack();
    const table = new dynamodb.TableV2(scope, 'Memory', RIGHT);
    const resource = table.node.defaultChild as dynamodb.CfnGlobalTable;
    const later = Token.asAny({ Ref: new CfnParameter(scope, 'Later').logicalId });
    resource.keySchema = later;
    resource.timeToLiveSpecification = later;

    processor(scope, { table: table as dynamodb.ITable });

    expect(only(Template.fromStack(scope), 'AWS::DynamoDB::GlobalTable').logicalId).toBe('Memory22710B9E');
  });
});

test('a table in another region is refused: the runtime would not look there', () => {
  const scope = new Stack(app(), 'Shop', { env: { region: 'eu-west-1' } });
  const arn = 'arn:aws:dynamodb:eu-central-1:111122223333:table/memory';

  const message = refusal(() => processor(scope, { table: dynamodb.Table.fromTableArn(scope, 'Memory', arn) }));

  expect(message).toContain('region of table is "eu-central-1", accepted is the region of the stack, eu-west-1.');
});
