import { CfnResource } from 'aws-cdk-lib';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { PropsError } from '../props-error';

const LATEST = '$LATEST';
const SCALABLE_TARGET = 'AWS::ApplicationAutoScaling::ScalableTarget';

/** At synth, so that what is done to the alias later is seen too: Lambda refuses all of it on `$LATEST`. */
export function checkAlias(scope: Construct, alias: lambda.Alias): void {
  scope.node.addValidation({
    validate: () => (scope.node.tryFindChild(alias.node.id) === alias ? problems(scope, alias) : []),
  });
}

function problems(scope: Construct, alias: lambda.Alias): string[] {
  const { functionVersion, provisionedConcurrencyConfig, routingConfig, cfnOptions } = alias.node
    .defaultChild as lambda.CfnAlias;
  if (functionVersion !== LATEST) return [];
  const asked = [
    ['provisionedConcurrentExecutions', provisionedConcurrencyConfig !== undefined],
    ['alias.addAutoScaling()', alias.node.findAll().some(isScalableTarget)],
    ['routingConfig of the alias', routingConfig !== undefined],
    // Not refused, but in vain: this alias never moves from one version to another.
    ['a deployment group of the alias', cfnOptions.updatePolicy?.codeDeployLambdaAliasUpdate !== undefined],
  ] as const;
  return asked
    .filter(([, isAsked]) => isAsked)
    .map(
      ([prop]) =>
        new PropsError(scope, {
          prop,
          received: `set, and version is FunctionVersion.LATEST`,
          accepted: 'none with an alias of $LATEST',
          change: 'Set version: FunctionVersion.CURRENT, with which each deployment publishes a version.',
        }).message,
    );
}

const isScalableTarget = (construct: unknown) =>
  CfnResource.isCfnResource(construct) && construct.cfnResourceType === SCALABLE_TARGET;
