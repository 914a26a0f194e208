import { Duration, NestedStack, Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import type * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { DeadLetters, IdempotencyTable, KafkaMapping, type KafkaProcessorProps, Pollers } from '../../lib';
import { ownFunction, processorOver } from './fixture/own-function';
import { refusal } from './fixture/refusal';
import { app, type Json, only, processor, source, stack, statements } from './fixture/stack';

describe('a function of the user', () => {
  let template: Template;
  beforeAll(() => {
    const scope = stack();
    processorOver(ownFunction(scope, { environment: { MINE: 'a' } }), scope);
    template = Template.fromStack(scope);
  });

  test('is the only one, and neither role nor log group is made beside it', () => {
    expect(only(template, 'AWS::Lambda::Function').logicalId).toMatch(/^Own/);
    expect(only(template, 'AWS::IAM::Role').logicalId).toMatch(/^OwnServiceRole/);
    template.resourceCountIs('AWS::Logs::LogGroup', 0);
  });

  test('is told what it has to know, beside what it knew', () => {
    expect(only(template, 'AWS::Lambda::Function').Properties.Environment.Variables).toEqual({
      MINE: 'a',
      MSK_ONCE_TABLE: { Ref: 'OrdersTable1F8332C7' },
      MSK_ONCE_MAPPINGS:
        '{"Orders":{"consumer":"Shop-Orders","source":"0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d-7","generation":1}}',
      MSK_ONCE_DEAD_LETTERS: {
        'Fn::Join': [
          '',
          ['sqs:', { Ref: 'OrdersDeadLetterQueueA73944CE' }, ',s3://', { Ref: 'OrdersDeadLetterBucketC7A89C1E' }],
        ],
      },
      MSK_ONCE_REMEMBER_FOR_S: '1209600',
    });
  });

  test('may do what a function of the processor may, its logs apart', () => {
    const scope = stack();
    processor(scope);
    const { WriteLogs, ...expected } = statements(Template.fromStack(scope)) as Json;

    expect(statements(template)).toEqual(expected);
  });

  test('is called through the alias of its mapping', () => {
    template.hasResourceProperties('AWS::Lambda::Alias', {
      Name: 'Orders-partial',
      FunctionName: { Ref: only(template, 'AWS::Lambda::Function').logicalId },
    });
  });

  test('leaves the logical ids of what is stateful as they are', () => {
    expect(only(template, 'AWS::DynamoDB::GlobalTable').logicalId).toBe('OrdersTable1F8332C7');
    expect(only(template, 'AWS::SQS::Queue').logicalId).toBe('OrdersDeadLetterQueueA73944CE');
    expect(only(template, 'AWS::S3::Bucket').logicalId).toBe('OrdersDeadLetterBucketC7A89C1E');
    expect(only(template, 'AWS::Lambda::EventSourceMapping').logicalId).toBe('OrdersMapping4DDFF7C3');
  });

  test('keeps its role and its log group, which the processor shows', () => {
    const scope = stack();
    const logGroup = new logs.LogGroup(scope, 'Logs');
    const fn = ownFunction(scope, { logGroup: logGroup as logs.ILogGroup });

    const orders = processorOver(fn, scope);

    expect(orders.function).toBe(fn);
    expect(orders.role).toBe(fn.role);
    expect(orders.logGroup).toBe(logGroup);
  });

  test('may have had a mapping before', () => {
    const scope = stack();
    const fn = ownFunction(scope);
    const returns = { source: source({ topic: 'returns', topicRetention: Duration.days(30) }) };
    new KafkaMapping(scope, 'Returns', { function: fn, ...returns, pollers: Pollers.onDemand() });

    processorOver(fn, scope);

    const { Variables } = only(Template.fromStack(scope), 'AWS::Lambda::Function').Properties.Environment;
    expect(Object.keys(JSON.parse(Variables.MSK_ONCE_MAPPINGS))).toEqual(['Returns', 'Orders']);
    expect(Variables.MSK_ONCE_REMEMBER_FOR_S).toBe(`${31 * 86_400}`);
  });
});

describe('in another stack', () => {
  function twoStacks() {
    const parent = app();
    const functions = new Stack(parent, 'Functions');
    return { functions, shop: new Stack(parent, 'Shop') };
  }

  test('it is refused where the function would need what needs the function', () => {
    const { functions, shop } = twoStacks();

    const message = refusal(() => processorOver(ownFunction(functions), shop));

    expect(message).toContain(
      'function is "Functions/Own", accepted is a function of Shop, where table and deadLetters',
    );
    expect(message).toContain('two stacks cannot need each other');
  });

  test('it is refused in a nested stack too', () => {
    const shop = stack();
    const fn = ownFunction(new NestedStack(shop, 'Functions'));

    expect(refusal(() => processorOver(fn, shop))).toContain('function is "Shop/Functions/Own"');
  });

  test('it works with a table and letters that are made with the function', () => {
    const { functions, shop } = twoStacks();
    const table = new IdempotencyTable(functions, 'Memory') as dynamodb.ITable;
    const bucket = new s3.Bucket(functions, 'Letters') as s3.IBucket;

    processorOver(ownFunction(functions), shop, { table, deadLetters: DeadLetters.s3({ bucket }), alarms: false });

    const template = Template.fromStack(shop);
    expect(Object.values(template.toJSON().Resources).map(({ Type }: Json) => Type)).toEqual([
      'AWS::Lambda::Alias',
      'AWS::Lambda::EventSourceMapping',
    ]);
    expect(Object.keys(statements(Template.fromStack(functions)))).toEqual(
      expect.arrayContaining(['ClaimRecords', 'PutLetters', 'ReadTopic']),
    );
    expect(shop.dependencies).toContain(functions);
  });
});

describe('a role that takes no permissions from this app', () => {
  const ARN = 'arn:aws:iam::111122223333:role/fixed';
  const warningOf = (role: (scope: Stack) => iam.IRole) => {
    const scope = stack();
    processorOver(ownFunction(scope, { role: role(scope) }), scope);
    return Annotations.fromStack(scope).findWarning('/Shop/Orders', Match.stringLikeRegexp('takes no permissions'));
  };

  test('is warned about: aws-cdk-lib drops each grant without a word', () => {
    const [warning] = warningOf((scope) => iam.Role.fromRoleArn(scope, 'Fixed', ARN, { mutable: false }));

    expect(warning?.entry.data).toContain(
      'Give it elsewhere what any other role would have been granted here: ClaimRecords (dynamodb:BatchGetItem, ',
    );
  });

  test('is not the role of the function, an imported one or one that is made late', () => {
    expect(warningOf((scope) => iam.Role.fromRoleArn(scope, 'Imported', ARN))).toEqual([]);
    const assumedBy = new iam.ServicePrincipal('lambda.amazonaws.com');
    expect(warningOf((scope) => new iam.Role(scope, 'Role', { assumedBy }))).toEqual([]);
    expect(warningOf((scope) => new iam.LazyRole(scope, 'Late', { assumedBy }))).toEqual([]);
  });
});

describe('refused', () => {
  const over = (props: Partial<KafkaProcessorProps>, own: Partial<lambda.FunctionProps> = {}) => {
    const scope = stack();
    return refusal(() => processorOver(ownFunction(scope, own), scope, props));
  };

  test('neither a file nor a function', () => {
    const scope = stack();

    // @ts-expect-error under exactOptionalPropertyTypes, and only there
    const message = refusal(() => processor(scope, { entry: undefined }));

    expect(message).toContain('entry is missing, accepted is entry or function.');
  });

  test('both', () => {
    expect(over({ entry: 'handlers/orders.ts' })).toContain(
      'entry is "handlers/orders.ts, beside function", accepted is entry or function.',
    );
  });

  test.each<[keyof KafkaProcessorProps, (scope: Stack) => Partial<KafkaProcessorProps>, string]>([
    ['handler', () => ({ handler: 'main' }), '"main"'],
    ['memorySize', () => ({ memorySize: 512 }), '512'],
    ['timeout', () => ({ timeout: Duration.seconds(30) }), '"30 seconds"'],
    ['environment', () => ({ environment: { A: 'b' } }), '"given"'],
    ['logRetention', () => ({ logRetention: logs.RetentionDays.ONE_DAY }), '1'],
    ['tracing', () => ({ tracing: lambda.Tracing.ACTIVE }), '"Active"'],
    ['vpc', (scope) => ({ vpc: new ec2.Vpc(scope, 'Vpc') as ec2.IVpc }), '"given"'],
    ['vpcSubnets', () => ({ vpcSubnets: {} }), '"given"'],
    ['securityGroups', () => ({ securityGroups: [] }), '"given"'],
    [
      'adotInstrumentation',
      () => ({
        adotInstrumentation: {
          layerVersion: lambda.AdotLayerVersion.fromJavaScriptSdkLayerVersion(
            lambda.AdotLambdaLayerJavaScriptSdkVersion.LATEST,
          ),
          execWrapper: lambda.AdotLambdaExecWrapper.REGULAR_HANDLER,
        },
      }),
      '"given"',
    ],
  ])("%s, which is the function's own", (prop, props, shown) => {
    const scope = stack();

    const message = refusal(() => processorOver(ownFunction(scope), scope, props(scope)));

    expect(message).toContain(`${prop} is ${shown}, accepted is nothing beside a function of yours. Give it to the`);
  });

  test.each(['MSK_ONCE_TABLE', 'MSK_ONCE_MAPPINGS', 'POWERTOOLS_IDEMPOTENCY_DISABLED'])(
    'a function with the variable %s',
    (name) => {
      expect(over({}, { environment: { FINE: 'a', [name]: 'mine' } })).toContain(`environment.${name} is "mine"`);
    },
  );

  test('a time-out over 14 minutes', () => {
    expect(over({}, { timeout: Duration.minutes(15) })).toContain('timeout is "15 minutes"');
  });

  test('a function that is imported, whose environment stays as it is', () => {
    const scope = stack();
    const fn = lambda.Function.fromFunctionName(scope, 'Own', 'own') as lambda.Function;

    expect(refusal(() => processorOver(fn, scope))).toContain(
      'function is "Shop/Own", accepted is a function that is made in this app.',
    );
  });

  test('a function that has a processor already', () => {
    const scope = stack();
    const fn = ownFunction(scope);
    processorOver(fn, scope);

    const message = refusal(() => processorOver(fn, scope, {}, 'Again'), 'Shop/Again');

    expect(message).toContain('A further source of one function is a KafkaMapping');
  });
});
