import type { IdempotencyConfig } from '@aws-lambda-powertools/idempotency';
import { ENVIRONMENT } from '../../contract/environment';
import { configurationDiffers, idempotencyDisabled, keyNotRequired } from '../errors';

/** What decides which calls are the same one: of this a layer has one value for all its functions. */
export type Configuration = Readonly<Record<string, unknown>>;

export function configurationOf(config: IdempotencyConfig): Configuration {
  return {
    eventKeyJmesPath: config.eventKeyJmesPath,
    payloadValidationJmesPath: config.payloadValidationJmesPath,
    hashFunction: config.hashFunction,
    // The functions are made anew for each configuration; what they do lies in their class.
    jmesPathOptions: config.jmesPathOptions?.customFunctions?.constructor,
  };
}

/** Throws at a configuration under which effects would go without idempotency (protocol C12). */
export function checkConfiguration(config: IdempotencyConfig, first: Configuration | undefined): void {
  if (!config.isEnabled()) {
    throw idempotencyDisabled({ name: ENVIRONMENT.powertoolsDisabled, received: 'true' });
  }
  if (!config.throwOnNoIdempotencyKey) throw keyNotRequired({});
  if (first === undefined) return;
  const present = configurationOf(config);
  const settings = Object.keys(present).filter((name) => present[name] !== first[name]);
  if (settings.length > 0) throw configurationDiffers({ settings });
}
