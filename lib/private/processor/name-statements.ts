import type * as iam from 'aws-cdk-lib/aws-iam';

/** The sids that a role has: in a policy each may stand once, and several functions may share one role. */
const TAKEN = new WeakMap<iam.IRole, Set<string>>();

/** What was granted to a role, in its order. */
const GRANTED = new WeakMap<iam.IRole, iam.PolicyStatement[]>();

/** Gives the statements of a grant their sids, in their order, where the role does not have them yet. */
export function nameStatements(role: iam.IRole, sids: string | readonly string[], grant: iam.Grant | undefined): void {
  const taken = TAKEN.get(role) ?? new Set<string>();
  TAKEN.set(role, taken);
  GRANTED.set(role, [...(GRANTED.get(role) ?? []), ...grantedBy(grant)]);
  for (const [index, statement] of (grant?.principalStatements ?? []).entries()) {
    const sid = [sids].flat()[index];
    if (sid === undefined || taken.has(sid)) continue;
    taken.add(sid);
    statement.sid = sid;
  }
}

/** Where the accounts of role and resource are not known to be one, aws-cdk-lib grants on both and tells of the latter. */
export function grantedBy(grant: iam.Grant | undefined): iam.PolicyStatement[] {
  const { principalStatements = [], resourceStatements = [] } = grant ?? {};
  return principalStatements.length > 0 ? principalStatements : resourceStatements;
}

/** The statements that `act` has named. */
export function namedBy(role: iam.IRole, act: () => void): iam.PolicyStatement[] {
  const before = GRANTED.get(role)?.length ?? 0;
  act();
  return (GRANTED.get(role) ?? []).slice(before);
}
