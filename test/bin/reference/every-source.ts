import { join } from 'node:path';
import { type App, Duration, SecretValue, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as glue from 'aws-cdk-lib/aws-glue';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { ConfluentSchemaRegistry, GlueSchemaRegistry } from 'aws-cdk-lib/aws-lambda-event-sources';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import {
  Auth,
  FunctionVersion,
  KafkaMapping,
  KafkaProcessor,
  type KafkaProcessorProps,
  KafkaSource,
  OnFailure,
  Pollers,
} from '../../../lib';
import { CLUSTER_ARN } from '../../lib/fixture/stack';

const SERVERLESS_ARN =
  'arn:aws:kafka:eu-west-1:111122223333:cluster/serverless/1a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d-s1';
const CONNECTION_ARN =
  'arn:aws:kafka:eu-west-1:444455556666:vpc-connection/111122223333/orders-cluster/2a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d-7';

const SELF_MANAGED = { bootstrapServers: ['b-1.example:9096', 'b-2.example:9096'], clusterName: 'shop' };

const entry = join(__dirname, '..', '..', 'lib', 'fixture', 'handler.ts');
const pollers = Pollers.provisioned({ minimum: 1, maximum: 4 });

/** Each a source, with a key of the customer wherever one can be. */
export const SOURCES: Readonly<Record<string, (stack: Stack) => KafkaSource>> = {
  iam: () => KafkaSource.msk({ clusterArn: CLUSTER_ARN, topic: 'orders', auth: Auth.iam() }),
  scram: (stack) =>
    KafkaSource.msk({
      clusterArn: CLUSTER_ARN,
      topic: 'scram',
      auth: Auth.scram512(secret(stack, 'AmazonMSK_orders')),
    }),
  mtls: (stack) => KafkaSource.msk({ clusterArn: CLUSTER_ARN, topic: 'mtls', auth: Auth.mtls(secret(stack)) }),
  none: () => KafkaSource.msk({ clusterArn: CLUSTER_ARN, topic: 'none', auth: Auth.none() }),
  'another account': () =>
    KafkaSource.msk({
      clusterArn: CLUSTER_ARN,
      vpcConnectionArn: CONNECTION_ARN,
      topic: 'elsewhere',
      auth: Auth.iam(),
    }),
  serverless: () => KafkaSource.mskServerless({ clusterArn: SERVERLESS_ARN, topic: 'serverless' }),
  'self-managed in a network': (stack) =>
    KafkaSource.selfManaged({
      ...SELF_MANAGED,
      topic: 'own-network',
      auth: Auth.scram256(secret(stack)),
      rootCaCertificate: secret(stack, 'RootCa'),
      ...network(stack),
    }),
  'self-managed on the internet': (stack) =>
    KafkaSource.selfManaged({ ...SELF_MANAGED, topic: 'internet', auth: Auth.plain(secret(stack)) }),
};

/** Each a processor on that source, with what else it can have. */
export const PROCESSORS: Readonly<Record<string, (stack: Stack) => Partial<KafkaProcessorProps>>> = {
  ...Object.fromEntries(
    Object.entries(SOURCES).map(([name, source]) => [name, (stack: Stack) => ({ source: source(stack) })]),
  ),
  'its own key and network, traced': (stack) => ({
    encryptionKey: key(stack),
    tracing: lambda.Tracing.ACTIVE,
    ...network(stack),
  }),
  'every option of provisioned pollers, with a bucket': (stack) => ({
    source: KafkaSource.msk({
      clusterArn: CLUSTER_ARN,
      topic: 'orders',
      auth: Auth.iam(),
      startingPosition: lambda.StartingPosition.AT_TIMESTAMP,
      startingPositionTimestamp: 1_700_000_000,
      filters: [lambda.FilterCriteria.filter({ value: { kind: ['order'] } })],
    }),
    pollers: Pollers.provisioned({ minimum: 1, maximum: 4, pollerGroupName: 'shop' }),
    batchSize: 500,
    maxBatchingWindow: Duration.seconds(2),
    filterEncryption: key(stack),
    schemaRegistry: new GlueSchemaRegistry({
      schemaRegistry: new glue.CfnRegistry(stack, 'Registry', { name: 'orders' }),
      eventRecordFormat: lambda.EventRecordFormat.JSON,
      schemaValidationConfigs: [{ attribute: lambda.KafkaSchemaValidationAttribute.VALUE }],
    }),
    logLevel: lambda.EventSourceMappingLogLevel.DEBUG,
    metrics: [lambda.MetricType.EVENT_COUNT, lambda.MetricType.ERROR_COUNT, lambda.MetricType.KAFKA_METRICS],
    bisectBatchOnError: true,
    serviceMayDiscard: true,
    onFailure: OnFailure.s3({
      bucket: new s3.Bucket(stack, 'Discarded', { encryptionKey: key(stack, 'BucketKey') }) as s3.IBucket,
    }),
    retryAttempts: 100,
    maxRecordAge: Duration.hours(6),
    version: FunctionVersion.CURRENT,
    provisionedConcurrentExecutions: 2,
  }),
  'a topic for what is discarded, and Confluent': (stack) => ({
    serviceMayDiscard: true,
    onFailure: OnFailure.kafkaTopic('discarded'),
    retryAttempts: 5_000,
    schemaRegistry: new ConfluentSchemaRegistry({
      schemaRegistryUri: 'https://registry.example',
      eventRecordFormat: lambda.EventRecordFormat.SOURCE,
      authenticationType: lambda.KafkaSchemaRegistryAccessConfigType.BASIC_AUTH,
      secret: secret(stack, 'RegistryAccess'),
      schemaValidationConfigs: [{ attribute: lambda.KafkaSchemaValidationAttribute.KEY }],
    }),
  }),
  'on-demand pollers': () => ({ pollers: Pollers.onDemand(), batchSize: 10_000, memorySize: 2_048 }),
};

/** A stack of that name with the processor `Orders`. */
export function stackWith(app: App, name: string): Stack {
  const stack = new Stack(app, `Shop-${name.replaceAll(/[^A-Za-z0-9]+/g, '-')}`);
  const props = (PROCESSORS[name] as (typeof PROCESSORS)[string])(stack);
  new KafkaProcessor(stack, 'Orders', {
    entry,
    source: (SOURCES.iam as (typeof SOURCES)[string])(stack),
    pollers,
    ...props,
  });
  return stack;
}

/** One function that reads every source. */
export function stackWithAllSources(app: App): Stack {
  const stack = new Stack(app, 'Shop-all');
  const [first, ...others] = Object.entries(SOURCES) as [string, (typeof SOURCES)[string]][];
  const processor = new KafkaProcessor(stack, 'Orders', {
    entry,
    source: (first as (typeof others)[number])[1](stack),
    pollers,
  });
  for (const [name, source] of others) {
    new KafkaMapping(stack, name.replaceAll(/[^A-Za-z0-9]+/g, '-'), {
      function: processor.function,
      source: source(stack),
      pollers,
    });
  }
  return stack;
}

function key(stack: Stack, id = 'Key'): kms.IKey {
  return (stack.node.tryFindChild(id) ?? new kms.Key(stack, id)) as kms.IKey;
}

function secret(stack: Stack, name = 'Credentials'): secretsmanager.ISecret {
  return (stack.node.tryFindChild(name) ??
    new secretsmanager.Secret(stack, name, {
      secretName: name,
      encryptionKey: key(stack),
      secretStringValue: SecretValue.unsafePlainText('{}'),
    })) as secretsmanager.ISecret;
}

function network(stack: Stack) {
  const vpc = (stack.node.tryFindChild('Vpc') ??
    new ec2.Vpc(stack, 'Vpc', {
      natGateways: 0,
      restrictDefaultSecurityGroup: false,
      subnetConfiguration: [{ name: 'Own', subnetType: ec2.SubnetType.PRIVATE_ISOLATED }],
    })) as ec2.IVpc;
  const group = (stack.node.tryFindChild('Group') ??
    new ec2.SecurityGroup(stack, 'Group', { vpc })) as ec2.ISecurityGroup;
  return { vpc, vpcSubnets: { subnetType: ec2.SubnetType.PRIVATE_ISOLATED }, securityGroups: [group] };
}
