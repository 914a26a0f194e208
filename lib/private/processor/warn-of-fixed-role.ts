import { Annotations } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { IConstruct } from 'constructs';

/**
 * Whoever imports a role with `mutable: false`, or from another account, gives its permissions elsewhere; aws-cdk-lib
 * drops what is granted to it without a word. Called when something was granted: any other role has a policy then.
 */
export function warnOfFixedRole(scope: IConstruct, role: iam.IRole): void {
  if (takesStatements(role)) return;
  Annotations.of(scope).addWarningV2(
    'msk-once:roleNotChanged',
    `The role of the function, ${role.node.path}, takes no permissions from this app. Give it elsewhere what a processor ` +
      'with a role of its own has in its policy: to claim records, to send and put letters, and what the source asks for. ' +
      'Without them the mapping is refused or every record stays open.',
  );
}

/** Known when something was granted to it. */
export function takesStatements(role: iam.IRole): boolean {
  return iam.Role.isRole(role) || role.node.findAll().some((child) => child instanceof iam.Policy);
}
