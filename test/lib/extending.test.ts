import { join } from 'node:path';
import { type CfnResource, NestedStack, RemovalPolicies, RemovalPolicy, Stack, Tags } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import type * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import type { NodejsFunctionProps } from 'aws-cdk-lib/aws-lambda-nodejs';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import type { Construct, IConstruct } from 'constructs';
import {
  Auth,
  type AuthBindOptions,
  type AuthConfig,
  DeadLetters,
  type DeadLettersConfig,
  KafkaProcessor,
  type KafkaProcessorProps,
  KafkaSource,
  type KafkaSourceBindOptions,
  type KafkaSourceConfig,
  Pollers,
  type PollersConfig,
} from '../../lib';
import { refusal } from './fixture/refusal';
import { CLUSTER_ARN, type Json, only, processor, source, stack, statements } from './fixture/stack';

const PROPS: KafkaProcessorProps = {
  entry: join(__dirname, 'fixture', 'handler.ts'),
  source: source(),
  pollers: Pollers.provisioned({ minimum: 1, maximum: 4 }),
};

const STATEFUL = ['AWS::DynamoDB::GlobalTable', 'AWS::Logs::LogGroup', 'AWS::S3::Bucket', 'AWS::SQS::Queue'] as const;

describe('a subclass', () => {
  /** What a team would write once for all of its processors. */
  class TeamProcessor extends KafkaProcessor {
    constructor(scope: Construct, id: string, props: KafkaProcessorProps) {
      super(scope, id, { memorySize: 2048, ...props });
      Tags.of(this).add('team', 'shop');
    }

    protected override createFunction(settings: NodejsFunctionProps): lambda.Function {
      return super.createFunction({ ...settings, reservedConcurrentExecutions: 5, description: 'Reads orders' });
    }

    override grantRedrive(grantee: iam.IGrantable): iam.Grant {
      return super.grantRedrive(grantee).combine(this.grantReadMemory(grantee));
    }
  }

  test('gives the function what there is no prop for', () => {
    const scope = stack();
    const orders = new TeamProcessor(scope, 'Orders', PROPS);
    orders.grantRedrive(new iam.Role(scope, 'Operator', { assumedBy: new iam.AccountRootPrincipal() }));

    const template = Template.fromStack(scope);
    template.hasResourceProperties('AWS::Lambda::Function', {
      MemorySize: 2048,
      ReservedConcurrentExecutions: 5,
      Description: 'Reads orders',
      Tags: [{ Key: 'team', Value: 'shop' }],
    });
    expect(only(template, 'AWS::DynamoDB::GlobalTable').logicalId).toBe('OrdersTable1F8332C7');
    expect(JSON.stringify(template.findResources('AWS::IAM::Policy'))).toContain('dynamodb:GetItem');
  });

  test('may make the function in another way', () => {
    class Inline extends KafkaProcessor {
      protected override createFunction({ role, logGroup }: NodejsFunctionProps): lambda.Function {
        return new lambda.Function(this, 'Function', {
          runtime: lambda.Runtime.NODEJS_22_X,
          handler: 'index.handler',
          code: lambda.Code.fromInline('exports.handler = async () => {};'),
          memorySize: 512,
          ...(role && { role }),
          ...(logGroup && { logGroup }),
        });
      }
    }
    const scope = stack();

    new Inline(scope, 'Orders', PROPS);

    const { Properties } = only(Template.fromStack(scope), 'AWS::Lambda::Function');
    expect(Properties.Runtime).toBe('nodejs22.x');
    expect(Properties.Environment.Variables.MSK_ONCE_TABLE).toEqual({ Ref: 'OrdersTable1F8332C7' });
  });
});

test('what has no prop is changed at the resource behind a part', () => {
  const scope = stack();
  const orders = processor(scope);

  const [role, group] = [orders.role, orders.logGroup].map(({ node }) => node.defaultChild as CfnResource);
  role?.addPropertyOverride('PermissionsBoundary', 'arn:aws:iam::111122223333:policy/boundary');
  group?.addPropertyOverride('LogGroupClass', 'INFREQUENT_ACCESS');
  (orders.mapping.node.defaultChild as lambda.CfnEventSourceMapping).addPropertyOverride('Tags', [
    { Key: 'a', Value: 'b' },
  ]);
  (orders.table.node.defaultChild as dynamodb.CfnGlobalTable).addPropertyOverride('Replicas.0.TableClass', 'STANDARD');
  (orders.deadLetters.queue?.node.defaultChild as sqs.CfnQueue).visibilityTimeout = 300;

  const template = Template.fromStack(scope);
  template.hasResourceProperties('AWS::IAM::Role', {
    PermissionsBoundary: 'arn:aws:iam::111122223333:policy/boundary',
  });
  template.hasResourceProperties('AWS::Logs::LogGroup', { LogGroupClass: 'INFREQUENT_ACCESS' });
  template.hasResourceProperties('AWS::Lambda::EventSourceMapping', { Tags: [{ Key: 'a', Value: 'b' }] });
  template.hasResourceProperties('AWS::DynamoDB::GlobalTable', { Replicas: [{ TableClass: 'STANDARD' }] });
  template.hasResourceProperties('AWS::SQS::Queue', { VisibilityTimeout: 300 });
});

describe('parts that a user writes', () => {
  test('dead letters that are made with settings of its own', () => {
    class Archive extends DeadLetters {
      bind(scope: Construct): DeadLettersConfig {
        const bucket = new s3.Bucket(scope, 'Archive', { versioned: true }) as s3.IBucket;
        return { bucket, prefix: 'archive' };
      }
    }
    const scope = stack();

    processor(scope, { deadLetters: new Archive() });

    const template = Template.fromStack(scope);
    const { logicalId } = only(template, 'AWS::S3::Bucket');
    expect(logicalId).toMatch(/^OrdersArchive/);
    expect((statements(template) as Json).PutLetters.Resource['Fn::Join'][1]).toContain('/archive/parked/*');
  });

  test('dead letters that are nowhere are refused', () => {
    class Nowhere extends DeadLetters {
      bind(): DeadLettersConfig {
        return { prefix: '' };
      }
    }

    const message = refusal(() => processor(stack(), { deadLetters: new Nowhere() }));

    expect(message).toContain('deadLetters is "neither queue nor bucket", accepted is a queue, a bucket, or both.');
  });

  test('a source, an authentication and pollers', () => {
    class Token extends Auth {
      bind(_: IConstruct, { msk }: AuthBindOptions): AuthConfig {
        const actions = ['kafka-cluster:Connect'];
        const resources = [msk?.clusterArn as string];
        return {
          statements: [new iam.PolicyStatement({ sid: 'TokenConnect', actions, resources })],
          sourceAccessConfigurations: [],
        };
      }
    }
    class Latest extends KafkaSource {
      private readonly inner = source({ auth: new Token() });

      bind(scope: IConstruct, options: KafkaSourceBindOptions): KafkaSourceConfig {
        return { ...this.inner.bind(scope, options), startingPosition: lambda.StartingPosition.LATEST };
      }
    }
    class Fixed extends Pollers {
      bind(): PollersConfig {
        return {
          mode: 'partial',
          reportBatchItemFailures: true,
          provisionedPollerConfig: { minimumPollers: 2, maximumPollers: 2 },
        };
      }
    }
    const scope = stack();

    processor(scope, { source: new Latest(), pollers: new Fixed() });

    const template = Template.fromStack(scope);
    template.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
      EventSourceArn: CLUSTER_ARN,
      StartingPosition: 'LATEST',
      ProvisionedPollerConfig: { MinimumPollers: 2, MaximumPollers: 2 },
    });
    expect((statements(template) as Json).TokenConnect.Resource).toBe(CLUSTER_ARN);
  });

  test('a queue of L1', () => {
    const scope = stack();
    const resource = new sqs.CfnQueue(scope, 'Letters', { messageRetentionPeriod: 1_209_600 });
    const queue = sqs.Queue.fromQueueArn(scope, 'LettersQueue', resource.attrArn);

    processor(scope, { deadLetters: DeadLetters.sqs({ queue, overflow: false }) });

    expect((statements(Template.fromStack(scope)) as Json).SendLetters.Resource).toEqual({
      'Fn::GetAtt': ['Letters', 'Arn'],
    });
  });
});

describe('when it leaves the stack', () => {
  const policies = (act: (orders: KafkaProcessor) => void = () => undefined) => {
    const scope = stack();
    act(processor(scope));
    const template = Template.fromStack(scope);
    return {
      policies: Object.fromEntries(STATEFUL.map((type) => [type, (only(template, type) as Json).DeletionPolicy])),
      isProtected: only(template, 'AWS::DynamoDB::GlobalTable').Properties.Replicas[0].DeletionProtectionEnabled,
    };
  };
  const all = (policy: string) => Object.fromEntries(STATEFUL.map((type) => [type, policy]));

  test('all that is stateful stays', () => {
    expect(policies()).toEqual({ policies: all('Retain'), isProtected: true });
  });

  test('all of it goes where the user says so, the table too', () => {
    const gone = { policies: all('Delete'), isProtected: false };
    expect(policies((orders) => orders.applyRemovalPolicy(RemovalPolicy.DESTROY))).toEqual(gone);
    expect(policies((orders) => RemovalPolicies.of(orders).destroy())).toEqual(gone);
  });

  test("what the user gave is the user's", () => {
    const scope = stack();
    const queue = new sqs.Queue(scope, 'Letters', { removalPolicy: RemovalPolicy.RETAIN }) as sqs.IQueue;

    processor(scope, { deadLetters: DeadLetters.sqs({ queue }) }).applyRemovalPolicy(RemovalPolicy.DESTROY);

    const template = Template.fromStack(scope);
    expect((only(template, 'AWS::SQS::Queue') as Json).DeletionPolicy).toBe('Retain');
    expect((only(template, 'AWS::S3::Bucket') as Json).DeletionPolicy).toBe('Delete');
  });
});

test('tags reach all that can have them', () => {
  const scope = stack();
  Tags.of(processor(scope)).add('team', 'shop');

  const template = Template.fromStack(scope);
  const tag = { Key: 'team', Value: 'shop' };
  for (const type of ['AWS::SQS::Queue', 'AWS::S3::Bucket', 'AWS::Logs::LogGroup', 'AWS::Lambda::Function']) {
    expect(only(template, type).Properties.Tags).toContainEqual(tag);
  }
  expect(only(template, 'AWS::IAM::Role').Properties.Tags).toContainEqual(tag);
  expect(only(template, 'AWS::DynamoDB::GlobalTable').Properties.Replicas[0].Tags).toContainEqual(tag);
  expect(only(template, 'AWS::Lambda::EventSourceMapping').Properties.Tags).toContainEqual(tag);
});

test('a nested stack may be granted what the processor of its parent has, and the other way round', () => {
  const scope = stack();
  const nested = new NestedStack(scope, 'Operators');
  const orders = processor(scope);

  orders.grantRedrive(new iam.Role(nested, 'Operator', { assumedBy: new iam.AccountRootPrincipal() }));

  Template.fromStack(nested).resourceCountIs('AWS::IAM::Policy', 1);
});

describe('switches of observation', () => {
  test('tracing is asked of X-Ray, and permitted', () => {
    const scope = stack();
    processor(scope, { tracing: lambda.Tracing.ACTIVE });

    const template = Template.fromStack(scope);
    template.hasResourceProperties('AWS::Lambda::Function', { TracingConfig: { Mode: 'Active' } });
    const { Statement } = only(template, 'AWS::IAM::Policy').Properties.PolicyDocument;
    expect(Statement).toContainEqual({
      Effect: 'Allow',
      Action: ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'],
      // X-Ray has no resources that these two could name.
      Resource: '*',
    });
  });

  test('OpenTelemetry comes as the layer of AWS, with its tracing', () => {
    const scope = new Stack(stack().node.root as Construct, 'Far', { env: { region: 'eu-west-1' } });
    const { AdotLambdaLayerJavaScriptSdkVersion: Version, AdotLayerVersion, AdotLambdaExecWrapper } = lambda;
    processor(scope, {
      adotInstrumentation: {
        layerVersion: AdotLayerVersion.fromJavaScriptSdkLayerVersion(Version.LATEST),
        execWrapper: AdotLambdaExecWrapper.REGULAR_HANDLER,
      },
    });

    const { Properties } = only(Template.fromStack(scope), 'AWS::Lambda::Function');
    expect(Properties.Layers).toEqual([expect.stringContaining('aws-otel-nodejs-arm64')]);
    expect(Properties.Environment.Variables.AWS_LAMBDA_EXEC_WRAPPER).toBe('/opt/otel-handler');
    expect(Properties.TracingConfig).toEqual({ Mode: 'Active' });
  });

  test('neither is on by default', () => {
    const scope = stack();
    processor(scope);

    const { Properties } = only(Template.fromStack(scope), 'AWS::Lambda::Function');
    expect(Properties).not.toHaveProperty('TracingConfig');
    expect(Properties).not.toHaveProperty('Layers');
  });
});
