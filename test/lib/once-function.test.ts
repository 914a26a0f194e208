import { join } from 'node:path';
import type { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { NodejsFunction, type NodejsFunctionProps } from 'aws-cdk-lib/aws-lambda-nodejs';
import * as logs from 'aws-cdk-lib/aws-logs';
import { OnceFunction } from '../../lib';
import { type Json, only, processor, stack, statements } from './fixture/stack';

/** Another account may share it, and the ARN names the owner. */
const sharedArn = (resource: string) => ({
  'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':ec2:', { Ref: 'AWS::Region' }, `:*:${resource}`]],
});
const ENTRY = { entry: join(__dirname, 'fixture', 'handler.ts') };
const ec2Arn = (resource: string) => ({
  'Fn::Join': [
    '',
    [
      'arn:',
      { Ref: 'AWS::Partition' },
      ':ec2:',
      { Ref: 'AWS::Region' },
      ':',
      { Ref: 'AWS::AccountId' },
      `:${resource}`,
    ],
  ],
});
// AWSLambdaVPCAccessExecutionRole without its logs. Source of `*/*`: Lambda Developer Guide, configuration-vpc.
const NETWORK = {
  DescribeFunctionNetwork: {
    Effect: 'Allow',
    Action: ['ec2:DescribeNetworkInterfaces', 'ec2:DescribeSubnets'],
    Resource: '*',
  },
  CreateFunctionInterface: {
    Effect: 'Allow',
    Action: 'ec2:CreateNetworkInterface',
    Resource: [ec2Arn('network-interface/*'), ...['subnet/*', 'security-group/*'].map(sharedArn)],
  },
  ManageFunctionInterface: {
    Effect: 'Allow',
    Action: ['ec2:AssignPrivateIpAddresses', 'ec2:DeleteNetworkInterface', 'ec2:UnassignPrivateIpAddresses'],
    Resource: ec2Arn('*/*'),
  },
};

function templateOf(Kind: typeof NodejsFunction, props: (scope: Stack) => NodejsFunctionProps = () => ({})): Template {
  const scope = stack();
  new Kind(scope, 'Fn', { ...ENTRY, ...props(scope) });
  return Template.fromStack(scope);
}

const network = (scope: Stack): NodejsFunctionProps => ({
  vpc: ec2.Vpc.fromVpcAttributes(scope, 'Vpc', {
    vpcId: 'vpc-1',
    availabilityZones: ['eu-west-1a'],
    privateSubnetIds: ['subnet-1'],
  }),
});

describe('alone', () => {
  let template: Template;
  beforeAll(() => {
    template = templateOf(OnceFunction);
  });

  test('it runs on the newest Node.js, on arm64, for up to a minute, and names its sources', () => {
    template.hasResourceProperties('AWS::Lambda::Function', {
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      Timeout: 60,
      MemorySize: 1024,
      Environment: { Variables: { NODE_OPTIONS: '--enable-source-maps' } },
    });
  });

  test('its role may write to its own log group, which keeps logs for a month, and nothing else', () => {
    const group = only(template, 'AWS::Logs::LogGroup');
    expect(group.Properties).toEqual({ RetentionInDays: 30 });
    expect(only(template, 'AWS::IAM::Role').Properties).not.toHaveProperty('ManagedPolicyArns');
    expect(statements(template)).toEqual({
      WriteLogs: {
        Effect: 'Allow',
        Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        Resource: { 'Fn::GetAtt': [group.logicalId, 'Arn'] },
      },
    });
  });

  test('twin: a NodejsFunction gets a managed policy for all log groups', () => {
    const { ManagedPolicyArns } = only(templateOf(NodejsFunction), 'AWS::IAM::Role').Properties;
    expect(JSON.stringify(ManagedPolicyArns)).toContain('service-role/AWSLambdaBasicExecutionRole');
  });

  test('role and log group are beside it under ids that stay', () => {
    expect(only(template, 'AWS::IAM::Role').logicalId).toBe('FnRoleDAF86AC1');
    expect(only(template, 'AWS::Logs::LogGroup').logicalId).toBe('FnLogs3EE1EAE0');
  });
});

describe('in a network', () => {
  test('its role may make and take away interfaces, and no managed policy says so', () => {
    const template = templateOf(OnceFunction, network);

    const { WriteLogs, ...others } = statements(template) as Record<string, Json>;
    expect(WriteLogs).toBeDefined();
    expect(others).toEqual(NETWORK);
    expect(only(template, 'AWS::IAM::Role').Properties).not.toHaveProperty('ManagedPolicyArns');
  });

  test('twin: a NodejsFunction gets a managed policy, and where it has a role of its own nothing at all', () => {
    const { ManagedPolicyArns } = only(templateOf(NodejsFunction, network), 'AWS::IAM::Role').Properties;
    expect(JSON.stringify(ManagedPolicyArns)).toContain('AWSLambdaVPCAccessExecutionRole');

    const withRole = templateOf(NodejsFunction, (scope) => ({ ...network(scope), role: ownRole(scope) }));
    withRole.resourceCountIs('AWS::IAM::Policy', 0);
  });

  test('the function waits for these permissions, with which it is made', () => {
    const template = templateOf(OnceFunction, network);

    expect(only(template, 'AWS::Lambda::Function').DependsOn).toContain(only(template, 'AWS::IAM::Policy').logicalId);
  });

  test('a processor enters it, with the security groups of its connections', () => {
    const scope = stack();
    const { vpc } = network(scope) as { vpc: ec2.IVpc };
    const database = new ec2.SecurityGroup(scope, 'Database', { vpc });

    const orders = processor(scope, { vpc, vpcSubnets: { subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS } });
    database.connections.allowFrom(orders, ec2.Port.tcp(5432));

    const template = Template.fromStack(scope);
    const own = { 'Fn::GetAtt': ['OrdersFunctionSecurityGroupE556CDDD', 'GroupId'] };
    const { VpcConfig } = only(template, 'AWS::Lambda::Function').Properties;
    expect(VpcConfig).toEqual({ SubnetIds: ['subnet-1'], SecurityGroupIds: [own] });
    template.hasResourceProperties('AWS::EC2::SecurityGroupIngress', { FromPort: 5432, SourceSecurityGroupId: own });
    expect(statements(template)).toMatchObject(NETWORK);
  });
});

describe('with an environment under a key of the user', () => {
  const encrypted = (scope: Stack): NodejsFunctionProps => ({
    environmentEncryption: new kms.Key(scope, 'Key') as kms.IKey,
  });

  test('it may decrypt it', () => {
    expect(statements(templateOf(OnceFunction, encrypted)).DecryptEnvironment).toEqual({
      Effect: 'Allow',
      Action: 'kms:Decrypt',
      Resource: { 'Fn::GetAtt': ['Key961B73FD', 'Arn'] },
    });
  });

  test('twin: a NodejsFunction may not', () => {
    templateOf(NodejsFunction, encrypted).resourceCountIs('AWS::IAM::Policy', 0);
  });
});

test('a role and a log group of the user take the place of its own', () => {
  const template = templateOf(OnceFunction, (scope) => ({
    role: ownRole(scope),
    logGroup: new logs.LogGroup(scope, 'MyLogs') as logs.ILogGroup,
  }));

  expect(only(template, 'AWS::IAM::Role').logicalId).toBe('MyRoleF48FFE04');
  const { logicalId } = only(template, 'AWS::Logs::LogGroup');
  expect(logicalId).toMatch(/^MyLogs/);
  expect(statements(template).WriteLogs).toMatchObject({ Resource: { 'Fn::GetAtt': [logicalId, 'Arn'] } });
});

test('a role that two functions share has each name of a statement once', () => {
  const scope = stack();
  const role = ownRole(scope);

  for (const id of ['First', 'Second']) new OnceFunction(scope, id, { ...ENTRY, role });

  const { Statement } = only(Template.fromStack(scope), 'AWS::IAM::Policy').Properties.PolicyDocument;
  expect(Statement.map(({ Sid, Action }: Json) => [Sid, Action[0]])).toEqual([
    ['WriteLogs', 'logs:CreateLogStream'],
    [undefined, 'logs:CreateLogStream'],
  ]);
});

test('every setting gives way to the prop of the user', () => {
  templateOf(OnceFunction, () => ({
    runtime: lambda.Runtime.NODEJS_22_X,
    architecture: lambda.Architecture.X86_64,
    memorySize: 2048,
    environment: { NODE_OPTIONS: '' },
  })).hasResourceProperties('AWS::Lambda::Function', {
    Runtime: 'nodejs22.x',
    Architectures: ['x86_64'],
    MemorySize: 2048,
    Environment: { Variables: { NODE_OPTIONS: '' } },
  });
});

function ownRole(scope: Stack): iam.Role {
  return new iam.Role(scope, 'MyRole', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
}
