import { Construct, type IConstruct } from 'constructs';
import { PropsError, type PropsProblem } from './props-error';

/** Of a part that is bound. The compiler asks for it too; JavaScript does not. */
export function checkPart(scope: IConstruct, part: unknown, problem: Omit<PropsProblem, 'received'>): void {
  if (typeof (part as { bind?: unknown } | null | undefined)?.bind === 'function') return;
  throw new PropsError(scope, { ...problem, received: shown(part) });
}

/**
 * A construct has the names of some of our props, so the compiler lets it pass for them, and it would be ignored.
 *
 * @param remedy how it is given
 */
export function checkNoConstruct(scope: IConstruct, prop: string, given: unknown, remedy: string): void {
  if (!Construct.isConstruct(given)) return;
  const accepted = `props, as ${remedy}`;
  throw new PropsError(scope, { prop, received: given.node.path, accepted, change: `Write ${remedy}.` });
}

/** Of a queue or bucket. The compiler asks for it too; JavaScript does not. */
export function checkStore(scope: IConstruct, prop: string, store: unknown, type: string): void {
  // An L1 resource has neither, and no grants.
  const { queueArn, bucketArn, node } = Object(store);
  if (node !== undefined && typeof (queueArn ?? bucketArn) === 'string') return;
  throw new PropsError(scope, {
    prop,
    received: shown(store),
    accepted: `an ${type}, or an imported one`,
    change: 'Import one that exists by its ARN, also one of L1: only then it can be granted.',
  });
}

/** A construct has a path, and what is of a class the name of that. */
export function shown(value: unknown): unknown {
  if (Construct.isConstruct(value)) return value.node.path;
  return typeof value === 'object' && value !== null ? value.constructor?.name : value;
}
