import { CfnResource, Stack } from 'aws-cdk-lib';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type { IConstruct } from 'constructs';

const MAPPING = 'AWS::Lambda::EventSourceMapping';
/** What a mapping may name in place of the function. */
const QUALIFIED = ['AWS::Lambda::Alias', 'AWS::Lambda::Version'];

/** Constructs that made a mapping of ours, with its alias beside it, and the consumer group of each. */
export const CONSUMERS = new WeakMap<IConstruct, string>();

/** Mappings of Kafka of the whole app that none of our constructs made. */
export function otherMappings(scope: IConstruct): lambda.CfnEventSourceMapping[] {
  return resources(scope.node.root, [MAPPING]).filter(isOfKafka).filter(isForeign);
}

/** Those that call the function through no alias of ours. Of its own stack: a name is told by its reference. */
export function othersOf(fn: lambda.Function): lambda.CfnEventSourceMapping[] {
  const stack = Stack.of(fn);
  const targets = [fn.node.defaultChild as CfnResource];
  for (const one of resources(stack, QUALIFIED).filter(isForeign)) {
    if (names(one, (one as lambda.CfnAlias | lambda.CfnVersion).functionName, targets.slice(0, 1))) targets.push(one);
  }
  return otherMappings(fn).filter((one) => Stack.of(one) === stack && names(one, one.functionName, targets));
}

function resources(root: IConstruct, types: readonly string[]): CfnResource[] {
  return root.node
    .findAll()
    .filter((one) => CfnResource.isCfnResource(one))
    .filter((one) => types.includes(one.cfnResourceType));
}

/** No other source has topics. */
function isOfKafka(resource: CfnResource): resource is lambda.CfnEventSourceMapping {
  return (resource as lambda.CfnEventSourceMapping).topics !== undefined;
}

/** Ours are the resources of `Alias` and `Mapping`, directly in what made them. */
function isForeign(resource: CfnResource): boolean {
  const maker = resource.node.scope?.node.scope;
  return maker === undefined || !CONSUMERS.has(maker);
}

function names(scope: IConstruct, name: string, targets: readonly CfnResource[]): boolean {
  const stack = Stack.of(scope);
  const text = JSON.stringify(stack.resolve(name));
  return targets.some((target) => {
    const id = JSON.stringify(stack.resolve(target.logicalId));
    return text.includes(`"Ref":${id}`) || text.includes(`"Fn::GetAtt":[${id},`);
  });
}
