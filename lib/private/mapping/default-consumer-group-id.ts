import { createHash } from 'node:crypto';
import { Stack } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { LIMITS } from '../../../contract/limits';

const HASH_LENGTH = 12;

/**
 * `<stack name>-<construct path within the stack>`.
 *
 * The group owns offsets and memory, so the id is a promise: it moves only when stack or construct are renamed.
 * A nested stack's own name is known at deployment only, so name and path begin at the topmost stack.
 */
export function defaultConsumerGroupId(construct: IConstruct): string {
  let stack = Stack.of(construct);
  while (stack.nestedStackParent) stack = stack.nestedStackParent;
  const path = construct.node.scopes.slice(stack.node.scopes.length).map((scope) => scope.node.id);
  return fitted(`${stack.stackName}-${path.join('/')}`);
}

/** A name that had to be changed gets a hash of the original, so that two of them never meet in one group. */
function fitted(name: string): string {
  const clean = name.replace(/[^A-Za-z0-9/_+=.@-]+/g, '-');
  if (clean === name && name.length <= LIMITS.consumerGroupIdLength.maximum) return name;
  const hash = createHash('sha256').update(name).digest('hex').slice(0, HASH_LENGTH);
  return `${clean.slice(0, LIMITS.consumerGroupIdLength.maximum - HASH_LENGTH - 1)}-${hash}`;
}
