import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { readKafkaMappings } from '../../../local/template/kafka-mappings';
import { readStack, type StackOptions } from '../../../local/template/stack';
import { readTables } from '../../../local/template/tables';
import { PROJECT } from '../../support/project';
import { refusal, temporaryFolder, write } from './template-fixture';

const folder = temporaryFolder();
afterAll(() => folder.remove());

const FIXTURE = join(PROJECT, 'test', 'fixtures', 'templates', 'nested');
const read = (options: StackOptions = {}) => readStack(join(FIXTURE, 'root.yaml'), options);

function stackWith(files: Readonly<Record<string, unknown>>) {
  const directory = mkdtempSync(join(folder.path, 'nested-'));
  write(directory, files);
  return readStack(join(directory, 'root.json'));
}
const nested = (Properties: object) => ({ Type: 'AWS::CloudFormation::Stack', Properties });

describe('nested stacks', () => {
  test('give their mappings and functions, each under the path that leads to it', () => {
    // Prepare, act
    const mappings = readKafkaMappings(read({ nameSuffix: '-x' }));

    // Assess
    expect(mappings).toMatchObject([
      { logicalId: 'WatcherMapping', topic: 'watched', function: { logicalId: 'Consumer/Function' } },
      {
        logicalId: 'Consumer/Mapping',
        topic: 'orders',
        consumerGroupId: 'Consumer/Mapping',
        bootstrapServers: ['a:9092', 'b:9092'],
        functionName: 'Consumer-Function-x',
        function: {
          logicalId: 'Consumer/Function',
          environment: { THEIRS: 'Memory-x', OWN: 'Consumer-Memory-x', LEVEL: '3', STACK: 'root-Consumer' },
          assetPath: join(FIXTURE, 'consumer'),
        },
      },
      {
        logicalId: 'Payments/Mapping',
        topic: 'payments',
        bootstrapServers: ['c:9092'],
        function: {
          logicalId: 'Payments/Function',
          environment: {
            THEIRS: 'Consumer-Memory-x',
            OWN: 'Payments-Memory-x',
            LEVEL: '3',
            STACK: 'root-Payments',
          },
        },
      },
    ]);
  });

  test('give their tables, under the names that every stack knows them by', () => {
    // Prepare
    const stack = read();

    // Act
    const tables = readTables(stack).map(({ logicalId, tableName }) => [logicalId, tableName]);

    // Assess
    expect(tables).toEqual([
      ['Memory', 'Memory'],
      ['Consumer/Memory', 'Consumer-Memory'],
      ['Payments/Memory', 'Payments-Memory'],
    ]);
    const variables = stack.template.Resources.Watcher?.Properties?.Environment;
    expect(stack.resolve(variables, 'Here')).toEqual({
      Variables: {
        OWN: 'Consumer-Memory',
        THEIRS: 'Payments-Memory/arn:aws:lambda:us-east-1:000000000000:function:Consumer-Function',
      },
    });
  });

  test('get what the stack around them is given', () => {
    // Prepare
    const stack = read({ parameters: { Topic: 'refunds' } });

    // Act
    const [mapping] = readKafkaMappings(stack, { mapping: 'Consumer/Mapping' });

    // Assess
    expect(mapping?.topic).toBe('refunds');
  });

  test('of which the template is elsewhere harm nobody who does not ask', () => {
    // Prepare
    const stack = read();

    // Act
    const refused = refusal(() => stack.resolve({ 'Fn::GetAtt': ['Network', 'Outputs.Vpc'] }, 'Here'));

    // Assess
    expect(refused.code).toBe('MSK_ONCE_TEMPLATE_UNSUPPORTED');
    expect(refused.message).toContain('Here.Fn::GetAtt needs an output of the nested stack Network');
    expect(refused.message).toContain('"https://s3.amazonaws.com/templates/network.yaml") is not on this machine');
  });

  test('are found by the note of the CDK, by the asset manifest, and by a path of their own', () => {
    // Prepare
    const table = (TableName: string) => ({
      Resources: {
        T: {
          Type: 'AWS::DynamoDB::Table',
          Properties: { TableName, KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }] },
        },
      },
    });
    const url = (file: string) => ({ 'Fn::Join': ['', ['https://s3.', { Ref: 'AWS::Region' }, `/assets/${file}`]] });
    const stack = stackWith({
      'root.json': {
        Resources: {
          Noted: {
            ...nested({ TemplateURL: { 'Fn::ImportValue': 'x' } }),
            Metadata: { 'aws:asset:path': 'noted.nested.template.json', 'aws:asset:property': 'TemplateURL' },
          },
          Listed: nested({ TemplateURL: url('0a1b.json') }),
          Beside: nested({ TemplateURL: 'below/beside.json' }),
        },
      },
      'root.assets.json': {
        files: { a: { source: { path: 'listed.json' }, destinations: { d: { objectKey: '0a1b.json' } } } },
      },
      'noted.nested.template.json': table('noted'),
      'listed.json': table('listed'),
      'below/beside.json': table('beside'),
    });

    // Act
    const tables = readTables(stack);

    // Assess
    expect(tables.map(({ logicalId, tableName }) => [logicalId, tableName])).toEqual([
      ['Noted/T', 'noted'],
      ['Listed/T', 'listed'],
      ['Beside/T', 'beside'],
    ]);
  });

  test('of one name in two scopes keep their logical ids', () => {
    // Prepare
    const child = (path: string) => ({
      ...nested({ TemplateURL: 'child.json' }),
      Metadata: { 'aws:cdk:path': path },
    });
    const stack = stackWith({
      'root.json': {
        Resources: {
          A1: child('Shop/A/Orders.NestedStack/Orders.NestedStackResource'),
          B1: child('Shop/B/Orders.NestedStack/Orders.NestedStackResource'),
          C1: child('Shop/Payments.NestedStack/Payments.NestedStackResource'),
        },
      },
      'child.json': { Resources: {} },
    });

    // Act
    const prefixes = stack.deployment().map(({ prefix }) => prefix);

    // Assess
    expect(prefixes).toEqual(['', 'A1/', 'B1/', 'Payments/']);
  });
});

describe('what is wrong with a nested stack is told with its place', () => {
  const CHILD = {
    Parameters: { P: { Type: 'String' }, L: { Type: 'AWS::SSM::Parameter::Value<String>' } },
    Conditions: { C: { 'Fn::Equals': [{ Ref: 'P' }] } },
    Resources: {
      Q: { Type: 'AWS::SQS::Queue', Properties: { QueueName: { Ref: 'P' } } },
      Secret: { Type: 'AWS::SQS::Queue', Properties: { QueueName: { Ref: 'L' } } },
      Off: { Type: 'AWS::SQS::Queue', Condition: 'C' },
    },
    Outputs: {
      Queue: { Value: { Ref: 'Q' } },
      Looked: { Value: { Ref: 'Secret' } },
      Off: { Value: { Ref: 'Off' } },
    },
  };
  const output = (name: string) => ({ 'Fn::GetAtt': ['N', `Outputs.${name}`] });

  test.each<[string, object, unknown, string[]]>([
    [
      'an output that it does not have',
      {},
      output('Table'),
      ['Here.Fn::GetAtt needs the output Table of the nested stack N', 'Queue, Looked, Off'],
    ],
    [
      'a parameter that is not passed',
      {},
      output('Queue'),
      ['Resources.N/Q.Properties.QueueName.Ref needs the parameter P', 'Parameters of the nested stack'],
    ],
    [
      'a parameter that is an object',
      { Parameters: { P: { a: 1 } } },
      output('Queue'),
      ['Resources.N.Properties.Parameters.P is {"a":1}, not text'],
    ],
    [
      'a parameter without a local value',
      { Parameters: { P: { 'Fn::ImportValue': 'x' } } },
      output('Queue'),
      ['Resources.N.Properties.Parameters.P.Fn::ImportValue'],
    ],
    [
      'a parameter kept in an account',
      { Parameters: { L: '/path' } },
      output('Looked'),
      ['Resources.N/Secret.Properties.QueueName.Ref needs the parameter L', '"/path" of an account', 'type String'],
    ],
    ['a condition', { Parameters: { P: 'a' } }, output('Off'), ['Conditions.N/C']],
    ['a circle through both stacks', { Parameters: { P: output('Queue') } }, output('Queue'), ['circular']],
  ])('%s', (_, properties, value, words) => {
    // Prepare
    const stack = stackWith({
      'root.json': { Resources: { N: nested({ TemplateURL: 'child.json', ...properties }) } },
      'child.json': CHILD,
    });

    // Act
    const refused = refusal(() => stack.resolve(value, 'Here'));

    // Assess
    for (const word of words) expect(refused.message).toContain(word);
  });

  test.each<[string, object, string[]]>([
    [
      'a template that is not there',
      { TemplateURL: './gone.yaml' },
      ['Resources.N.Properties.TemplateURL is "', 'gone.yaml", which does not exist'],
    ],
    [
      'a stack that would be nested in itself',
      { TemplateURL: 'root.json' },
      ['Resources.N.Properties.TemplateURL', 'nested in itself'],
    ],
    ['a template that is none', { TemplateURL: 'none.json' }, ['none.json has no "Resources"']],
    ['a folder', { TemplateURL: '.' }, ['cannot be read']],
  ])('%s', (_, properties, words) => {
    // Prepare
    const stack = stackWith({ 'root.json': { Resources: { N: nested(properties) } }, 'none.json': '{}' });

    // Act
    const refused = refusal(() => readTables(stack));

    // Assess
    for (const word of words) expect(refused.message).toContain(word);
  });
});
