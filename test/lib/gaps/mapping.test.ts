import { Duration, Stack, Token } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import {
  KafkaDlq,
  ManagedKafkaEventSource,
  type ManagedKafkaEventSourceProps,
  S3OnFailureDestination,
} from 'aws-cdk-lib/aws-lambda-event-sources';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { type KafkaProcessorProps, OnFailure, Pollers } from '../../../lib';
import { ownFunction } from '../fixture/own-function';
import { refusal } from '../fixture/refusal';
import { app, CLUSTER_ARN, type Json, only, processor, source, stack } from '../fixture/stack';

// Each gap of aws-cdk-lib's own event source twice: what it does (its twin), and what is done here.

const theirs = (
  props: Partial<ManagedKafkaEventSourceProps> = {},
  fnProps: Partial<lambda.FunctionProps> = {},
  scope = stack(),
): Template => {
  ownFunction(scope, fnProps).addEventSource(
    new ManagedKafkaEventSource({
      clusterArn: CLUSTER_ARN,
      topic: 'orders',
      startingPosition: lambda.StartingPosition.TRIM_HORIZON,
      ...props,
    }),
  );
  return Template.fromStack(scope);
};
const mappingOf = (template: Template) => only(template, 'AWS::Lambda::EventSourceMapping');
const ours = (props: Partial<KafkaProcessorProps>) => refusal(() => processor(stack(), props));
const actionsOf = (template: Template): string[] =>
  only(template, 'AWS::IAM::Policy').Properties.PolicyDocument.Statement.flatMap(({ Action }: Json) => Action);

describe('what only provisioned pollers have', () => {
  const settings = {
    retryAttempts: 5,
    maxRecordAge: Duration.hours(1),
    bisectBatchOnError: true,
    logLevel: lambda.EventSourceMappingLogLevel.INFO,
  } as const;

  test('twin: is accepted without them, and refused at deployment', () => {
    const { Properties } = mappingOf(
      theirs({
        ...settings,
        reportBatchItemFailures: true,
        metricsConfig: { metrics: [lambda.MetricType.EVENT_COUNT] },
        onFailure: new KafkaDlq('orders-failed'),
      }),
    );

    expect(Properties).not.toHaveProperty('ProvisionedPollerConfig');
    expect(Properties).toMatchObject({
      MaximumRetryAttempts: 5,
      MaximumRecordAgeInSeconds: 3600,
      BisectBatchOnFunctionError: true,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      DestinationConfig: { OnFailure: { Destination: 'kafka://orders-failed' } },
      LoggingConfig: { SystemLogLevel: 'INFO' },
      MetricsConfig: { Metrics: ['EventCount'] },
    });
  });

  test.each(Object.entries(settings))('here: %s is refused without them', (prop, value) => {
    expect(ours({ pollers: Pollers.onDemand(), serviceMayDiscard: true, [prop]: value })).toContain(
      'accepted is none with pollers on demand',
    );
  });
});

describe('a topic for what is discarded', () => {
  const leave = { serviceMayDiscard: true, retryAttempts: 9 } as const;
  const provisionedPollerConfig = { minimumPollers: 1, maximumPollers: 1 };

  test('twin: nobody may write to it', () => {
    const template = theirs({ provisionedPollerConfig, onFailure: new KafkaDlq('orders-failed') });

    expect(actionsOf(template).filter((action) => action.startsWith('kafka-cluster:'))).toEqual([]);
  });

  test('here: the role may', () => {
    const scope = stack();
    processor(scope, { ...leave, onFailure: OnFailure.kafkaTopic('orders-failed') });

    expect(actionsOf(Template.fromStack(scope))).toContain('kafka-cluster:WriteData');
  });

  test('twin: is accepted where it is the one that is read', () => {
    expect(mappingOf(theirs({ onFailure: new KafkaDlq('orders') })).Properties).toMatchObject({
      Topics: ['orders'],
      DestinationConfig: { OnFailure: { Destination: 'kafka://orders' } },
    });
  });

  test('here: is refused there', () => {
    expect(ours({ ...leave, onFailure: OnFailure.kafkaTopic('orders') })).toContain('a topic other than the one');
  });

  test('twin: with a very short name is accepted, and too short for CloudFormation', () => {
    const { Destination } = mappingOf(theirs({ onFailure: new KafkaDlq('abc') })).Properties.DestinationConfig
      .OnFailure;

    // Source: the resource schema of AWS::Lambda::EventSourceMapping, OnFailure: 12 characters at least.
    expect(Destination).toHaveLength(11);
  });

  test('here: is refused with one', () => {
    expect(ours({ ...leave, onFailure: OnFailure.kafkaTopic('abc') })).toContain('accepted is 4 to 249 letters');
  });

  test('twin: leaves the retries unsaid, which are 10 then', () => {
    const { Properties } = mappingOf(theirs({ provisionedPollerConfig, onFailure: new KafkaDlq('orders-failed') }));

    expect(Properties).not.toHaveProperty('MaximumRetryAttempts');
  });

  test('here: asks for them', () => {
    expect(ours({ serviceMayDiscard: true, onFailure: OnFailure.kafkaTopic('orders-failed') })).toContain(
      'retryAttempts is missing',
    );
  });
});

describe('a bucket for what is discarded', () => {
  const bucket = (scope: Stack) => s3.Bucket.fromBucketName(scope, 'Discarded', 'orders-discarded');

  test('twin: may be read and emptied by the function', () => {
    const scope = stack();
    const onFailure = new S3OnFailureDestination(bucket(scope));

    expect(actionsOf(theirs({ onFailure }, {}, scope))).toEqual(
      expect.arrayContaining(['s3:GetObject*', 's3:DeleteObject*', 's3:PutObject']),
    );
  });

  test('here: may be written and listed', () => {
    const scope = stack();
    const onFailure = OnFailure.s3({ bucket: bucket(scope) });
    processor(scope, { serviceMayDiscard: true, retryAttempts: 9, onFailure });

    const { Statement } = only(Template.fromStack(scope), 'AWS::IAM::Policy').Properties.PolicyDocument;
    const granted = Statement.filter((one: Json) => JSON.stringify(one.Resource).includes('orders-discarded'));
    expect(granted.map(({ Action }: Json) => Action)).toEqual(['s3:PutObject', 's3:ListBucket']);
  });
});

describe('numbers', () => {
  const later = () => Duration.seconds(Token.asNumber({ Ref: 'Age' }));

  test('twin: a batch size of 0 becomes 100, and 20,000 stays', () => {
    expect(mappingOf(theirs({ batchSize: 0 })).Properties.BatchSize).toBe(100);
    expect(mappingOf(theirs({ batchSize: 20_000 })).Properties.BatchSize).toBe(20_000);
  });

  test('here: both are refused', () => {
    expect(ours({ batchSize: 0 })).toContain('batchSize is "0", accepted is a whole number from 1 to 10000.');
    expect(ours({ batchSize: 20_000 })).toContain('batchSize is "20000"');
  });

  test('twin: a window of 500 ms throws, and says nothing of how to get one', () => {
    expect(() => theirs({ maxBatchingWindow: Duration.millis(500) })).toThrow(
      /^'500 millis' cannot be converted into a whole number of seconds.$/,
    );
  });

  test('here: it is what one gets without asking, and the error says so', () => {
    expect(ours({ maxBatchingWindow: Duration.millis(500) })).toContain(
      "Leave it out for the service's default of 500 ms",
    );
  });

  test('twin: an endless age cannot be written, and one that is known at deployment only throws', () => {
    expect(() => Duration.seconds(-1)).toThrow('negative');
    expect(() => theirs({ maxRecordAge: later() })).toThrow('maxRecordAge must be between 60 seconds and 7 days');
  });

  test('here: it is the default, and the other reaches the mapping', () => {
    const scope = stack();
    processor(scope, { serviceMayDiscard: true, maxRecordAge: later() });

    expect(mappingOf(Template.fromStack(scope)).Properties.MaximumRecordAgeInSeconds).toEqual({ Ref: 'Age' });
  });
});

describe('the function', () => {
  test('twin: may have a time-out above the 14 minutes that a Kafka mapping allows, and too little memory', () => {
    const template = theirs({ batchSize: 10_000 }, { timeout: Duration.minutes(15), memorySize: 128 });

    template.hasResourceProperties('AWS::Lambda::Function', { Timeout: 900, MemorySize: 128 });
  });

  test('here: may not', () => {
    expect(ours({ timeout: Duration.minutes(15) })).toContain('timeout is "15 minutes"');
    expect(ours({ batchSize: 10_000, memorySize: 128 })).toContain('memorySize is 128, accepted is at least 256 MB');
  });

  test('twin: has a role that may be without its permissions when the service tries them', () => {
    expect(mappingOf(theirs()).DependsOn).toBeUndefined();
  });

  test('here: the mapping waits for role and policy', () => {
    const scope = stack();
    processor(scope);

    const template = Template.fromStack(scope);
    expect(mappingOf(template).DependsOn).toEqual(
      expect.arrayContaining([
        only(template, 'AWS::IAM::Policy').logicalId,
        only(template, 'AWS::IAM::Role').logicalId,
      ]),
    );
  });
});

describe('an alias of $LATEST', () => {
  test('twin: is given provisioned concurrency, which Lambda refuses', () => {
    const scope = stack();
    const version = ownFunction(scope).latestVersion;
    new lambda.Alias(scope, 'Alias', { aliasName: 'live', version, provisionedConcurrentExecutions: 2 });

    expect(only(Template.fromStack(scope), 'AWS::Lambda::Alias').Properties).toMatchObject({
      FunctionVersion: '$LATEST',
      ProvisionedConcurrencyConfig: { ProvisionedConcurrentExecutions: 2 },
    });
  });

  test('here: is not', () => {
    const scope = stack();
    processor(scope, { provisionedConcurrentExecutions: 2 });

    expect(() => Template.fromStack(scope)).toThrow('accepted is none with an alias of $LATEST');
  });
});

describe('one consumer group id in two mappings', () => {
  test('twin: is accepted, and refused at deployment', () => {
    const scope = stack();
    const fn = ownFunction(scope);
    for (const topic of ['orders', 'returns']) {
      const startingPosition = lambda.StartingPosition.LATEST;
      fn.addEventSource(
        new ManagedKafkaEventSource({ clusterArn: CLUSTER_ARN, topic, startingPosition, consumerGroupId: 'shop' }),
      );
    }

    Template.fromStack(scope).resourceCountIs('AWS::Lambda::EventSourceMapping', 2);
  });

  test('here: is an error at synth', () => {
    const scope = stack();
    processor(scope, { source: source({ consumerGroupId: 'shop' }) });
    processor(scope, { source: source({ consumerGroupId: 'shop', topic: 'returns' }) }, 'Returns');

    expect(() => Template.fromStack(scope)).toThrow('consumerGroupId is "shop"');
  });
});

describe('a key for the filters', () => {
  const filters = [lambda.FilterCriteria.filter({ value: { state: ['paid'] } })];
  const known = () => new Stack(app(), 'Shop', { env: { region: 'eu-west-1', account: '111122223333' } });
  const readers = (scope: Stack) =>
    only(Template.fromStack(scope), 'AWS::KMS::Key').Properties.KeyPolicy.Statement.filter(
      ({ Principal }: Json) => Principal.Service,
    );
  const ARN = 'arn:aws:kms:eu-west-1:111122223333:key/0a1b';

  test('twin: is for Lambda on behalf of everyone, not named by its region, and one that is imported is taken on trust', () => {
    const scope = known();
    theirs({ filters, filterEncryption: new kms.Key(scope, 'Key') as kms.IKey }, {}, scope);
    expect(readers(scope)).toEqual([
      { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'kms:Decrypt', Resource: '*' },
    ]);

    const other = known();
    theirs({ filters, filterEncryption: kms.Key.fromKeyArn(other, 'Key', ARN) as kms.IKey }, {}, other);
    Annotations.fromStack(other).hasNoWarning('*', Match.anyValue());
  });

  test('here: is for the mappings of this account, and the policy of an imported one is asked for', () => {
    const scope = known();
    processor(scope, { source: source({ filters }), filterEncryption: new kms.Key(scope, 'Key') as kms.IKey });
    expect(readers(scope)).toMatchObject([{ Action: 'kms:Decrypt', Condition: { ArnLike: expect.anything() } }]);

    const other = known();
    processor(other, {
      source: source({ filters }),
      filterEncryption: kms.Key.fromKeyArn(other, 'Key', ARN) as kms.IKey,
    });
    Annotations.fromStack(other).hasWarning('/Shop/Orders', Match.stringLikeRegexp('filterEncryption'));
  });
});
