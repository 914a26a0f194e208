import { Duration, Token } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { CfnRegistry } from 'aws-cdk-lib/aws-glue';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { ConfluentSchemaRegistry, GlueSchemaRegistry, SqsDlq } from 'aws-cdk-lib/aws-lambda-event-sources';
import * as secrets from 'aws-cdk-lib/aws-secretsmanager';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { type KafkaMappingOptions, type KafkaProcessorProps, OnFailure, Pollers } from '../../lib';
import { refusal } from './fixture/refusal';
import { type Json, only, processor, stack, templateOf } from './fixture/stack';

const mapping = (props: Partial<KafkaProcessorProps>) =>
  only(templateOf(props), 'AWS::Lambda::EventSourceMapping').Properties;
const message = (props: Partial<KafkaProcessorProps>) => refusal(() => processor(stack(), props));
const onDemand = { pollers: Pollers.onDemand() };
const DECODED = {
  eventRecordFormat: lambda.EventRecordFormat.JSON,
  schemaValidationConfigs: [{ attribute: lambda.KafkaSchemaValidationAttribute.VALUE }],
};

describe('what the service publishes about a mapping', () => {
  test('is by default all that there is, with provisioned pollers', () => {
    expect(mapping({})).toMatchObject({
      MetricsConfig: { Metrics: ['EventCount', 'ErrorCount', 'KafkaMetrics'] },
      LoggingConfig: { SystemLogLevel: 'INFO' },
    });
  });

  test('is what is asked for', () => {
    const logLevel = lambda.EventSourceMappingLogLevel.DEBUG;

    expect(mapping({ metrics: [lambda.MetricType.EVENT_COUNT], logLevel })).toMatchObject({
      MetricsConfig: { Metrics: ['EventCount'] },
      LoggingConfig: { SystemLogLevel: 'DEBUG' },
    });
    expect(mapping({ metrics: [] })).not.toHaveProperty('MetricsConfig');
  });

  test('is nothing on demand', () => {
    expect(mapping({ ...onDemand, metrics: [] })).not.toHaveProperty('MetricsConfig');
    expect(mapping(onDemand)).not.toHaveProperty('LoggingConfig');
  });
});

test('bisect discards nothing, so it asks for no leave (P7)', () => {
  expect(mapping({ bisectBatchOnError: true }).BisectBatchOnFunctionError).toBe(true);
});

test('a mapping can be made that does not poll yet', () => {
  expect(mapping({ enabled: false }).Enabled).toBe(false);
});

describe('a schema registry', () => {
  const made = (registryOf: (scope: ReturnType<typeof stack>) => lambda.ISchemaRegistry) => {
    const scope = stack();
    processor(scope, { schemaRegistry: registryOf(scope) });
    const template = Template.fromStack(scope);
    const { Properties, DependsOn } = only(template, 'AWS::Lambda::EventSourceMapping');
    const policy = only(template, 'AWS::IAM::Policy');
    const granted = (service: string) =>
      policy.Properties.PolicyDocument.Statement.filter(({ Action }: Json) => JSON.stringify(Action).includes(service));
    expect(DependsOn).toContain(policy.logicalId);
    return { config: Properties.AmazonManagedKafkaEventSourceConfig, granted };
  };

  test('of Glue is read by the role: the registry, and the versions of its schemas', () => {
    const { config, granted } = made(
      (scope) =>
        new GlueSchemaRegistry({ ...DECODED, schemaRegistry: new CfnRegistry(scope, 'Registry', { name: 'orders' }) }),
    );

    const registry = { 'Fn::GetAtt': ['Registry', 'Arn'] };
    expect(config).toEqual({
      ConsumerGroupId: 'Shop-Orders',
      SchemaRegistryConfig: {
        SchemaRegistryURI: registry,
        EventRecordFormat: 'JSON',
        SchemaValidationConfigs: [{ Attribute: 'VALUE' }],
      },
    });
    expect(granted('glue:')).toEqual([
      { Effect: 'Allow', Action: 'glue:GetRegistry', Resource: registry },
      {
        Effect: 'Allow',
        Action: 'glue:GetSchemaVersion',
        Resource: [
          registry,
          {
            'Fn::Sub': [
              // biome-ignore lint/suspicious/noTemplateCurlyInString: CloudFormation's own
              'arn:${AWS::Partition}:glue:${AWS::Region}:${AWS::AccountId}:schema/${registryName}/*',
              { registryName: 'orders' },
            ],
          },
        ],
      },
    ]);
  });

  test('with the interface of Confluent is reached with a secret that the role reads', () => {
    const arn = 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:registry-AbCdEf';
    const { config, granted } = made(
      (scope) =>
        new ConfluentSchemaRegistry({
          ...DECODED,
          schemaRegistryUri: 'https://registry.example',
          authenticationType: lambda.KafkaSchemaRegistryAccessConfigType.BASIC_AUTH,
          secret: secrets.Secret.fromSecretCompleteArn(scope, 'Secret', arn),
        }),
    );

    expect(config.SchemaRegistryConfig).toEqual({
      SchemaRegistryURI: 'https://registry.example',
      EventRecordFormat: 'JSON',
      AccessConfigs: [{ Type: 'BASIC_AUTH', URI: arn }],
      SchemaValidationConfigs: [{ Attribute: 'VALUE' }],
    });
    expect(granted('secretsmanager:')).toEqual([
      {
        Effect: 'Allow',
        Action: ['secretsmanager:GetSecretValue', 'secretsmanager:DescribeSecret'],
        Resource: arn,
      },
    ]);
  });
});

describe('with pollers on demand', () => {
  const registry = new GlueSchemaRegistry({
    ...DECODED,
    schemaRegistryArn: 'arn:aws:glue:eu-west-1:111122223333:registry/orders',
  });
  const ONLY_PROVISIONED: [prop: string, props: Partial<KafkaMappingOptions>][] = [
    ['schemaRegistry', { schemaRegistry: registry }],
    ['metrics', { metrics: [lambda.MetricType.ERROR_COUNT] }],
    ['logLevel', { logLevel: lambda.EventSourceMappingLogLevel.WARN }],
    ['bisectBatchOnError', { bisectBatchOnError: true }],
    ['retryAttempts', { serviceMayDiscard: true, retryAttempts: 0 }],
    ['maxRecordAge', { serviceMayDiscard: true, maxRecordAge: Duration.hours(1) }],
    ['onFailure', { serviceMayDiscard: true, retryAttempts: 9, onFailure: OnFailure.kafkaTopic('failed') }],
  ];

  test.each(ONLY_PROVISIONED)('%s is refused', (prop, props) => {
    expect(message({ ...onDemand, ...props })).toMatch(
      new RegExp(`${prop} is .*, accepted is none with pollers on demand. Choose Pollers.provisioned`),
    );
  });

  test('what a mapping does anyway is not said, because the service refuses even that', () => {
    const properties = mapping({ ...onDemand, bisectBatchOnError: false, retryAttempts: -1 });

    expect(properties).not.toHaveProperty('BisectBatchOnFunctionError');
    expect(properties).not.toHaveProperty('MaximumRetryAttempts');
    expect(properties).not.toHaveProperty('MaximumRecordAgeInSeconds');
  });
});

describe('the service discards nothing (P7)', () => {
  const DISCARDING: [prop: string, props: Partial<KafkaMappingOptions>, received: string][] = [
    ['onFailure', { onFailure: OnFailure.kafkaTopic('failed'), retryAttempts: 9 }, 'a destination'],
    ['retryAttempts', { retryAttempts: 0 }, '0'],
    ['maxRecordAge', { maxRecordAge: Duration.days(7) }, '7 days'],
  ];

  test.each(DISCARDING)('unless it may: %s is refused without serviceMayDiscard', (prop, props, received) => {
    for (const leave of [{}, { serviceMayDiscard: false as unknown as true }]) {
      const text = message({ ...props, ...leave });

      expect(text).toContain(`${prop} is "${received}", accepted is none without serviceMayDiscard. Leave it out`);
      expect(text).toContain('set serviceMayDiscard: true');
    }
  });

  test('with leave, numbers reach the mapping', () => {
    expect(
      mapping({ serviceMayDiscard: true, retryAttempts: 10_000, maxRecordAge: Duration.seconds(60) }),
    ).toMatchObject({ MaximumRetryAttempts: 10_000, MaximumRecordAgeInSeconds: 60 });
    expect(mapping({ serviceMayDiscard: true, retryAttempts: 0, maxRecordAge: Duration.days(7) })).toMatchObject({
      MaximumRetryAttempts: 0,
      MaximumRecordAgeInSeconds: 604_800,
    });
  });

  test('endless retries need no leave, and are said to a mapping that had a number, with any age', () => {
    expect(mapping({ retryAttempts: -1 })).toMatchObject({ MaximumRetryAttempts: -1, MaximumRecordAgeInSeconds: -1 });
  });

  test('endless retries up to an age have the age', () => {
    expect(mapping({ serviceMayDiscard: true, retryAttempts: -1, maxRecordAge: Duration.hours(1) })).toMatchObject({
      MaximumRetryAttempts: -1,
      MaximumRecordAgeInSeconds: 3600,
    });
  });

  test('what is not said stays unsaid: nothing changes for a mapping that is deployed', () => {
    expect(mapping({})).not.toHaveProperty('MaximumRecordAgeInSeconds');
    expect(mapping({ serviceMayDiscard: true, retryAttempts: 9 })).not.toHaveProperty('MaximumRecordAgeInSeconds');
  });

  test('leave alone changes nothing', () => {
    expect(mapping({ serviceMayDiscard: true })).toEqual(mapping({}));
  });

  test.each([[undefined], [-1]])(
    'a destination with %s retries is refused: the service would make it 10',
    (attempts) => {
      const text = message({
        serviceMayDiscard: true,
        onFailure: OnFailure.kafkaTopic('failed'),
        ...(attempts !== undefined && { retryAttempts: attempts }),
      });

      expect(text).toContain('retryAttempts is missing, accepted is with onFailure a whole number from 0 to 10000.');
      expect(text).toContain('the service makes 10 of endless retries');
    },
  );

  test.each([-2, 10_001, 1.5, Number.NaN])('%d retries are refused', (retryAttempts) => {
    expect(message({ serviceMayDiscard: true, retryAttempts })).toContain(
      `retryAttempts is "${retryAttempts}", accepted is a whole number from 0 to 10000. Leave it out for endless`,
    );
  });

  test.each([
    [Duration.seconds(59), '59 seconds'],
    [Duration.seconds(0), '0 seconds'],
    [Duration.seconds(604_801), '7 days 1 second'],
    [Duration.millis(90_500), '1 minute 30 seconds'],
  ])('an age of %s is refused', (maxRecordAge, shown) => {
    expect(message({ serviceMayDiscard: true, maxRecordAge })).toContain(
      `maxRecordAge is "${shown}", accepted is whole seconds, from 60 to 604800. Leave it out for records of any age.`,
    );
  });

  test('numbers that are known at deployment only pass, with leave', () => {
    const retryAttempts = Token.asNumber({ Ref: 'Retries' });
    const maxRecordAge = Duration.seconds(Token.asNumber({ Ref: 'Age' }));

    expect(mapping({ serviceMayDiscard: true, retryAttempts, maxRecordAge })).toMatchObject({
      MaximumRetryAttempts: { Ref: 'Retries' },
      MaximumRecordAgeInSeconds: { Ref: 'Age' },
    });
    expect(message({ retryAttempts })).toContain(
      'retryAttempts is "a token", accepted is none without serviceMayDiscard',
    );
  });

  test('a destination of aws-cdk-lib is refused in JavaScript too: a queue gets no record', () => {
    const scope = stack();
    const onFailure = new SqsDlq(new sqs.Queue(scope, 'Queue') as sqs.IQueue) as unknown as OnFailure;

    expect(refusal(() => processor(scope, { serviceMayDiscard: true, retryAttempts: 9, onFailure }))).toContain(
      'onFailure is "SqsDlq", accepted is OnFailure.s3({ bucket }) or OnFailure.kafkaTopic(topic). What the service sends',
    );
  });
});

describe('memory of the function', () => {
  test.each([
    [1, 192],
    [1_000, 192],
    [1_001, 256],
    [10_000, 256],
    [undefined, 192],
  ])('for batches of %s is at least %d MB', (batchSize, memorySize) => {
    const batch = batchSize === undefined ? {} : { batchSize };

    expect(message({ ...batch, memorySize: memorySize - 1 })).toContain(
      `memorySize is ${memorySize - 1}, accepted is at least ${memorySize} MB for batches of ${batchSize ?? 100}.`,
    );
    templateOf({ ...batch, memorySize });
  });

  test('that is known at deployment only passes, and a batch that is so needs the least', () => {
    templateOf({ memorySize: Token.asNumber({ Ref: 'Memory' }), batchSize: 10_000 });
    const batchSize = Token.asNumber({ Ref: 'Batch' });
    templateOf({ memorySize: 192, batchSize });
    expect(message({ memorySize: 191, batchSize })).toContain('at least 192 MB for batches of any size');
  });
});
