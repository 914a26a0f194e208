import { Construct, type IConstruct } from 'constructs';
import { PropsError, type PropsProblem } from './props-error';

/** The remedy where a factory itself is given. */
export const UNCALLED = 'Call it: what it returns belongs here.';

/** Of a part that is bound. The compiler asks for it too; JavaScript does not. */
export function checkPart(scope: IConstruct, part: unknown, problem: Omit<PropsProblem, 'received'>): void {
  // Every function has a `bind` of its own.
  const isUncalled = typeof part === 'function';
  if (!isUncalled && typeof (part as { bind?: unknown } | null | undefined)?.bind === 'function') return;
  const change = isUncalled ? UNCALLED : problem.change;
  throw new PropsError(scope, { ...problem, received: shown(part), change });
}

/** Of a queue or bucket. The compiler asks for it too; JavaScript does not. */
export function checkStore(scope: IConstruct, prop: string, store: unknown, type: 'sqs.Queue' | 's3.Bucket'): void {
  // An L1 resource has neither, and no grants.
  const { queueArn, bucketArn, node } = Object(store);
  if (node !== undefined && typeof (type === 'sqs.Queue' ? queueArn : bucketArn) === 'string') return;
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
