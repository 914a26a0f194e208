import { Template } from 'aws-cdk-lib/assertions';
import { LambdaDeploymentGroup } from 'aws-cdk-lib/aws-codedeploy';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import { FunctionVersion, type KafkaProcessor, type KafkaProcessorProps } from '../../lib';
import { refusal } from './fixture/refusal';
import { only, processor, stack, templateOf } from './fixture/stack';

const resourceOf = ({ alias }: KafkaProcessor) => alias.node.defaultChild as lambda.CfnAlias;
const blueGreen = ({ stack: scope, alias }: { stack: ReturnType<typeof stack>; alias: lambda.Alias }) =>
  new LambdaDeploymentGroup(scope, 'BlueGreen', { alias });

/** What Lambda has only where an alias points at a version, and how it comes to the alias. */
const WAYS: [what: string, props: Partial<KafkaProcessorProps>, change: (orders: KafkaProcessor) => unknown][] = [
  ['provisionedConcurrentExecutions', { provisionedConcurrentExecutions: 2 }, () => undefined],
  [
    'provisionedConcurrentExecutions',
    {},
    (orders) => {
      resourceOf(orders).provisionedConcurrencyConfig = { provisionedConcurrentExecutions: 2 };
    },
  ],
  ['alias.addAutoScaling()', {}, ({ alias }) => alias.addAutoScaling({ maxCapacity: 4 })],
  [
    'routingConfig of the alias',
    {},
    (orders) => {
      const additionalVersionWeights = [{ functionVersion: '7', functionWeight: 0.1 }];
      resourceOf(orders).routingConfig = { additionalVersionWeights };
    },
  ],
  ['a deployment group of the alias', {}, ({ alias }) => blueGreen({ stack: alias.stack, alias })],
];

describe.each(WAYS)('%s', (what, props, change) => {
  test('on $LATEST is an error at synth, also where it comes after the processor', () => {
    const scope = stack();
    change(processor(scope, props));

    expect(() => Template.fromStack(scope)).toThrow(
      `[Shop/Orders] Shop/Orders: ${what} is "set, and version is FunctionVersion.LATEST", accepted is none with an ` +
        'alias of $LATEST. Set version: FunctionVersion.CURRENT,',
    );
  });

  test('is fine where deployments publish versions', () => {
    const scope = stack();
    change(processor(scope, { ...props, version: FunctionVersion.CURRENT }));

    Template.fromStack(scope);
  });
});

test('provisioned concurrency reaches the alias', () => {
  const template = templateOf({ version: FunctionVersion.CURRENT, provisionedConcurrentExecutions: 2 });

  expect(only(template, 'AWS::Lambda::Alias').Properties.ProvisionedConcurrencyConfig).toEqual({
    ProvisionedConcurrentExecutions: 2,
  });
});

test.each([0, -1, 1.5])('%d environments are refused', (provisionedConcurrentExecutions) => {
  expect(refusal(() => processor(stack(), { provisionedConcurrentExecutions }))).toContain(
    `provisionedConcurrentExecutions is "${provisionedConcurrentExecutions}", accepted is a whole number from 1.`,
  );
});

test('an alias that left the construct is not judged', () => {
  const scope = stack();
  const orders = processor(scope, { provisionedConcurrentExecutions: 2 });

  orders.node.tryRemoveChild('Mapping');
  orders.node.tryRemoveChild('Alias');

  Template.fromStack(scope).resourceCountIs('AWS::Lambda::Alias', 0);
});

test('CodeDeploy shifts the traffic of the mapping from version to version: blue/green', () => {
  const scope = stack();
  const { alias } = processor(scope, { version: FunctionVersion.CURRENT });

  blueGreen({ stack: scope, alias });

  const template = Template.fromStack(scope);
  const [resource] = Object.values(template.findResources('AWS::Lambda::Alias'));
  expect(resource).toMatchObject({
    Properties: {
      Name: 'Orders-partial',
      FunctionVersion: { 'Fn::GetAtt': [only(template, 'AWS::Lambda::Version').logicalId, 'Version'] },
    },
    UpdatePolicy: {
      CodeDeployLambdaAliasUpdate: {
        DeploymentGroupName: { Ref: only(template, 'AWS::CodeDeploy::DeploymentGroup').logicalId },
      },
    },
  });
  // The mapping calls the alias and no version, so it follows the traffic.
  expect(JSON.stringify(only(template, 'AWS::Lambda::EventSourceMapping').Properties.FunctionName)).toContain(
    ':Orders-partial',
  );
});
