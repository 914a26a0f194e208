import { Stack, Stage, Token, TokenComparison } from 'aws-cdk-lib';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type { Construct, IConstruct } from 'constructs';
import { PropsError } from '../props-error';
import { CONSUMERS, otherMappings } from './other-mappings';

const LEFT_OUT = 'leave it out in one of them, for an id of its own';
// CloudFormation makes the new mapping before it deletes the old one.
const OTHER_FIRST =
  'where this mapping takes its place, take it away in a deployment of its own first ' +
  '(docs/constructs.md#into-an-existing-stack); where both shall be, leave consumerGroupId out, for an id of its own';

/**
 * The service refuses a second mapping with the same consumer group id in an account and a region, and two that shared
 * it would share offsets and memory. At synth, so that what has left the app by then does not count: the first of the
 * two deployments that replace a mapping.
 */
export function checkConsumers(scope: Construct, mappingId: string, consumer: string): void {
  CONSUMERS.set(scope, consumer);
  scope.node.addValidation({
    validate: () => {
      const all = scope.node.root.node.findAll().filter((one) => one.node.tryFindChild(mappingId));
      if (!all.includes(scope)) return [];
      // Of ours those before it in the tree: of two, the second complains.
      const before = all.slice(0, all.indexOf(scope)).filter((one) => meets(scope, one, consumer, CONSUMERS.get(one)));
      const others = otherMappings(scope).filter((one) => meets(scope, one, consumer, groupOf(one)));
      return [
        ...before.map((other) => problem(scope, other, consumer, LEFT_OUT)),
        ...others.map((other) => problem(scope, other, consumer, OTHER_FIRST)),
      ];
    },
  });
}

function meets(scope: IConstruct, other: IConstruct, consumer: string, group: string | undefined): boolean {
  return sameText(scope, other, group, consumer) && mayMeet(other, scope);
}

/** undefined where the service chooses it, and under a condition, which may keep the mapping out where ours is. */
function groupOf(mapping: lambda.CfnEventSourceMapping): string | undefined {
  if (mapping.cfnOptions.condition !== undefined) return undefined;
  const { amazonManagedKafkaEventSourceConfig, selfManagedKafkaEventSourceConfig } = mapping;
  const config = amazonManagedKafkaEventSourceConfig ?? selfManagedKafkaEventSourceConfig;
  return Stack.of(mapping).resolve(config)?.consumerGroupId;
}

/** Two tokens of one stack may stand for the same. */
function sameText(one: IConstruct, other: IConstruct, ...texts: (string | undefined)[]): boolean {
  const isOneStack = Stack.of(one) === Stack.of(other);
  const [first, second] = isOneStack ? texts.map((text) => JSON.stringify(Stack.of(one).resolve(text))) : texts;
  return first === second;
}

/**
 * Whether both may be deployed to one account and region. Within a stage, what is not known may be the same; two stages
 * are often one stack for several accounts, so between them it has to be known.
 */
function mayMeet(one: IConstruct, other: IConstruct): boolean {
  const isOneStage = Stage.of(one) === Stage.of(other);
  const [first, second] = [Stack.of(one), Stack.of(other)];
  return (['account', 'region'] as const).every((place) => {
    const comparison = Token.compareStrings(first[place], second[place]);
    return isOneStage ? comparison !== TokenComparison.DIFFERENT : comparison === TokenComparison.SAME;
  });
}

function problem(scope: IConstruct, other: IConstruct, consumer: string, remedy: string): string {
  return new PropsError(scope, {
    prop: 'consumerGroupId',
    received: consumer,
    accepted: 'an id that no other mapping of the account and region has',
    change: `${other.node.path} has it too: ${remedy}; or give the stacks the env they are for, if that is not the same.`,
  }).message;
}
