// biome-ignore-all lint/suspicious/noTemplateCurlyInString: Fn::Sub is written like this.
import { refusal, stackOf, type TemplateInput, temporaryFolder } from './template-fixture';

const folder = temporaryFolder();
afterAll(() => folder.remove());

const TEMPLATE: TemplateInput = {
  Parameters: {
    Stage: { Type: 'String', Default: 'test' },
    Size: { Type: 'Number', Default: 25 },
    Hosts: { Type: 'CommaDelimitedList', Default: 'a:1, b:2' },
    Secret: { Type: 'String' },
    Looked: { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/path/of/value' },
  },
  Mappings: { Settings: { test: { Name: 'from-map', List: ['x', 'y'] } } },
  Conditions: {
    IsTest: { 'Fn::Equals': [{ Ref: 'Stage' }, 'test'] },
    IsProduction: { 'Fn::Equals': [{ Ref: 'Stage' }, 'production'] },
    Both: { 'Fn::And': [{ Condition: 'IsTest' }, { Condition: 'IsProduction' }] },
    Either: { 'Fn::Or': [{ Condition: 'IsTest' }, { Condition: 'IsProduction' }] },
    Neither: { 'Fn::Not': [{ Condition: 'Either' }] },
    Is25: { 'Fn::Equals': [{ Ref: 'Size' }, 25] },
    Circular: { 'Fn::Not': [{ Condition: 'Circular' }] },
    Wrong: { 'Fn::Contains': [['a'], 'a'] },
  },
  Resources: {
    Table: { Type: 'AWS::DynamoDB::Table' },
    NamedTable: { Type: 'AWS::DynamoDB::GlobalTable', Properties: { TableName: { 'Fn::Sub': '${Stage}-orders' } } },
    Fn: { Type: 'AWS::Lambda::Function', Properties: { FunctionName: 'orders' } },
    Alias: { Type: 'AWS::Lambda::Alias', Properties: { FunctionName: { Ref: 'Fn' }, Name: 'live' } },
    AliasByArn: {
      Type: 'AWS::Lambda::Alias',
      Properties: { FunctionName: { 'Fn::GetAtt': ['Fn', 'Arn'] }, Name: 'live' },
    },
    Version: { Type: 'AWS::Lambda::Version', Properties: { FunctionName: { Ref: 'Fn' } } },
    Role: { Type: 'AWS::IAM::Role' },
    Log: { Type: 'AWS::Logs::LogGroup', Properties: { LogGroupName: '/orders' } },
    Queue: { Type: 'AWS::SQS::Queue' },
    Bucket: { Type: 'AWS::S3::Bucket', Properties: { BucketName: 'letters' } },
    Topic: { Type: 'AWS::SNS::Topic' },
    Cluster: { Type: 'AWS::MSK::Cluster', Properties: { ClusterName: 'shop' } },
    Ssm: { Type: 'AWS::SSM::Parameter', Properties: { Value: { 'Fn::Sub': '${Stage}/value' } } },
    Fifo: { Type: 'AWS::SQS::Queue', Properties: { FifoQueue: 'true' } },
    Chosen: { Type: 'AWS::S3::Bucket' },
    Stream: { Type: 'AWS::Kinesis::Stream' },
    Machine: { Type: 'AWS::StepFunctions::StateMachine' },
    Layer: { Type: 'AWS::Lambda::LayerVersion' },
    Nested: { Type: 'AWS::CloudFormation::Stack' },
    Gone: { Type: 'AWS::SQS::Queue', Condition: 'IsProduction' },
    Odd: { Type: 'AWS::Odd::Thing' },
    Ring: { Type: 'AWS::SQS::Queue', Properties: { QueueName: { Ref: 'Ring' } } },
    constructor: { Type: 'AWS::SQS::Queue' },
  },
};
const stack = stackOf(folder.path, TEMPLATE);
const resolve = (value: unknown) => stack.resolve(value, 'Here');

describe('an intrinsic function resolves to what a deployment would put there', () => {
  test.each<[string, unknown, unknown]>([
    ['plain values', { a: [1, true, 'x', null] }, { a: [1, true, 'x', null] }],
    // Pseudo parameters
    ['AWS::Region', { Ref: 'AWS::Region' }, 'us-east-1'],
    ['AWS::AccountId', { Ref: 'AWS::AccountId' }, '000000000000'],
    ['AWS::Partition', { Ref: 'AWS::Partition' }, 'aws'],
    ['AWS::URLSuffix', { Ref: 'AWS::URLSuffix' }, 'amazonaws.com'],
    ['AWS::StackName', { Ref: 'AWS::StackName' }, 'Demo'],
    [
      'AWS::StackId',
      { Ref: 'AWS::StackId' },
      'arn:aws:cloudformation:us-east-1:000000000000:stack/Demo/00000000-0000-0000-0000-000000000000',
    ],
    ['AWS::NoValue', { a: 1, b: { Ref: 'AWS::NoValue' }, c: [{ Ref: 'AWS::NoValue' }, 2] }, { a: 1, c: [2] }],
    // Parameters
    ['a parameter', { Ref: 'Stage' }, 'test'],
    ['a number parameter', { Ref: 'Size' }, '25'],
    ['a list parameter', { Ref: 'Hosts' }, ['a:1', 'b:2']],
    // Ref
    ['Ref of a table without a name', { Ref: 'Table' }, 'Table'],
    ['Ref of a table with one', { Ref: 'NamedTable' }, 'test-orders'],
    ['Ref of a function', { Ref: 'Fn' }, 'orders'],
    ['Ref of an alias', { Ref: 'Alias' }, 'arn:aws:lambda:us-east-1:000000000000:function:orders:live'],
    ['Ref of an alias of an ARN', { Ref: 'AliasByArn' }, 'arn:aws:lambda:us-east-1:000000000000:function:orders:live'],
    ['Ref of a version', { Ref: 'Version' }, 'arn:aws:lambda:us-east-1:000000000000:function:orders:1'],
    ['Ref of a role', { Ref: 'Role' }, 'Role'],
    ['Ref of a log group', { Ref: 'Log' }, '/orders'],
    ['Ref of a queue', { Ref: 'Queue' }, 'https://sqs.us-east-1.amazonaws.com/000000000000/Queue'],
    ['Ref of a bucket', { Ref: 'Bucket' }, 'letters'],
    ['Ref of a topic', { Ref: 'Topic' }, 'arn:aws:sns:us-east-1:000000000000:Topic'],
    ['Ref of a resource called constructor', { 'Fn::GetAtt': ['constructor', 'QueueName'] }, 'constructor'],
    // GetAtt
    [
      'the ARN of a table',
      { 'Fn::GetAtt': ['NamedTable', 'Arn'] },
      'arn:aws:dynamodb:us-east-1:000000000000:table/test-orders',
    ],
    ['the ARN of a function', { 'Fn::GetAtt': ['Fn', 'Arn'] }, 'arn:aws:lambda:us-east-1:000000000000:function:orders'],
    ['the ARN of a role', { 'Fn::GetAtt': ['Role', 'Arn'] }, 'arn:aws:iam::000000000000:role/Role'],
    [
      'the ARN of a log group',
      { 'Fn::GetAtt': ['Log', 'Arn'] },
      'arn:aws:logs:us-east-1:000000000000:log-group:/orders:*',
    ],
    ['the ARN of a queue', { 'Fn::GetAtt': ['Queue', 'Arn'] }, 'arn:aws:sqs:us-east-1:000000000000:Queue'],
    ['the ARN of a bucket', { 'Fn::GetAtt': ['Bucket', 'Arn'] }, 'arn:aws:s3:::letters'],
    ['the ARN of a topic', { 'Fn::GetAtt': ['Topic', 'TopicArn'] }, 'arn:aws:sns:us-east-1:000000000000:Topic'],
    ['the version of a version', { 'Fn::GetAtt': ['Version', 'Version'] }, '1'],
    ['the value of an SSM parameter', { 'Fn::GetAtt': ['Ssm', 'Value'] }, 'test/value'],
    ['a queue whose name tells that it is first in, first out', { 'Fn::GetAtt': ['Fifo', 'QueueName'] }, 'Fifo.fifo'],
    ['a bucket that CloudFormation names', { Ref: 'Chosen' }, 'chosen'],
    [
      'the ARN of a stream',
      { 'Fn::GetAtt': ['Stream', 'Arn'] },
      'arn:aws:kinesis:us-east-1:000000000000:stream/Stream',
    ],
    ['Ref of a state machine', { Ref: 'Machine' }, 'arn:aws:states:us-east-1:000000000000:stateMachine:Machine'],
    ['Ref of a layer', { Ref: 'Layer' }, 'arn:aws:lambda:us-east-1:000000000000:layer:Layer:1'],
    [
      'Ref of a nested stack',
      { Ref: 'Nested' },
      'arn:aws:cloudformation:us-east-1:000000000000:stack/Demo-Nested/00000000-0000-0000-0000-000000000000',
    ],
    ['GetAtt as one text', { 'Fn::GetAtt': 'Queue.Arn' }, 'arn:aws:sqs:us-east-1:000000000000:Queue'],
    // Functions
    ['Join', { 'Fn::Join': ['-', ['a', { Ref: 'Stage' }, { Ref: 'AWS::NoValue' }, 3]] }, 'a-test-3'],
    ['Join over a list of another function', { 'Fn::Join': [',', { Ref: 'Hosts' }] }, 'a:1,b:2'],
    [
      'Split',
      { 'Fn::Split': [':', { Ref: 'Alias' }] },
      ['arn', 'aws', 'lambda', 'us-east-1', '000000000000', 'function', 'orders', 'live'],
    ],
    ['Select', { 'Fn::Select': [1, ['a', 'b']] }, 'b'],
    ['Select with the index as text', { 'Fn::Select': ['1', { 'Fn::Split': ['|', 'a|b'] }] }, 'b'],
    [
      'Sub',
      { 'Fn::Sub': '${Stage}/${Queue.Arn}/${AWS::Region}/${!Literal}' },
      'test/arn:aws:sqs:us-east-1:000000000000:Queue/us-east-1/${Literal}',
    ],
    [
      'Sub with variables, which come first',
      { 'Fn::Sub': ['${Stage}-${Other}', { Stage: 'own', Other: { Ref: 'Size' } }] },
      'own-25',
    ],
    ['FindInMap', { 'Fn::FindInMap': ['Settings', { Ref: 'Stage' }, 'Name'] }, 'from-map'],
    ['FindInMap of a list', { 'Fn::Select': [0, { 'Fn::FindInMap': ['Settings', 'test', 'List'] }] }, 'x'],
    // Conditions
    ['If, holding', { 'Fn::If': ['IsTest', 'then', 'else'] }, 'then'],
    ['If, not holding', { 'Fn::If': ['IsProduction', 'then', 'else'] }, 'else'],
    ['If with And', { 'Fn::If': ['Both', 'then', 'else'] }, 'else'],
    ['If with Or', { 'Fn::If': ['Either', 'then', 'else'] }, 'then'],
    ['If with Not', { 'Fn::If': ['Neither', 'then', 'else'] }, 'else'],
    ['If comparing a number with its text', { 'Fn::If': ['Is25', 'then', 'else'] }, 'then'],
    ['If whose other branch has no local value', { 'Fn::If': ['IsTest', 'then', { 'Fn::ImportValue': 'x' }] }, 'then'],
    [
      'a policy with a Condition, which is plain data',
      { Effect: 'Allow', Condition: { Bool: { a: 'b' } } },
      { Effect: 'Allow', Condition: { Bool: { a: 'b' } } },
    ],
  ])('%s', (_, value, expected) => {
    expect(resolve(value)).toEqual(expected);
  });

  test('the region can be chosen, and parameters can be given', () => {
    // Prepare
    const elsewhere = stackOf(folder.path, TEMPLATE, {
      region: 'eu-west-1',
      parameters: { Stage: 'production', Secret: 's', Looked: 'found' },
    });

    // Act
    const resolved = elsewhere.resolve(
      [{ 'Fn::GetAtt': ['Queue', 'Arn'] }, { Ref: 'Gone' }, { Ref: 'Secret' }, { Ref: 'Looked' }],
      'Here',
    );

    // Assess
    expect(resolved).toEqual([
      'arn:aws:sqs:eu-west-1:000000000000:Queue',
      'https://sqs.eu-west-1.amazonaws.com/000000000000/Gone',
      's',
      'found',
    ]);
  });

  test('a cluster has an ARN whose last part is its own, and the same in every run', () => {
    // Prepare
    const two = stackOf(folder.path, {
      Resources: { A: { Type: 'AWS::MSK::Cluster' }, B: { Type: 'AWS::MSK::ServerlessCluster' } },
    });

    // Act
    const [first, again, other] = [{ Ref: 'A' }, { 'Fn::GetAtt': ['A', 'Arn'] }, { Ref: 'B' }].map((value) =>
      two.resolve(value, 'Here'),
    );

    // Assess
    expect(first).toMatch(
      /^arn:aws:kafka:us-east-1:000000000000:cluster\/A\/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}-1$/,
    );
    expect(again).toBe(first);
    expect(String(other).split('/')[2]).not.toBe(String(first).split('/')[2]);
  });

  test('a bucket whose name would be too long for S3 gets one that is not, and its own', () => {
    const long = 'DeadLetterBucketOfTheProcessorOfOrdersInAStackWithALongName0A1B2C3D';
    const types = [`${long}A`, `${long}B`].map((id) => [id, { Type: 'AWS::S3::Bucket' }]);
    const buckets = stackOf(folder.path, { Resources: Object.fromEntries(types) });

    const [a, b] = [`${long}A`, `${long}B`].map((Ref) => String(buckets.resolve({ Ref }, 'Here')));

    expect(a).toMatch(/^deadletterbucketoftheprocessoroforders[a-z0-9-]{25}$/);
    expect(b).not.toBe(a);
  });

  test('a network has ids as EC2 gives them, one for each resource', () => {
    const network = stackOf(folder.path, {
      Resources: {
        A: { Type: 'AWS::EC2::Subnet' },
        B: { Type: 'AWS::EC2::Subnet' },
        Group: { Type: 'AWS::EC2::SecurityGroup' },
        Vpc: { Type: 'AWS::EC2::VPC' },
      },
    });
    const ref = (Ref: string) => network.resolve({ Ref }, 'Here');

    expect(ref('A')).toMatch(/^subnet-[0-9a-f]{17}$/);
    expect(ref('B')).not.toBe(ref('A'));
    expect(ref('Vpc')).toMatch(/^vpc-[0-9a-f]{17}$/);
    expect(network.resolve({ 'Fn::GetAtt': ['Group', 'GroupId'] }, 'Here')).toMatch(/^sg-[0-9a-f]{17}$/);
  });
});

describe('what has no local value is refused by name, with its place in the template', () => {
  const INVALID = 'MSK_ONCE_TEMPLATE_INVALID';
  const UNSUPPORTED = 'MSK_ONCE_TEMPLATE_UNSUPPORTED';
  test.each<[string, unknown, string, string[]]>([
    [
      'ImportValue',
      { a: [{ 'Fn::ImportValue': 'Net-Vpc' }] },
      UNSUPPORTED,
      ['Here.a[0].Fn::ImportValue takes "Net-Vpc" from another stack', '--parameter NAME=VALUE'],
    ],
    [
      'a weak reference of the CDK to another stack',
      { 'Fn::GetStackOutput': { StackName: 'Net', OutputName: 'Vpc' } },
      UNSUPPORTED,
      ['Here.Fn::GetStackOutput', '"StackName":"Net"', 'another stack'],
    ],
    ['any other function', { 'Fn::GetAZs': '' }, UNSUPPORTED, ['Here.Fn::GetAZs', 'Accepted: Ref']],
    ['a condition function outside of a condition', { 'Fn::Equals': [1, 1] }, UNSUPPORTED, ['Here.Fn::Equals']],
    [
      'a dynamic reference',
      '{{resolve:ssm:/a}}',
      UNSUPPORTED,
      ['Here holds the dynamic reference "{{resolve:ssm:/a}}"', '--parameter NAME=VALUE'],
    ],
    [
      'a dynamic reference in parts',
      { 'Fn::Join': ['', ['{{resolve:secretsmanager:', { Ref: 'Queue' }, '}}']] },
      UNSUPPORTED,
      ['Here.Fn::Join[1][0]'],
    ],
    ['another pseudo parameter', { Ref: 'AWS::NotificationARNs' }, UNSUPPORTED, ['Here.Ref', 'AWS::NotificationARNs']],
    [
      'a parameter without a default',
      { Ref: 'Secret' },
      INVALID,
      ['Here.Ref needs the parameter Secret, which has no default', '--parameter Secret=VALUE'],
    ],
    [
      'a parameter kept in an account',
      { Ref: 'Looked' },
      UNSUPPORTED,
      ['Here.Ref needs the parameter Looked', '"/path/of/value" of an account', '--parameter Looked=VALUE'],
    ],
    ['an unknown resource', { Ref: 'Nobody' }, INVALID, ['Here.Ref', '"Nobody"']],
    ['a resource whose condition does not hold', { Ref: 'Gone' }, INVALID, ['Gone', 'IsProduction']],
    [
      'a resource of an unknown type',
      { Ref: 'Odd' },
      UNSUPPORTED,
      ['Odd', 'AWS::Odd::Thing', 'Known types: AWS::Lambda::Function'],
    ],
    ['an unknown attribute', { 'Fn::GetAtt': ['Table', 'StreamArn'] }, UNSUPPORTED, ['StreamArn of Table', 'Arn']],
    [
      'a resource that names itself by itself',
      { Ref: 'Ring' },
      INVALID,
      ['Resources.Ring.Properties.QueueName.Ref', 'circular'],
    ],
    ['a circular condition', { 'Fn::If': ['Circular', 1, 2] }, INVALID, ['Conditions.Circular', 'circular']],
    ['a condition that does not exist', { 'Fn::If': ['Unknown', 1, 2] }, INVALID, ['"Unknown"', 'IsTest']],
    [
      'a condition of another kind',
      { 'Fn::If': ['Wrong', 1, 2] },
      INVALID,
      ['Conditions.Wrong', 'Fn::Contains', 'Accepted: Condition'],
    ],
    [
      'an index out of the list',
      { 'Fn::Select': [6, { 'Fn::Split': [':', 'orders'] }] },
      INVALID,
      ['Here.Fn::Select', '6', '["orders"]'],
    ],
    [
      'an unknown map entry',
      { 'Fn::FindInMap': ['Settings', 'prod', 'Name'] },
      INVALID,
      ['Mappings.Settings.prod.Name'],
    ],
    ['an unknown name in Sub', { 'Fn::Sub': '${Nobody}' }, INVALID, ['Here.Fn::Sub', '"Nobody"']],
    ['NoValue where text is needed', { 'Fn::Sub': '${AWS::NoValue}' }, INVALID, ['AWS::NoValue', 'not text']],
    ['a list where text is needed', { 'Fn::Sub': '${Hosts}' }, INVALID, ['${Hosts}', 'not text']],
    ['wrong arguments', { 'Fn::Join': [','] }, INVALID, ['Here.Fn::Join', 'list of 2']],
    ['a function beside other keys', { Ref: 'Table', Other: 1 }, INVALID, ['Here', 'stands alone']],
  ])('%s', (_, value, code, words) => {
    // Prepare, act
    const refused = refusal(() => resolve(value));

    // Assess
    expect(refused.code).toBe(code);
    for (const word of words) expect(refused.message).toContain(word);
    expect(refused.message).toContain(code);
  });
});
