import type * as iam from 'aws-cdk-lib/aws-iam';

/**
 * The grantee, and `watch` sees each statement before it is granted to it. A grant does not always tell its statement in
 * the role: where aws-cdk-lib does not know that role and resource are of one account, it tells what it adds to the
 * resource instead, of an imported one too, which takes nothing.
 */
export function watchedGrantee(
  { grantPrincipal }: iam.IGrantable,
  watch: (statement: iam.PolicyStatement) => void,
): iam.IGrantable {
  const watched: iam.IPrincipal = Object.create(grantPrincipal, {
    grantPrincipal: { get: () => watched },
    addToPrincipalPolicy: {
      value: (statement: iam.PolicyStatement) => {
        watch(statement);
        return grantPrincipal.addToPrincipalPolicy(statement);
      },
    },
  });
  return watched;
}
