/** What a statement is part of: it decides who is allowed what by it. */
export type StatementKind =
  /** What a role may do. */
  | 'role'
  /** Who may take on a role. */
  | 'trust'
  /** What others may do with a resource. */
  | 'resource policy'
  /** What may be done with a key; a resource `*` in it is the key itself. */
  | 'key policy'
  /** A policy that is not in the template. */
  | 'managed policy';

/** One statement of a template, with references written as the paths of the constructs. */
export interface Statement {
  readonly kind: StatementKind;
  /** The role, or the resource that has the policy. */
  readonly who: string;
  /** undefined: it has none. */
  readonly sid: string | undefined;
  readonly effect: string;
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  /** Only policies of roles have none: they are about the role. */
  readonly principals: readonly string[];
  /** JSON; undefined: always. */
  readonly condition: string | undefined;
}
