import type { Range } from './property-reader';

/** Lambda's answer to a setting that only provisioned pollers may have. Source: aws/aws-cdk#17934. */
export function unsupportedParameter(property: string): string {
  return `Unsupported '${lowerFirst(property)}' parameter for given event source mapping type.`;
}

/** Lambda's answer to 0 to 59 seconds. Source: hashicorp/terraform-provider-aws#16113. */
export const REFUSED_RECORD_AGE =
  'MaximumRecordAgeInSeconds must be either -1 (forever) or between 60 and 604800 (inclusive)';

/**
 * The answer of an AWS API to a number out of its range.
 *
 * @param keys of the property, as the template writes them: `ProvisionedPollerConfig`, `MinimumPollers`.
 */
export function refusedNumber(keys: readonly string[], value: number, { minimum, maximum }: Range): string {
  const member = keys.map(lowerFirst).join('.');
  const limit = value < minimum ? `greater than or equal to ${minimum}` : `less than or equal to ${maximum}`;
  return `1 validation error detected: Value '${value}' at '${member}' failed to satisfy constraint: Member must have value ${limit}`;
}

/** The name of a parameter in the API, where the template writes a capital. */
function lowerFirst(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}
