/** What the constructs make has nothing wrong: the two say the same of a right deployment. */
import { join } from 'node:path';
import {
  App,
  CfnParameter,
  aws_ec2 as ec2,
  aws_kms as kms,
  aws_lambda as lambda,
  NestedStack,
  Stack,
  aws_s3 as s3,
  aws_secretsmanager as secretsmanager,
} from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { GlueSchemaRegistry } from 'aws-cdk-lib/aws-lambda-event-sources';
import { checkTemplate } from '../../../bin/check/check-template';
import { ReferenceStack } from '../../../bin/reference-stack';
import {
  Auth,
  DeadLetters,
  KafkaMapping,
  type KafkaProcessorProps,
  KafkaSource,
  OnFailure,
  Pollers,
} from '../../../lib';
import { CLUSTER_ARN, processor, source, stack } from '../../lib/fixture/stack';
import { Folder, told } from './fixture';

const folder = new Folder();
afterAll(() => folder.remove());

const PROVISIONED = Pollers.provisioned({ minimum: 1, maximum: 4 });
const secret = (scope: Stack) =>
  secretsmanager.Secret.fromSecretCompleteArn(
    scope,
    'Secret',
    'arn:aws:secretsmanager:eu-west-1:111122223333:secret:AmazonMSK_shop-AbCdEf',
  );

/** An account and a region: some constructs need them. */
const bound = () =>
  new Stack(new App({ context: { 'aws:cdk:bundling-stacks': [] } }), 'Shop', {
    env: { account: '111122223333', region: 'eu-west-1' },
  });

const check = (scope: Stack, serviceMayDiscard = false) =>
  told(folder.check(Template.fromStack(scope).toJSON(), { parameters: {}, serviceMayDiscard }));

type Props = (scope: Stack) => Partial<KafkaProcessorProps>;

const key = (scope: Stack) =>
  kms.Key.fromKeyArn(scope, 'SecretKey', 'arn:aws:kms:eu-west-1:111122223333:key/0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d');
const brokers = { bootstrapServers: ['b-1.shop.example:9096'], clusterName: 'shop', topic: 'orders' };

const SOURCES: readonly (readonly [string, Props])[] = [
  ['MSK with IAM', () => ({ source: source() })],
  [
    'MSK with SCRAM',
    (scope) => ({ source: source({ auth: Auth.scram512(secret(scope), { encryptionKey: key(scope) }) }) }),
  ],
  ['MSK with a certificate', (scope) => ({ source: source({ auth: Auth.mtls(secret(scope)) }) })],
  [
    'MSK of another account',
    () => ({
      source: source({
        vpcConnectionArn: 'arn:aws:kafka:eu-west-1:111122223333:vpc-connection/444455556666/shop/0a1b-2',
      }),
    }),
  ],
  [
    'MSK Serverless',
    () => ({
      source: KafkaSource.mskServerless({
        clusterArn: 'arn:aws:kafka:eu-west-1:111122223333:cluster/shop/0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d-s1',
        topic: 'orders',
      }),
    }),
  ],
  [
    'brokers on the internet, with a private authority',
    (scope) => ({
      source: KafkaSource.selfManaged({
        ...brokers,
        auth: Auth.plain(secret(scope)),
        rootCaCertificate: new secretsmanager.Secret(scope, 'Authority') as secretsmanager.ISecret,
      }),
    }),
  ],
  [
    'brokers in a network',
    (scope) => {
      const vpc = new ec2.Vpc(scope, 'Network') as ec2.IVpc;
      const securityGroups = [new ec2.SecurityGroup(scope, 'Pollers', { vpc })];
      const auth = Auth.scram256(secret(scope));
      return { source: KafkaSource.selfManaged({ ...brokers, auth, vpc, securityGroups }) };
    },
  ],
];

describe.each(SOURCES)('%s', (_, props) => {
  test.each([
    ['provisioned', PROVISIONED],
    ['on demand', Pollers.onDemand()],
  ])('%s: nothing to say', (_, pollers) => {
    const scope = bound();
    processor(scope, { ...props(scope), pollers });

    expect(check(scope)).toEqual([]);
  });
});

test('a cluster that lets everybody in: whether it does, the template does not tell', () => {
  const scope = stack();
  processor(scope, { source: source({ auth: Auth.none() }) });

  expect(check(scope)).toEqual(['unknown consumer-permission']);
});

test.each<readonly [string, Props]>([
  ['letters in a bucket', () => ({ deadLetters: DeadLetters.s3({ prefix: 'orders/letters' }) })],
  ['a key of the customer for all', (scope) => ({ encryptionKey: new kms.Key(scope, 'Key') })],
])('%s: nothing to say', (_, props) => {
  const scope = bound();
  processor(scope, props(scope));

  expect(check(scope)).toEqual([]);
});

test('several sources of one function: nothing to say', () => {
  const scope = stack();
  const orders = processor(scope);
  new KafkaMapping(scope, 'Returns', {
    function: orders.function,
    source: source({ topic: 'returns' }),
    pollers: PROVISIONED,
  });

  expect(check(scope)).toEqual([]);
});

test('in a nested stack, found by the cdk.out of the app: nothing to say', () => {
  const outdir = join(folder.path, 'cdk.out');
  const app = new App({
    outdir,
    context: { 'aws:cdk:bundling-stacks': [], 'aws:cdk:enable-path-metadata': true },
  });
  const scope = new NestedStack(new Stack(app, 'Shop'), 'Consumers');
  processor(scope);
  app.synth();

  const checked = checkTemplate({ app: outdir });

  expect(told(checked)).toEqual([]);
  expect(checked.mappings).toEqual([expect.stringMatching(/^Consumers\/OrdersMapping/)]);
});

test('a service that may discard is an error, and where that is meant a warning', () => {
  const scope = stack();
  const props = { serviceMayDiscard: true, retryAttempts: 20, onFailure: OnFailure.kafkaTopic('given-up') } as const;
  processor(scope, props);

  expect(check(scope)).toEqual(['error discard', 'error discard']);
  expect(check(scope, true)).toEqual(['warning discard', 'warning discard']);
});

test('a bucket for what the service gives up, and a registry of Glue: nothing but that', () => {
  const scope = bound();
  const schemaRegistry = new GlueSchemaRegistry({
    schemaRegistryArn: 'arn:aws:glue:eu-west-1:111122223333:registry/shop',
    eventRecordFormat: lambda.EventRecordFormat.JSON,
    schemaValidationConfigs: [{ attribute: lambda.KafkaSchemaValidationAttribute.VALUE }],
  });
  const onFailure = OnFailure.s3({ bucket: new s3.Bucket(scope, 'GivenUp') as s3.IBucket });
  processor(scope, { serviceMayDiscard: true, retryAttempts: 20, onFailure, schemaRegistry });

  expect(check(scope, true)).toEqual(['warning discard', 'warning discard']);
});

test.each(['provisioned', 'on-demand'])('the reference stack, %s: nothing to say', (pollers) => {
  const app = new App({ context: { 'aws:cdk:bundling-stacks': [], pollers } });

  expect(check(new ReferenceStack(app, 'Reference'))).toEqual([]);
});

test('a cluster whose ARN is a parameter: nothing to say where that has a value', () => {
  const scope = stack();
  const clusterArn = new CfnParameter(scope, 'ClusterArn').valueAsString;
  processor(scope, { source: source({ clusterArn }) });
  const template = Template.fromStack(scope).toJSON();

  expect(told(folder.check(template, { parameters: { ClusterArn: CLUSTER_ARN } }))).toEqual([]);
  expect(new Set(told(folder.check(template, { parameters: {} })).map((one) => one.split(' ')[0]))).toEqual(
    new Set(['unknown']),
  );
});

test('a cluster whose ARN is known at deployment only is unknown, and not right', () => {
  const scope = stack();
  processor(scope, { source: source({ clusterArn: CLUSTER_ARN }) });
  const template = JSON.stringify(Template.fromStack(scope).toJSON());
  const imported = template.replaceAll(JSON.stringify(CLUSTER_ARN), '{"Fn::ImportValue":"ClusterArn"}');

  const findings = told(folder.check(imported, { parameters: {} }));

  expect(new Set(findings.map((one) => one.split(' ')[0]))).toEqual(new Set(['unknown']));
});
