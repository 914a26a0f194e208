import type * as iam from 'aws-cdk-lib/aws-iam';

/** The sids that a role has: in a policy each may stand once, and several functions may share one role. */
const TAKEN = new WeakMap<iam.IRole, Set<string>>();

/** Gives the statements of a grant their sids, in their order, where the role does not have them yet. */
export function nameStatements(role: iam.IRole, sids: string | readonly string[], grant: iam.Grant | undefined): void {
  const taken = TAKEN.get(role) ?? new Set<string>();
  TAKEN.set(role, taken);
  for (const [index, statement] of (grant?.principalStatements ?? []).entries()) {
    const sid = [sids].flat()[index];
    if (sid === undefined || taken.has(sid)) continue;
    taken.add(sid);
    statement.sid = sid;
  }
}
