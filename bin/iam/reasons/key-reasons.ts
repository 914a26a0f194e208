import type { Reason } from '../reason-of';

/** What aws-cdk-lib grants for an option, without a sid, and what it writes into keys. */
export const KEY_REASONS: readonly Reason[] = [
  // What aws-cdk-lib grants for an option, without a sid
  {
    kind: 'role',
    actions: ['glue:GetRegistry'],
    text: 'The pollers look up the schema registry.',
  },
  {
    kind: 'role',
    actions: ['glue:GetSchemaVersion'],
    text: 'The pollers read the schemas that records name.',
  },
  {
    kind: 'role',
    actions: ['secretsmanager:DescribeSecret', 'secretsmanager:GetSecretValue'],
    text: 'The pollers sign in to the schema registry with the one secret.',
  },
  {
    kind: 'role',
    actions: ['kms:Decrypt'],
    text: 'Secrets Manager decrypts that secret with its key.',
  },
  {
    kind: 'role',
    actions: ['xray:PutTelemetryRecords', 'xray:PutTraceSegments'],
    text: 'The function sends its traces. X-Ray allows no resource for either action.',
  },

  // Keys of the customer
  {
    kind: 'key policy',
    actions: ['kms:*'],
    principals: /^arn:[^:]+:iam::[^:]+:root$/,
    text: 'The account decides in IAM who uses its key: what aws-cdk-lib writes into the policy of each.',
  },
  {
    kind: 'key policy',
    actions: [
      'kms:CreateGrant',
      'kms:Decrypt',
      'kms:DescribeKey',
      'kms:Encrypt',
      'kms:GenerateDataKey*',
      'kms:ReEncrypt*',
    ],
    principals: /^arn:[^:]+:iam::[^:]+:root$/,
    text: 'Secrets Manager uses the key for whoever in the account may use the secret.',
  },
  {
    kind: 'key policy',
    actions: ['kms:Decrypt'],
    principals: /^<.*Role.*>$/,
    text: 'The pollers read a secret that is encrypted with the key, with the role of the function.',
  },
  {
    kind: 'key policy',
    actions: ['kms:Decrypt*', 'kms:Describe*', 'kms:Encrypt*', 'kms:GenerateDataKey*', 'kms:ReEncrypt*'],
    principals: /^logs\./,
    text: 'CloudWatch Logs encrypts the log group.',
  },
  {
    kind: 'key policy',
    sid: 'ReadFiltersOfMappings',
    actions: ['kms:Decrypt'],
    principals: /^lambda\./,
    text: 'Lambda decrypts the filters of the mapping.',
  },
];
