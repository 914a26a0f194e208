import { Lazy } from 'aws-cdk-lib';
import type * as lambda from 'aws-cdk-lib/aws-lambda';

/** What nothing is called: no mapping has this id. */
const REMOVED = 'removed';

/**
 * The mapping's id, for what is to outlast it: in the first of the two deployments that replace a mapping, a reference to
 * it would be one to nothing, and CloudFormation refuses that.
 */
export function mappingIdOf(mapping: lambda.EventSourceMapping): string {
  const { id, scope } = mapping.node;
  return Lazy.uncachedString({
    produce: () => (scope?.node.tryFindChild(id) === mapping ? mapping.eventSourceMappingId : REMOVED),
  });
}
