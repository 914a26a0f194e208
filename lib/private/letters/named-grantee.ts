import type * as iam from 'aws-cdk-lib/aws-iam';
import { nameStatements } from '../processor/name-statements';

/**
 * The role, which gives what is granted to it a sid. A grant does not always tell its statement in the role: where
 * aws-cdk-lib does not know that role and resource are of one account, it tells what it adds to the resource instead, of
 * an imported one too.
 */
export function named(role: iam.IRole, sid: string): iam.IGrantable {
  const grantee: iam.IRole = Object.create(role, {
    grantPrincipal: { get: () => grantee },
    addToPrincipalPolicy: {
      value: (statement: iam.PolicyStatement) => {
        nameStatements(role, sid, { principalStatements: [statement] } as unknown as iam.Grant);
        return role.addToPrincipalPolicy(statement);
      },
    },
  });
  return grantee;
}
