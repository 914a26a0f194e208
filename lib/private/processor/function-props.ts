import type { NodejsFunctionProps } from 'aws-cdk-lib/aws-lambda-nodejs';
import type { KafkaProcessorProps } from '../../kafka-processor-props';

/** Props of the processor that are the function's own. */
export const FUNCTION_PROPS = [
  'adotInstrumentation',
  'environment',
  'handler',
  'memorySize',
  'securityGroups',
  'timeout',
  'tracing',
  'vpc',
  'vpcSubnets',
] as const satisfies readonly (keyof KafkaProcessorProps & keyof NodejsFunctionProps)[];

/** Those of them that are given. */
export function functionProps(props: KafkaProcessorProps): Pick<NodejsFunctionProps, (typeof FUNCTION_PROPS)[number]> {
  const given = FUNCTION_PROPS.filter((name) => props[name] !== undefined);
  return Object.fromEntries(given.map((name) => [name, props[name]]));
}
