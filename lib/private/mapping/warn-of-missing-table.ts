import { Annotations, Aspects, Stack } from 'aws-cdk-lib';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { ENVIRONMENT } from '../../../contract/environment';

/** Looks when the app is complete: the processor of a function may be made after a mapping of it. */
export function warnOfMissingTable(scope: Construct, fn: lambda.Function): void {
  Aspects.of(scope).add({
    visit: (construct) => {
      if (construct !== scope || ENVIRONMENT.table in variablesOf(fn)) return;
      Annotations.of(scope).addWarningV2(
        'msk-once:tableMissing',
        `${fn.node.path} has no ${ENVIRONMENT.table}, without which a handler of processRecords does not start: make a ` +
          'KafkaProcessor with { function }, or set the variables and grant the table yourself.',
      );
    },
  });
}

function variablesOf(fn: lambda.Function): object {
  const { environment } = fn.node.defaultChild as lambda.CfnFunction;
  return Stack.of(fn).resolve(environment)?.variables ?? {};
}
