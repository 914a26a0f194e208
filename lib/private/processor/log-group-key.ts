import { Annotations, ArnFormat, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type { IConstruct } from 'constructs';

/**
 * CloudWatch Logs encrypts as itself and not as the function, so the key's own policy has to let it; aws-cdk-lib's log
 * group leaves that to its user. For all log groups of the account: to name this one, the key would need the group, which
 * needs the key. Source: CloudWatch Logs User Guide, "Encrypt log data in CloudWatch Logs using AWS KMS".
 */
export function letLogsUse(scope: IConstruct, key: kms.IKey): void {
  const stack = Stack.of(scope);
  const logGroups = stack.formatArn({
    service: 'logs',
    resource: 'log-group',
    resourceName: '*',
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
  const statement = new iam.PolicyStatement({
    actions: ['kms:Decrypt*', 'kms:Describe*', 'kms:Encrypt*', 'kms:GenerateDataKey*', 'kms:ReEncrypt*'],
    principals: [new iam.ServicePrincipal(`logs.${stack.region}.${stack.urlSuffix}`)],
    // In the policy of a key that is the key.
    resources: ['*'],
    conditions: { ArnLike: { 'kms:EncryptionContext:aws:logs:arn': logGroups } },
  });
  if (key.addToResourcePolicy(statement).statementAdded) return;
  Annotations.of(scope).addWarningV2(
    'msk-once:logGroupKey',
    'The policy of encryptionKey cannot be changed from here, and without it the log group cannot be made: it has to ' +
      'let CloudWatch Logs use the key where kms:EncryptionContext:aws:logs:arn is a log group of this account.',
  );
}
