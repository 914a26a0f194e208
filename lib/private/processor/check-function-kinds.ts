import * as lambda from 'aws-cdk-lib/aws-lambda';
import type { NodejsFunctionProps } from 'aws-cdk-lib/aws-lambda-nodejs';
import type { IConstruct } from 'constructs';
import { checkKinds, type Kinds } from '../check-kinds';
import { checkDuration } from '../check-range';
import { having, listOf, NUMBER, object, oneOf, SECURITY_GROUPS, SUBNETS, TEXT, VPC } from '../kinds';
import { noVpc } from '../sources/poller-network';

const KINDS = {
  memorySize: NUMBER,
  handler: TEXT,
  environment: object("variables, as { STAGE: 'test' }"),
  vpc: VPC,
  vpcSubnets: SUBNETS,
  securityGroups: SECURITY_GROUPS,
  tracing: oneOf('lambda.Tracing', lambda.Tracing),
  adotInstrumentation: having(
    'layerVersion',
    '{ layerVersion, execWrapper }',
    'Choose a layer with lambda.AdotLayerVersion.fromJavaScriptSdkLayerVersion().',
  ),
  runtime: having('family', 'a lambda.Runtime', 'Write lambda.Runtime.NODEJS_24_X, or leave it out.'),
  architecture: having('dockerPlatform', 'a lambda.Architecture', 'Write lambda.Architecture.ARM_64, or leave it out.'),
  bundling: object('options, as { minify: false }'),
  environmentEncryption: having(
    ['keyRef', 'keyArn'],
    'a kms.Key, or an imported one',
    'Import one with kms.Key.fromKeyArn().',
  ),
  role: having('roleArn', 'an iam.Role, or an imported one', 'Import one with iam.Role.fromRoleArn().'),
  logGroup: having(
    ['logGroupRef', 'logGroupArn'],
    'a logs.LogGroup, or an imported one',
    'Import one with logs.LogGroup.fromLogGroupName().',
  ),
  layers: listOf(
    having(
      'layerVersionArn',
      'a lambda.LayerVersion, or an imported one',
      'Import one with lambda.LayerVersion.fromLayerVersionArn().',
    ),
  ),
} satisfies Kinds<NodejsFunctionProps>;

/** What aws-cdk-lib looks at first. What is judged by its value is judged by the mapping. */
export function checkFunctionKinds(
  scope: IConstruct,
  props: Pick<NodejsFunctionProps, keyof typeof KINDS | 'timeout'>,
): void {
  checkKinds(scope, props, KINDS);
  checkDuration(scope, 'timeout', props.timeout);
  const { environment = {}, vpc, vpcSubnets, securityGroups = [] } = props;
  checkKinds(
    scope,
    environment,
    Object.fromEntries(Object.keys(environment).map((name) => [name, TEXT])),
    'environment.',
  );
  if (vpc === undefined && (vpcSubnets !== undefined || securityGroups.length > 0)) throw noVpc(scope);
}
