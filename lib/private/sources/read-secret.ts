import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import type { IConstruct } from 'constructs';
import { shown } from '../check-part';
import { checkRegion } from '../check-region';
import { keyBehind } from '../customer-key';
import { PropsError } from '../props-error';

/**
 * Not `secret.grantRead()`, which grants more than one action.
 *
 * @param what ends the sids
 * @param prop names the secret in errors
 */
export function readSecret(
  scope: IConstruct,
  what: string,
  prop: string,
  secret: secretsmanager.ISecret,
  encryptionKey: kms.IKey | undefined,
): iam.PolicyStatement[] {
  checkSecret(scope, prop, secret);
  checkRegion(scope, prop, secret);
  const read = new iam.PolicyStatement({
    sid: `Read${what}`,
    actions: ['secretsmanager:GetSecretValue'],
    // Secrets Manager ends each ARN with six random characters, which a partial one lacks.
    resources: [secret.secretFullArn ?? `${secret.secretArn}-??????`],
  });
  if (encryptionKey === undefined) return [read];
  const decrypt = new iam.PolicyStatement({
    sid: `Decrypt${what}`,
    actions: ['kms:Decrypt'],
    resources: [keyBehind(scope, `encryptionKey of ${prop}`, encryptionKey).keyArn],
  });
  return [read, decrypt];
}

/** The compiler asks for it too; JavaScript does not. */
export function checkSecret(scope: IConstruct, prop: string, secret: secretsmanager.ISecret): void {
  if (typeof secret?.secretArn === 'string') return;
  throw new PropsError(scope, {
    prop,
    received: shown(secret),
    accepted: 'a secretsmanager.Secret, or an imported one',
    change: 'Import a secret that exists with secretsmanager.Secret.fromSecretCompleteArn(scope, id, arn).',
  });
}
