import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { LIMITS } from '../../../contract/limits';
import type { KafkaMappingProps } from '../../kafka-mapping-props';
import { checkWholeNumber } from '../check-range';
import { PropsError } from '../props-error';
import { checkMemory } from './check-memory';

/** At synth, because an aspect or the resource behind the function may have changed what its props said. */
export function checkFunctionLater(scope: Construct, props: KafkaMappingProps): void {
  scope.node.addValidation({
    validate: () => {
      const { timeout } = props.function.node.defaultChild as lambda.CfnFunction;
      try {
        checkWholeNumber(scope, 'timeout', timeout, LIMITS.functionTimeoutSeconds, 'Set it to fewer seconds again.');
        checkMemory(scope, props);
        return [];
      } catch (error) {
        if (error instanceof PropsError) return [error.message];
        throw error;
      }
    },
  });
}
