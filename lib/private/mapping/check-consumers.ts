import { Stack, Stage, Token, TokenComparison } from 'aws-cdk-lib';
import type { Construct, IConstruct } from 'constructs';
import { PropsError } from '../props-error';

/** By the construct of the mapping. */
const CONSUMERS = new WeakMap<IConstruct, string>();

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
      // Those before it in the tree: of two, the second complains.
      return all
        .slice(0, Math.max(0, all.indexOf(scope)))
        .filter((other) => sameText(scope, other, CONSUMERS.get(other), consumer) && mayMeet(other, scope))
        .map((other) => problem(scope, other, consumer));
    },
  });
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

function problem(scope: IConstruct, other: IConstruct, consumer: string): string {
  return new PropsError(scope, {
    prop: 'consumerGroupId',
    received: consumer,
    accepted: 'an id that no other mapping of the account and region has',
    change: `${other.node.path} has it too: leave it out in one of them, for an id of its own; or give the stacks the env they are for, if that is not the same.`,
  }).message;
}
