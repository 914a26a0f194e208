import { CfnResource, Token } from 'aws-cdk-lib';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type { CfnSecret, ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { IConstruct } from 'constructs';
import { PropsError } from '../props-error';

/** Source of both rules: MSK Developer Guide, sign-in credentials with Secrets Manager. */
const PREFIX = 'AmazonMSK_';
const SECRET = 'AWS::SecretsManager::Secret';

/** What MSK asks of a secret that a cluster is to be given. */
export function checkMskSecret(scope: IConstruct, secret: ISecret, encryptionKey: kms.IKey | undefined): void {
  const name = nameOf(secret);
  if (name.known && !name.value?.startsWith(PREFIX)) {
    throw new PropsError(scope, {
      prop: 'name of auth secret',
      received: name.value,
      accepted: `a name that begins with ${PREFIX}`,
      change: 'MSK takes no other secret: set its secretName.',
    });
  }
  if (encryptionKey !== undefined) return;
  throw new PropsError(scope, {
    prop: 'encryptionKey of auth secret',
    received: undefined,
    accepted: 'the customer managed key of the secret',
    change:
      'MSK takes no secret under the AWS managed key, and the pollers have to be allowed to decrypt with the other: ' +
      'give the secret an encryptionKey, or name the key of an imported one, as Auth.scram512(secret, { encryptionKey }).',
  });
}

function nameOf(secret: ISecret): { readonly known: boolean; readonly value?: string } {
  const own = secret.node.defaultChild;
  if (own !== undefined && CfnResource.isCfnResource(own) && own.cfnResourceType === SECRET) {
    const name: unknown = secret.stack.resolve((own as CfnSecret).name);
    if (typeof name === 'string') return { known: true, value: name };
    // Without a name it gets one from CloudFormation, which begins with that of the stack.
    return { known: name === undefined };
  }
  // `arn:<partition>:secretsmanager:<region>:<account>:secret:<name>`, of which parts may be tokens.
  const name = secret.secretArn.split(':')[6];
  return name === undefined || Token.isUnresolved(name) ? { known: false } : { known: true, value: name };
}
