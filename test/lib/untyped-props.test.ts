import { join } from 'node:path';
import { CfnParameter, Duration, type Stack } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import {
  Auth,
  DeadLetters,
  KafkaMapping,
  KafkaProcessor,
  type KafkaProcessorProps,
  KafkaSource,
  OnFailure,
  Pollers,
  type SelfManagedSourceProps,
} from '../../lib';
import { refusal } from './fixture/refusal';
import { type Json, processor, source, stack } from './fixture/stack';

const pollers = Pollers.provisioned({ minimum: 1, maximum: 4 });

function message(props: (scope: Stack) => Json): string {
  const scope = stack();
  return refusal(() => processor(scope, props(scope)));
}

describe('what the compiler refuses is refused in JavaScript too, by its name and with what it has to be', () => {
  test.each<[string, Json, string]>([
    ['maxBatchingWindow', 5, '5, accepted is a Duration'],
    ['timeout', '60', '"60", accepted is a Duration'],
    ['rememberFor', null, 'null, accepted is a Duration'],
    ['maxRecordAge', 60, '60, accepted is a Duration'],
    ['pollers', 'provisioned', '"provisioned", accepted is Pollers.provisioned('],
    ['pollers', { minimum: 1, maximum: 2 }, '"Object", accepted is Pollers.provisioned('],
    ['source', undefined, 'missing, accepted is KafkaSource.msk()'],
    ['source', { topic: 'orders' }, '"Object", accepted is KafkaSource.msk()'],
    ['table', 'memory', '"memory", accepted is a dynamodb.Table'],
    ['deadLetters', 'letters', '"letters", accepted is DeadLetters.sqs() or DeadLetters.s3()'],
    ['deadLetters', false, 'false, accepted is DeadLetters.sqs() or DeadLetters.s3()'],
    ['entry', '', '"", accepted is entry or function'],
    ['version', '$LATEST', '"$LATEST", accepted is FunctionVersion.LATEST or FunctionVersion.CURRENT'],
    ['memorySize', '512', '"512", accepted is a number'],
    ['memorySize', 10_241, '10241, accepted is at most 10240 MB'],
    ['encryptionKey', null, 'null, accepted is a kms.Key'],
  ])('%s: %j', (prop, value, expected) => {
    const scope = stack();
    let caught: Json;
    try {
      processor(scope, { [prop]: value });
    } catch (error) {
      caught = error;
    }
    expect(caught.message).toContain(`${prop} is ${expected}`);
    expect(caught.message).toMatch(/^Shop\/Orders.*\(MSK_ONCE_PROPS_INVALID\)$/);
  });

  test.each<[string, Json, string]>([
    ['topic', null, 'null, accepted is 2 to 249'],
    ['topic', ['orders'], '["orders"], accepted is 2 to 249'],
    ['consumerGroupId', 5, '5, accepted is 1 to 200'],
    ['startingPosition', 'latest', '"latest", accepted is TRIM_HORIZON, LATEST, AT_TIMESTAMP'],
    ['topicRetention', 7, '7, accepted is a Duration'],
    ['filters', { pattern: '{}' }, '{"pattern":"{}"}, accepted is a list of filters'],
    ['auth', 'iam', '"iam", accepted is Auth.iam()'],
    ['auth secret', undefined, 'missing, accepted is a secretsmanager.Secret'],
  ])('%s of a source: %j', (prop, value, expected) => {
    const given = prop === 'auth secret' ? { auth: Auth.mtls(value) } : { [prop]: value };

    expect(message(() => ({ source: source(given) }))).toContain(`${prop} is ${expected}`);
  });

  test.each<[keyof SelfManagedSourceProps, Json]>([
    ['clusterName', null],
    ['clusterName', 5],
    ['auth', null],
    ['rootCaCertificate', 'certificate'],
  ])('%s of a source that is not of MSK: %j', (prop, value) => {
    const auth = (scope: Stack) => Auth.plain(secretsmanager.Secret.fromSecretNameV2(scope, 'Secret', 'kafka'));

    expect(
      message((scope) => ({
        source: KafkaSource.selfManaged({
          bootstrapServers: ['broker-1.example.com:9096'],
          clusterName: 'payments',
          topic: 'orders',
          auth: auth(scope),
          [prop]: value,
        }),
      })),
    ).toContain(`${prop} is ${JSON.stringify(value)}, accepted is `);
  });

  test('a topic for what is discarded, which would be named "undefined"', () => {
    const onFailure = OnFailure.kafkaTopic(undefined as Json);

    expect(message(() => ({ onFailure, retryAttempts: 9, serviceMayDiscard: true }))).toContain(
      'onFailure topic is missing',
    );
  });

  test('a port that there is not', () => {
    const bootstrapServers = ['broker-1.example.com:99999'];

    expect(
      message(() => ({ source: KafkaSource.selfManaged({ bootstrapServers, clusterName: 'a', topic: 'orders' }) })),
    ).toContain('bootstrapServers[0] is "broker-1.example.com:99999", accepted is 1 to 10 addresses');
  });

  test.each<[string, (scope: Stack) => Json]>([
    ['an imported function', (scope) => lambda.Function.fromFunctionName(scope, 'Imported', 'orders')],
    ['no function', () => undefined],
  ])('a mapping of %s', (_, fn) => {
    const scope = stack();

    expect(
      refusal(() => new KafkaMapping(scope, 'Orders', { function: fn(scope), source: source(), pollers })),
    ).toContain('accepted is a function that is made in this app');
  });
});

test('a function that a subclass imports is refused as one that is given', () => {
  class Imported extends KafkaProcessor {
    protected override createFunction(): lambda.Function {
      return lambda.Function.fromFunctionName(this, 'Imported', 'orders') as Json;
    }
  }
  const entry = join(__dirname, 'fixture', 'handler.ts');

  expect(refusal(() => new Imported(stack(), 'Orders', { entry, source: source(), pollers }))).toContain(
    'function is "Shop/Orders/Imported", accepted is a function that is made in this app',
  );
});

describe('a store in the place of its props, which would be ignored and another one made, is refused', () => {
  test.each<[string, string, (scope: Stack) => Partial<KafkaProcessorProps>]>([
    // Both compile: a bucket may have an encryptionKey, as the props may.
    [
      'a bucket for letters',
      'deadLetters is "Shop/Own", accepted is props, as DeadLetters.s3({ bucket })',
      (scope) => ({ deadLetters: DeadLetters.s3(new s3.Bucket(scope, 'Own')) }),
    ],
    [
      'a bucket for what is too large',
      'overflow is "Shop/Own", accepted is props, as overflow: { bucket }',
      (scope) => ({ deadLetters: DeadLetters.sqs({ overflow: new s3.Bucket(scope, 'Own') }) }),
    ],
    [
      'a queue for letters',
      'deadLetters is "Shop/Own", accepted is props, as DeadLetters.sqs({ queue })',
      (scope) => ({ deadLetters: DeadLetters.sqs(new sqs.Queue(scope, 'Own') as Json) }),
    ],
    [
      'a resource of L1, which has no grants',
      'deadLetters queue is "Shop/Own", accepted is an sqs.Queue, or an imported one',
      (scope) => ({ deadLetters: DeadLetters.sqs({ queue: new sqs.CfnQueue(scope, 'Own') as Json }) }),
    ],
    [
      'a queue without a word',
      'deadLetters is "Shop/Own", accepted is DeadLetters.sqs() or DeadLetters.s3()',
      (scope) => ({ deadLetters: new sqs.Queue(scope, 'Own') as Json }),
    ],
  ])('%s', (_, expected, props) => {
    expect(message(props)).toContain(expected);
  });
});

describe('a time that is known at deployment only has to be in the unit that is needed', () => {
  const token = (scope: Stack) => new CfnParameter(scope, 'Time', { type: 'Number' }).valueAsNumber;

  test('seconds', () => {
    expect(message((scope) => ({ rememberFor: Duration.days(token(scope)) }))).toContain(
      'rememberFor is "a token of days", accepted is Duration.seconds() of a token.',
    );
    const scope = stack();
    expect(() => processor(scope, { rememberFor: Duration.seconds(token(scope)) })).not.toThrow();
  });

  test('milliseconds, of an alarm', () => {
    const scope = stack();
    expect(
      refusal(() => processor(scope, { alarms: { recordAge: Duration.minutes(token(scope)) } }), 'Shop/Orders/Alarms'),
    ).toContain('recordAge is "a token of minutes", accepted is Duration.millis() of a token.');
  });
});
