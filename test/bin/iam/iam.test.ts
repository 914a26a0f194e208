import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { reasonOf } from '../../../bin/iam/reason-of';
import { statementsIn } from '../../../bin/iam/statements-in';
import { PROJECT } from '../../support/project';

const allow = (Action: unknown, Resource: unknown, more: object = {}) => ({
  Effect: 'Allow',
  Action,
  Resource,
  ...more,
});

const at = (path: string, Type: string, Properties: object) => ({
  Type,
  Properties,
  Metadata: { 'aws:cdk:path': `Shop/${path}` },
});

const ROLE = at('Orders/Role/Resource', 'AWS::IAM::Role', {
  AssumeRolePolicyDocument: {
    Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'lambda.amazonaws.com' } }],
  },
});

function policy(...Statement: object[]) {
  return at('Orders/Role/DefaultPolicy/Resource', 'AWS::IAM::Policy', {
    PolicyDocument: { Statement },
    Roles: [{ Ref: 'Role1' }],
  });
}

const template = (Resources: object) => ({ Resources: Resources as Record<string, unknown> });

describe('the statements of a template', () => {
  test('are those of every policy, whatever resource it is in', () => {
    const all = statementsIn(
      template({
        Role1: { ...ROLE, Properties: { ...ROLE.Properties, ManagedPolicyArns: ['arn:aws:iam::aws:policy/Admin'] } },
        Policy1: policy(allow('sqs:SendMessage', { 'Fn::GetAtt': ['Queue1', 'Arn'] }, { Sid: 'Send' })),
        Queue1: at('Orders/Queue/Resource', 'AWS::SQS::Queue', {}),
        Key1: at('Key/Resource', 'AWS::KMS::Key', {
          KeyPolicy: { Statement: [allow('kms:*', '*', { Principal: { AWS: { Ref: 'Role1' } } })] },
        }),
        Table1: {
          Type: 'AWS::DynamoDB::GlobalTable',
          Properties: { Replicas: [{ ResourcePolicy: { PolicyDocument: { Statement: [allow('dynamodb:*', '*')] } } }] },
        },
        Permission1: at('Orders/Invoke', 'AWS::Lambda::Permission', {
          Action: 'lambda:InvokeFunction',
          FunctionName: { 'Fn::GetAtt': ['Function1', 'Arn'] },
          Principal: 's3.amazonaws.com',
          SourceArn: { 'Fn::GetAtt': ['Queue1', 'Arn'] },
        }),
      }),
    );

    expect(
      all.map(({ kind, who, actions, resources, principals }) => [kind, who, actions, resources, principals]),
    ).toEqual([
      ['trust', 'Orders/Role', ['sts:AssumeRole'], [], ['lambda.amazonaws.com']],
      ['managed policy', 'Orders/Role', [], ['arn:aws:iam::aws:policy/Admin'], []],
      ['role', 'Orders/Role', ['sqs:SendMessage'], ['<Orders/Queue>'], []],
      ['key policy', 'Key', ['kms:*'], ['*'], ['<Orders/Role>']],
      ['resource policy', 'Table1', ['dynamodb:*'], ['*'], []],
      ['resource policy', 'Orders/Invoke', ['lambda:InvokeFunction'], ['<Function1>'], ['s3.amazonaws.com']],
    ]);
    expect(all[2]?.sid).toBe('Send');
    expect(all[5]?.condition).toBe('for <Orders/Queue>');
  });

  const CLUSTER = { Ref: 'Cluster1' };
  const part = (index: number, separator: string) => ({ 'Fn::Select': [index, { 'Fn::Split': [separator, CLUSTER] }] });

  test.each<[string, unknown, string]>([
    ['a text', 'arn:aws:s3:::letters', 'arn:aws:s3:::letters'],
    ['an attribute', { 'Fn::GetAtt': ['Queue1', 'QueueName'] }, '<Queue1.QueueName>'],
    [
      'objects in a bucket',
      { 'Fn::Join': ['', [{ 'Fn::GetAtt': ['Bucket1', 'Arn'] }, '/parked/*']] },
      '<Bucket1>/parked/*',
    ],
    [
      'what the stack knows of itself',
      // biome-ignore lint/suspicious/noTemplateCurlyInString: it is CloudFormation's
      { 'Fn::Sub': 'arn:${AWS::Partition}:ec2:${AWS::Region}:${AWS::AccountId}:subnet/*' },
      'arn:<partition>:ec2:<region>:<account>:subnet/*',
    ],
    [
      'a topic of a cluster whose ARN is a reference',
      {
        'Fn::Join': [
          '',
          [
            'arn:',
            part(1, ':'),
            ':kafka:',
            part(3, ':'),
            ':',
            part(4, ':'),
            ':topic/',
            part(1, '/'),
            '/',
            part(2, '/'),
            '/orders',
          ],
        ],
      },
      '<Cluster1>:topic/orders',
    ],
    ['an import', { 'Fn::ImportValue': 'x' }, '{"Fn::ImportValue":"x"}'],
    [
      'a list of another function',
      { 'Fn::Join': [':topic/', { 'Fn::Split': [':cluster/', 'x'] }] },
      '{"Fn::Join":[":topic/",{"Fn::Split":[":cluster/","x"]}]}',
    ],
    ['an attribute in one word', { 'Fn::GetAtt': 'Queue1.Arn' }, '<Queue1>'],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: this is CloudFormation's.
    ['an attribute within text', { 'Fn::Sub': '${Queue1.Arn}/*' }, '<Queue1>/*'],
    ['text that is none', { 'Fn::Sub': ['x'] }, 'x'],
  ])('name their resources for people: %s', (_, resource, text) => {
    const [statement] = statementsIn(template({ Policy1: policy(allow('a:B', resource)) }));

    expect(statement?.resources).toEqual([text]);
  });

  test('are there too where they stand alone, or under a condition of the template', () => {
    const [alone, then, otherwise] = [allow('a:Alone', '*'), allow('a:Then', '*'), allow('a:Otherwise', '*')];
    const inline = (Statement: unknown) =>
      at('Role', 'AWS::IAM::Role', { Policies: [{ PolicyName: 'x', PolicyDocument: { Statement } }] });
    const all = statementsIn(
      template({
        Role1: inline(alone),
        Role2: inline([{ 'Fn::If': ['Yes', then, { 'Fn::If': ['No', otherwise, { Ref: 'AWS::NoValue' }] }] }]),
        Role3: inline({ 'Fn::If': ['Yes', [then], [otherwise]] }),
      }),
    );

    expect(all.flatMap(({ actions }) => actions)).toEqual([
      'a:Alone',
      'a:Then',
      'a:Otherwise',
      'a:Then',
      'a:Otherwise',
    ]);
  });

  test('keep denials, exceptions and conditions', () => {
    const Condition = { Bool: { 'aws:SecureTransport': 'false' }, StringEquals: { 'aws:SourceAccount': ['1', '2'] } };
    const [statement] = statementsIn(
      template({
        Policy1: policy({ Effect: 'Deny', NotAction: 'sts:*', NotResource: 'x', NotPrincipal: '*', Condition }),
      }),
    );

    expect(statement).toMatchObject({
      effect: 'Deny',
      actions: ['all but sts:*'],
      resources: ['all but x'],
      principals: ['all but *'],
      condition: 'Bool aws:SecureTransport false, StringEquals aws:SourceAccount 1 or 2',
    });
  });
});

describe('npm run iam', () => {
  const folder = mkdtempSync(join(tmpdir(), 'msk-once-iam-test-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  async function run(resources: object, ...argv: string[]) {
    const file = join(folder, 'Shop.template.json');
    writeFileSync(file, JSON.stringify(template(resources)));
    const tsx = join(PROJECT, 'node_modules', 'tsx', 'dist', 'cli.mjs');
    const command = [tsx, join(PROJECT, 'bin', 'iam', 'main.ts'), '--template', file, ...argv];
    return promisify(execFile)(process.execPath, command, { cwd: folder }).then(
      ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
      ({ code, stdout, stderr }) => ({ code, stdout, stderr }),
    );
  }

  test('prints the statements as a table, each with its reason', async () => {
    const { code, stdout } = await run({ Role1: ROLE });

    expect(code).toBe(0);
    expect(stdout.split('\n').map((line: string) => line.trim().split(/ {2,}/))).toEqual([
      [`1 statements of Shop (${join(folder, 'Shop.template.json')})`],
      [''],
      ['who', 'sid', 'actions', 'resources', 'condition', 'reason'],
      expect.arrayContaining([expect.stringMatching(/^-+$/)]),
      ['Orders/Role', '-', 'sts:AssumeRole', 'by lambda.amazonaws.com', '-', expect.stringContaining('Lambda')],
      ['(trust)', expect.any(String)],
      [''],
    ]);
  });

  test('names a statement that nobody can explain, and ends with 1', async () => {
    const { code, stdout, stderr } = await run({ Role1: ROLE, Policy1: policy(allow('s3:GetObject', '*')) }, '--json');

    expect(code).toBe(1);
    expect(stderr).toContain('1 statement has no known reason');
    expect(stderr).toContain('Orders/Role (role), sid -: s3:GetObject');
    expect(JSON.parse(stdout).unexplained).toMatchObject([
      { who: 'Orders/Role', actions: ['s3:GetObject'], reason: null },
    ]);
  });

  test('refuses what it does not know, with its usage', async () => {
    const { code, stderr } = await run({}, '--context', 'demo=cluster');

    expect(code).toBe(2);
    expect(stderr).toContain('Name a template or a context, not both.');
  });
});

describe('a reason', () => {
  test.each<[string, object]>([
    ['another action beside', { Sid: 'SendLetters', Action: ['sqs:SendMessage', 'sqs:PurgeQueue'] }],
    ['another sid', { Sid: 'Send', Action: 'sqs:SendMessage' }],
    ['a principal', { Sid: 'SendLetters', Action: 'sqs:SendMessage', Principal: '*' }],
    ['a denial', { Sid: 'SendLetters', Action: 'sqs:SendMessage', Effect: 'Deny' }],
  ])('is not good for a statement with %s', (_, change) => {
    const statement = { ...allow('sqs:SendMessage', '*', { Sid: 'SendLetters' }) };
    const [fits, changed] = statementsIn(template({ Policy1: policy(statement, { ...statement, ...change }) }));

    expect(reasonOf(fits as NonNullable<typeof fits>)).toContain('letter');
    expect(reasonOf(changed as NonNullable<typeof changed>)).toBeUndefined();
  });
});
