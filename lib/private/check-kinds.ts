import { Token } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { type Kind, object } from './kinds';
import { PropsError } from './props-error';

const NO_NULL = 'Leave it out, or give one.';

/** The kinds of some props, by name. */
export type Kinds<Props> = { readonly [Name in keyof Props]?: Kind };

/**
 * Props whose first look would be by aws-cdk-lib, which says neither construct nor prop. The compiler asks for the kinds
 * too; JavaScript does not. What is undefined is as if it were not there, and a token may stand for anything.
 *
 * @param within of props within a prop: what stands before their names
 */
export function checkKinds<Props extends object>(
  scope: IConstruct,
  props: Props,
  kinds: Kinds<Props>,
  within = '',
): void {
  for (const [name, kind] of Object.entries<Kind | undefined>(kinds)) {
    const value = props[name as keyof Props];
    if (kind === undefined || value === undefined) continue;
    checkKind(scope, `${within}${name}`, value, value === null ? { ...kind, change: NO_NULL } : kind);
  }
}

/** As {@link checkKinds}, of what has to be there. */
export function checkKind(scope: IConstruct, prop: string, received: unknown, kind: Kind): void {
  if (Token.isUnresolved(received) || kind.fits(received)) return;
  throw new PropsError(scope, { prop, received, accepted: kind.accepted, change: kind.change });
}

/**
 * Props as such. A construct is none: it has the names of some of our props, so the compiler lets it pass for them, and
 * it would be ignored.
 *
 * @param remedy how they are given
 */
export function checkProps(scope: IConstruct, prop: string, received: unknown, remedy: string): void {
  checkKind(scope, prop, received, { ...object(`props, as ${remedy}`), change: `Write ${remedy}.` });
}

/** For errors of what is judged before `super()`, where there is no construct yet. */
export function constructToBe(scope: IConstruct, id: string): IConstruct {
  return { node: { path: [scope.node.path, id].filter((part) => part !== '').join('/') } } as IConstruct;
}
