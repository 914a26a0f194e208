import { join } from 'node:path';
import { CfnParameter, NestedStack, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import {
  Auth,
  DeadLetters,
  IdempotencyTable,
  KafkaMapping,
  type KafkaMappingProps,
  OnceFunction,
  OnFailure,
  Pollers,
} from '../../lib';
import { ownFunction, processorOver } from './fixture/own-function';
import { refusal } from './fixture/refusal';
import { app, processor, source, stack } from './fixture/stack';

const pollers = Pollers.provisioned({ minimum: 1, maximum: 4 });
const role = (scope: Stack) =>
  new iam.Role(scope, 'Role', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });

/** The stack of a function, and that of a processor or mapping over it. */
function stacks(): [Stack, Stack] {
  const scope = app();
  return [new Stack(scope, 'Functions'), new Stack(scope, 'Shop')];
}

describe('a function of another stack', () => {
  test.each<[string, string, (here: Stack, there: Stack) => [dynamodb.ITable, DeadLetters]]>([
    [
      'a table',
      'table is "Shop/Memory/Resource", accepted is nothing that is made in Shop: Functions/Own of another stack',
      (here, there) => [
        new IdempotencyTable(here, 'Memory') as dynamodb.ITable,
        DeadLetters.sqs({ queue: new sqs.Queue(there, 'Letters'), overflow: false }),
      ],
    ],
    [
      'letters',
      'deadLetters is "Shop/Orders/DeadLetterQueue/Resource", accepted is nothing that is made in Shop',
      (_, there) => [new IdempotencyTable(there, 'Memory') as dynamodb.ITable, DeadLetters.sqs()],
    ],
  ])('cannot name %s that is made here, with what to do', (_, expected, stores) => {
    const [there, here] = stacks();
    const [table, deadLetters] = stores(here, there);

    const said = refusal(() => processorOver(ownFunction(there), here, { table, deadLetters }));

    expect(said).toContain(expected);
    expect(said).toContain('Make it in Functions, or Functions/Own in Shop: two stacks cannot need each other.');
  });

  test('twin: aws-cdk-lib says it without a word of what to do', () => {
    const [there, here] = stacks();
    const fn = ownFunction(there);
    fn.addEnvironment('TABLE', new IdempotencyTable(here, 'Memory').tableName);
    new lambda.Alias(here, 'Alias', { aliasName: 'live', version: fn.latestVersion });

    expect(() => Template.fromStack(here)).toThrow(/cyclic reference/);
  });
});

describe('a mapping of a function of another stack', () => {
  test('is made there, and what the pollers may is in the role', () => {
    const [there, here] = stacks();
    const { function: fn } = processor(there);
    new KafkaMapping(here, 'Returns', { function: fn, source: source({ topic: 'returns' }), pollers });

    Template.fromStack(here).resourceCountIs('AWS::Lambda::EventSourceMapping', 1);
    expect(JSON.stringify(Template.fromStack(there).findResources('AWS::IAM::Policy'))).toContain('/returns"');
  });

  const OVER: [string, string, (here: Stack) => Partial<KafkaMappingProps>][] = [
    [
      'its cluster',
      'source is ".*/Cluster"',
      (here) => ({ source: source({ clusterArn: new CfnParameter(here, 'Cluster').valueAsString }) }),
    ],
    [
      'its secret',
      'source is ".*/Secret/Resource"',
      (here) => ({
        source: source({ auth: Auth.mtls(new secretsmanager.Secret(here, 'Secret') as secretsmanager.ISecret) }),
      }),
    ],
    [
      'its destination',
      'onFailure is ".*/Discarded/Resource"',
      (here) => ({
        onFailure: OnFailure.s3({ bucket: new s3.Bucket(here, 'Discarded') as s3.IBucket }),
        retryAttempts: 1_000,
        serviceMayDiscard: true,
      }),
    ],
  ];

  test.each(OVER)('cannot have %s here', (_, expected, props) => {
    const [there, here] = stacks();
    const { function: fn } = processor(there);

    expect(
      refusal(
        () => new KafkaMapping(here, 'Returns', { function: fn, source: source(), pollers, ...props(here) }),
        'Shop/Returns',
      ),
    ).toMatch(new RegExp(`${expected}, accepted is nothing that is made in Shop: .* Make it in Functions, or `));
  });

  test.each(OVER)('cannot have %s in a nested stack, which CloudFormation alone would find', (_, expected, props) => {
    const parent = stack();
    const { function: fn } = processor(parent);
    const here = new NestedStack(parent, 'Nested');

    expect(
      refusal(
        () => new KafkaMapping(here, 'Returns', { function: fn, source: source(), pollers, ...props(here) }),
        'Shop/Nested/Returns',
      ),
    ).toMatch(new RegExp(`${expected}, accepted is nothing that is made in Shop/Nested: .* Make it in Shop, or `));
  });

  test('but a function in a nested stack is given what it names of its parent', () => {
    const parent = stack();
    const fn = ownFunction(new NestedStack(parent, 'Nested'));
    const table = new IdempotencyTable(parent, 'Memory') as dynamodb.ITable;

    expect(() => processorOver(fn, parent, { table, deadLetters: DeadLetters.sqs() })).not.toThrow();
  });
});

describe('a role of another stack', () => {
  test('cannot be allowed what is made here', () => {
    const [there, here] = stacks();
    const fn = ownFunction(here, { role: role(there) as iam.IRole });

    expect(refusal(() => processorOver(fn, here))).toContain(
      'table is "Shop/Orders/Table/Resource", accepted is nothing that is made in Shop: Functions/Role of another stack',
    );
  });

  test('nor the log group of an OnceFunction', () => {
    const [there, here] = stacks();
    const entry = join(__dirname, 'fixture', 'handler.ts');

    expect(refusal(() => new OnceFunction(here, 'Orders', { entry, role: role(there) as iam.IRole }))).toContain(
      'logGroup is "Shop/OrdersLogs/Resource", accepted is nothing that is made in Shop: Functions/Role',
    );
  });

  test('that takes no statements is no matter', () => {
    const [there, here] = stacks();
    const fn = ownFunction(here, { role: role(there).withoutPolicyUpdates() });
    processorOver(fn, here);

    expect(() => Template.fromStack(here)).not.toThrow();
  });
});

test('a table of another account is refused: the runtime would look for its name in its own', () => {
  const scope = new Stack(app(), 'Shop', { env: { account: '111122223333', region: 'eu-west-1' } });
  const arn = (account: string) => `arn:aws:dynamodb:eu-west-1:${account}:table/memory`;
  const table = (account: string) => dynamodb.TableV2.fromTableArn(scope, `Table${account}`, arn(account));

  expect(refusal(() => processor(scope, { table: table('444455556666') }))).toContain(
    'account of table is "444455556666", accepted is the account of the stack, 111122223333.',
  );
  expect(() => processor(scope, { table: table('111122223333') }, 'Others')).not.toThrow();
});

test.each<[string, { account: string; region: string }, string]>([
  ['region', { account: '111122223333', region: 'us-east-1' }, 'region of function is "eu-west-1"'],
  ['account', { account: '444455556666', region: 'eu-west-1' }, 'account of function is "111122223333"'],
])('a function of another %s is refused: it has no alias here', (_, env, expected) => {
  const scope = app();
  const there = new Stack(scope, 'Functions', { env: { account: '111122223333', region: 'eu-west-1' } });
  const here = new Stack(scope, 'Shop', { env });

  expect(
    refusal(() => new KafkaMapping(here, 'Orders', { function: ownFunction(there), source: source(), pollers })),
  ).toContain(expected);
});
