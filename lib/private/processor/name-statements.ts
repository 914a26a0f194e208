import type * as iam from 'aws-cdk-lib/aws-iam';
import { watchedGrantee } from '../watched-grantee';

/** The sids that a role has: in a policy each may stand once, and several functions may share one role. */
const TAKEN = new WeakMap<iam.IRole, Set<string>>();

/** What was granted to a role, in its order. */
const GRANTED = new WeakMap<iam.IRole, iam.PolicyStatement[]>();

/** The role, which gives what is granted to it a sid. */
export function named(role: iam.IRole, sid: string): iam.IGrantable {
  return watchedGrantee(role, (statement) => nameStatement(role, sid, statement));
}

/** Gives the statements of a grant their sid, where the role does not have it yet. */
export function nameStatements(
  role: iam.IRole,
  sid: string,
  { principalStatements }: Pick<iam.Grant, 'principalStatements'>,
): void {
  for (const statement of principalStatements) nameStatement(role, sid, statement);
}

/** The statements that `act` has named. */
export function namedBy(role: iam.IRole, act: () => void): iam.PolicyStatement[] {
  const before = GRANTED.get(role)?.length ?? 0;
  act();
  return (GRANTED.get(role) ?? []).slice(before);
}

function nameStatement(role: iam.IRole, sid: string, statement: iam.PolicyStatement): void {
  GRANTED.set(role, [...(GRANTED.get(role) ?? []), statement]);
  const taken = TAKEN.get(role) ?? new Set<string>();
  TAKEN.set(role, taken);
  if (taken.has(sid)) return;
  taken.add(sid);
  statement.sid = sid;
}
