import type { IConstruct } from 'constructs';
import { ENVIRONMENT } from '../../../contract/environment';
import { PropsError } from '../props-error';

/** Endpoints (`AWS_ENDPOINT_URL_…`) are not refused: they are how a function meets a local engine. */
export function checkEnvironment(scope: IConstruct, environment: { [name: string]: string }): void {
  for (const name of Object.keys(environment)) {
    const change = objection(name);
    if (change === undefined) continue;
    throw new PropsError(scope, {
      prop: `environment.${name}`,
      received: environment[name],
      accepted: 'any variable that msk-once neither sets nor refuses',
      change,
    });
  }
}

function objection(name: string): string | undefined {
  if (name.startsWith('MSK_ONCE_')) {
    return 'Leave it out: the construct sets these variables from its props (table, deadLetters, rememberFor, mappingName, source).';
  }
  // Protocol D5: the runtime refuses to start with either, and the mapping would wait forever.
  if (name === ENVIRONMENT.powertoolsDisabled) return 'Leave it out: effects would happen again on each redelivery.';
  if (name === ENVIRONMENT.lambdaMaxConcurrency) return 'Leave it out: one process runs one invocation at a time.';
  return undefined;
}
