import { CfnCondition, CfnParameter, Fn, Stack } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import {
  AuthenticationMethod,
  ManagedKafkaEventSource,
  SelfManagedKafkaEventSource,
} from 'aws-cdk-lib/aws-lambda-event-sources';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { KafkaMapping, Pollers } from '../../lib';
import { ownFunction, processorOver } from './fixture/own-function';
import { app, CLUSTER_ARN, source } from './fixture/stack';

const { LATEST } = lambda.StartingPosition;
const BILLING = { source: source({ consumerGroupId: 'billing' }) };
const CONFLICT =
  'Shop/Orders: consumerGroupId is "billing", accepted is an id that no other mapping of the account and region has. ' +
  'Shop/Own/KafkaEventSource';

const managed = (consumerGroupId?: string) =>
  new ManagedKafkaEventSource({
    clusterArn: CLUSTER_ARN,
    topic: 'orders',
    startingPosition: LATEST,
    ...(consumerGroupId !== undefined && { consumerGroupId }),
  });
const selfManaged = (scope: Stack, consumerGroupId: string) =>
  new SelfManagedKafkaEventSource({
    bootstrapServers: ['broker:9092'],
    topic: 'orders',
    startingPosition: LATEST,
    authenticationMethod: AuthenticationMethod.SASL_SCRAM_512_AUTH,
    secret: secretsmanager.Secret.fromSecretNameV2(scope, 'Secret', 'kafka'),
    consumerGroupId,
  });
const given = (make: (scope: Stack, fn: lambda.Function) => void) => {
  const root = app();
  const scope = new Stack(root, 'Shop');
  const fn = ownFunction(scope);
  make(scope, fn);
  return { root, scope, fn };
};

/** For a function that is called by the name that `target` has. */
const plainMapping = (scope: Stack, functionName: string, props: Partial<lambda.CfnEventSourceMappingProps> = {}) =>
  new lambda.CfnEventSourceMapping(scope, 'Plain', { functionName, topics: ['orders'], ...props });

// The service refuses a second mapping with the same group; CloudFormation makes the new one first.
describe('an event source of aws-cdk-lib that has the consumer group', () => {
  test.each<[string, (scope: Stack) => lambda.IEventSource]>([
    ['of MSK', () => managed('billing')],
    ['of brokers of your own', (scope) => selfManaged(scope, 'billing')],
  ])('%s is an error that names it and the way', (_, eventSource) => {
    const { root } = given((scope, fn) => {
      fn.addEventSource(eventSource(scope));
      processorOver(fn, scope, BILLING);
    });

    expect(() => root.synth()).toThrow(CONFLICT);
    expect(() => root.synth()).toThrow('in a deployment of its own first (docs/constructs.md#into-an-existing-stack)');
  });

  test('is one also where it comes after the processor, and where its group is known at deployment only', () => {
    const { root } = given((scope, fn) => {
      const group = new CfnParameter(scope, 'Group').valueAsString;
      processorOver(fn, scope, { source: source({ consumerGroupId: group }) });
      plainMapping(scope, 'other', { amazonManagedKafkaEventSourceConfig: { consumerGroupId: group } });
    });

    expect(() => root.synth()).toThrow('Shop/Plain has it too');
  });

  test.each<[string, (scope: Stack, fn: lambda.Function) => void]>([
    ['has another group', (_, fn) => fn.addEventSource(managed('old'))],
    ['has a group that the service chooses', (_, fn) => fn.addEventSource(managed())],
    [
      'is there under a condition',
      (scope) => {
        const mapping = plainMapping(scope, 'other', {
          selfManagedKafkaEventSourceConfig: { consumerGroupId: 'billing' },
        });
        mapping.cfnOptions.condition = new CfnCondition(scope, 'Old', { expression: Fn.conditionEquals('a', 'b') });
      },
    ],
    [
      'is of another account',
      (scope) => {
        const there = new Stack(scope.node.root, 'There', { env: { account: '444455556666', region: 'eu-west-1' } });
        plainMapping(there, 'other', { amazonManagedKafkaEventSourceConfig: { consumerGroupId: 'billing' } });
      },
    ],
  ])('is no error where it %s', (_, make) => {
    const root = app();
    const scope = new Stack(root, 'Shop', { env: { account: '111122223333', region: 'eu-west-1' } });
    const fn = ownFunction(scope);
    make(scope, fn);
    processorOver(fn, scope, BILLING);

    root.synth();
  });
});

// Protocol A2: the runtime knows a mapping by the alias that it is called through. Without one it takes the only mapping
// that it knows, and refuses the event where it knows several.
describe('a mapping of Kafka that calls the function without an alias of ours is warned about', () => {
  const WARNING = Match.stringLikeRegexp('calls Shop/Own with.*docs/constructs.md#into-an-existing-stack');
  const found = (scope: Stack) => Annotations.fromStack(scope).findWarning('*', WARNING);

  test.each<[string, (scope: Stack, fn: lambda.Function) => void]>([
    ['directly', (_, fn) => fn.addEventSource(managed('old'))],
    ['by its ARN', (scope, fn) => plainMapping(scope, fn.functionArn)],
    ['through an alias of yours', (_, fn) => fn.addAlias('live').addEventSource(managed('old'))],
    ['through a version', (_, fn) => fn.currentVersion.addEventSource(managed('old'))],
  ])('%s', (_, make) => {
    const { scope } = given((shop, fn) => {
      processorOver(fn, shop);
      make(shop, fn);
    });

    expect(found(scope).map(({ id }) => id)).toEqual(['/Shop/Orders']);
    expect(JSON.stringify(found(scope))).toContain('takes its records for those of the mapping Orders');
  });

  test('once, however many mappings of ours the function has', () => {
    const { scope } = given((shop, fn) => {
      processorOver(fn, shop);
      const pollers = Pollers.provisioned({ minimum: 1, maximum: 1 });
      new KafkaMapping(shop, 'Returns', { function: fn, source: source({ topic: 'returns' }), pollers });
      fn.addEventSource(managed('old'));
    });

    expect(found(scope)).toHaveLength(1);
    expect(JSON.stringify(found(scope))).toContain('refuses them again and again');
  });

  test.each<[string, (scope: Stack, fn: lambda.Function) => void]>([
    ['calls another function', (scope) => plainMapping(scope, 'other')],
    [
      'reads no topic',
      (scope, fn) => {
        new lambda.CfnEventSourceMapping(scope, 'Queue', {
          functionName: fn.functionName,
          eventSourceArn: 'arn:aws:sqs:eu-west-1:111122223333:orders',
        });
      },
    ],
  ])('and none that %s', (_, make) => {
    const { scope } = given((shop, fn) => {
      processorOver(fn, shop);
      make(shop, fn);
    });

    expect(found(scope)).toEqual([]);
  });
});
