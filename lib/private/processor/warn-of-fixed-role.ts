import { Annotations } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { IConstruct } from 'constructs';

/**
 * Whoever imports a role with `mutable: false`, or from another account, gives its permissions elsewhere; aws-cdk-lib
 * drops what is granted to it without a word. Called when something was granted: any other role has a policy then.
 *
 * @param statements what was granted
 * @param consequence of not having them, as a sentence
 */
export function warnOfFixedRole(
  scope: IConstruct,
  role: iam.IRole,
  statements: readonly iam.PolicyStatement[],
  consequence: string,
): void {
  if (statements.length === 0 || takesStatements(role)) return;
  Annotations.of(scope).addWarningV2(
    'msk-once:roleNotChanged',
    `The role of the function, ${role.node.path}, takes no permissions from this app. Give it elsewhere what any other ` +
      `role would have been granted here: ${statements.map(named).join(', ')}. ${consequence}`,
  );
}

/** Known when something was granted to it. */
export function takesStatements(role: iam.IRole): boolean {
  return iam.Role.isRole(role) || role.node.findAll().some((child) => child instanceof iam.Policy);
}

/** Its resources may be tokens, which tell a person nothing. */
function named({ sid, actions }: iam.PolicyStatement): string {
  const all = actions.join(', ');
  return sid === undefined ? all : `${sid} (${all})`;
}
