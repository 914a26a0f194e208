// biome-ignore-all lint/suspicious/noTemplateCurlyInString: Fn::Sub is written like this.
import { readTables } from '../../../local/template/tables';
import { type Properties, refusal, stackOf, temporaryFolder } from './template-fixture';

const folder = temporaryFolder();
afterAll(() => folder.remove());

const KEY = [{ AttributeName: 'id', KeyType: 'HASH' }];
const ATTRIBUTES = [{ AttributeName: 'id', AttributeType: 'S' }];
const tablesOf = (Resources: Record<string, unknown>, Conditions: unknown = {}) =>
  readTables(stackOf(folder.path, { Resources, Conditions }));
const table = (Properties: Properties, Type = 'AWS::DynamoDB::Table') => ({
  Type,
  Properties: { KeySchema: KEY, AttributeDefinitions: ATTRIBUTES, ...Properties },
});

describe('the tables of a stack', () => {
  test('are read with keys, time to live and indexes, in both classes', () => {
    // Prepare
    const index = { KeySchema: [{ AttributeName: 'at', KeyType: 'HASH' }], Projection: { ProjectionType: 'ALL' } };
    const resources = {
      Counters: table({
        TableName: { 'Fn::Sub': 'counters-${AWS::Region}' },
        ProvisionedThroughput: { ReadCapacityUnits: 5, WriteCapacityUnits: 5 },
      }),
      Memory: table(
        {
          TimeToLiveSpecification: { AttributeName: 'expiration', Enabled: true },
          GlobalSecondaryIndexes: [{ IndexName: 'by-time', ...index, WriteProvisionedThroughputSettings: {} }],
          LocalSecondaryIndexes: [{ IndexName: 'local', ...index }],
          Replicas: [{ Region: { Ref: 'AWS::Region' } }],
        },
        'AWS::DynamoDB::GlobalTable',
      ),
    };

    // Act
    const tables = tablesOf(resources);

    // Assess
    expect(tables).toEqual([
      {
        logicalId: 'Counters',
        tableName: 'counters-us-east-1',
        keySchema: KEY,
        attributeDefinitions: ATTRIBUTES,
        ttlAttribute: undefined,
        globalSecondaryIndexes: [],
        localSecondaryIndexes: [],
      },
      {
        logicalId: 'Memory',
        tableName: 'Memory',
        keySchema: KEY,
        attributeDefinitions: ATTRIBUTES,
        ttlAttribute: 'expiration',
        globalSecondaryIndexes: [{ IndexName: 'by-time', ...index }],
        localSecondaryIndexes: [{ IndexName: 'local', ...index }],
      },
    ]);
  });

  test.each<[string, Properties]>([
    ['a time to live that is off', { TimeToLiveSpecification: { AttributeName: 'expiration', Enabled: false } }],
    ['what is not read', { SSESpecification: { KMSMasterKeyId: { 'Fn::ImportValue': 'key' } } }],
  ])('need nothing for %s', (_, properties) => {
    expect(tablesOf({ T: table(properties) })).toMatchObject([{ tableName: 'T', ttlAttribute: undefined }]);
  });

  test('are those whose condition holds', () => {
    // Prepare
    const resources = { On: table({}), Off: { ...table({}), Condition: 'Never' } };

    // Act
    const tables = tablesOf(resources, { Never: { 'Fn::Equals': ['a', 'b'] } });

    // Assess
    expect(tables.map(({ logicalId }) => logicalId)).toEqual(['On']);
  });

  test.each<[string, Properties, string]>([
    ['no key', { KeySchema: { Ref: 'AWS::NoValue' } }, 'Resources.T.Properties.KeySchema is missing'],
    ['a key that is no list', { KeySchema: 'id' }, 'Resources.T.Properties.KeySchema is "id", not a list'],
    [
      'a name from another stack',
      { TableName: { 'Fn::ImportValue': 'name' } },
      'Resources.T.Properties.TableName.Fn::ImportValue',
    ],
  ])('are refused with %s', (_, properties, message) => {
    expect(refusal(() => tablesOf({ T: table(properties) })).message).toContain(message);
  });
});
