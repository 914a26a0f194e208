import {
  DefaultTokenResolver,
  type IPostProcessor,
  type IResolvable,
  type IResolveContext,
  Reference,
  Stack,
  StringConcat,
  Tokenization,
} from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { PropsError } from './props-error';

/**
 * Refuses that a function or role of another stack names what is made in the stack of the scope, which needs that
 * function or role. Between stacks aws-cdk-lib would say so without a word of what to do, and between nested ones it
 * would be found out by CloudFormation.
 *
 * @param holder the function or role
 * @param named what goes into it: values that may hold tokens
 */
export function checkStacks(scope: IConstruct, holder: IConstruct, prop: string, named: unknown): void {
  const [here, there] = [Stack.of(scope), Stack.of(holder)];
  // A nested stack is given what it names of its parents.
  if (withParents(there).includes(here)) return;
  const isOneTree = topmost(here) === topmost(there);
  const target = targetsOf(holder, named).find((one) => {
    const stack = Stack.of(one);
    return isOneTree ? stack === here : topmost(stack) === topmost(here);
  });
  if (target === undefined) return;
  throw new PropsError(scope, {
    prop,
    received: target.node.path,
    accepted: `nothing that is made in ${here.node.path}: ${holder.node.path} of another stack would have to name it`,
    change: `Make it in ${there.node.path}, or ${holder.node.path} in ${here.node.path}: two stacks cannot need each other.`,
  });
}

function withParents(stack: Stack): Stack[] {
  const parent = stack.nestedStackParent;
  return parent === undefined ? [stack] : [stack, ...withParents(parent)];
}

function topmost(stack: Stack): Stack {
  return withParents(stack).at(-1) as Stack;
}

function targetsOf(scope: IConstruct, value: unknown): IConstruct[] {
  const resolver = new Referenced();
  Tokenization.resolve(value, { scope, resolver, preparing: false });
  return resolver.targets;
}

/** Collects what references refer to. */
class Referenced extends DefaultTokenResolver {
  readonly targets: IConstruct[] = [];

  constructor() {
    super(new StringConcat());
  }

  override resolveToken(token: IResolvable, context: IResolveContext, postProcessor: IPostProcessor) {
    if (Reference.isReference(token)) this.targets.push(token.target);
    return super.resolveToken(token, context, postProcessor);
  }
}
