import { resolvable } from '../../../local/template/resolvable';
import type { Stack } from '../../../local/template/stack';
import { isObject } from '../../../local/template/template';
import type { Statement } from './statement';

interface PolicyTemplate {
  readonly actions: readonly string[];
  /** `$` stands for what the parameter says; without one it is all resources. */
  readonly arn?: (region: string) => string;
}

// What the policy templates of SAM grant of what is asked about here. Source: SAM Developer Guide, policy template list.
const TEMPLATES: Readonly<Record<string, PolicyTemplate>> = {
  DynamoDBCrudPolicy: {
    actions: ['GetItem', 'DeleteItem', 'PutItem', 'Scan', 'Query', 'UpdateItem', 'BatchWriteItem', 'BatchGetItem'].map(
      (action) => `dynamodb:${action}`,
    ),
    arn: (region) => `arn:aws:dynamodb:${region}:*:table/$`,
  },
  DynamoDBReadPolicy: {
    actions: ['GetItem', 'Scan', 'Query', 'BatchGetItem'].map((action) => `dynamodb:${action}`),
    arn: (region) => `arn:aws:dynamodb:${region}:*:table/$`,
  },
  DynamoDBWritePolicy: {
    actions: ['PutItem', 'UpdateItem', 'BatchWriteItem'].map((action) => `dynamodb:${action}`),
    arn: (region) => `arn:aws:dynamodb:${region}:*:table/$`,
  },
  SQSSendMessagePolicy: { actions: ['sqs:SendMessage*'], arn: (region) => `arn:aws:sqs:${region}:*:$` },
  S3WritePolicy: { actions: ['s3:PutObject'], arn: () => 'arn:aws:s3:::$/*' },
  S3CrudPolicy: { actions: ['s3:GetObject', 's3:ListBucket', 's3:PutObject'], arn: () => 'arn:aws:s3:::$/*' },
  AWSSecretsManagerGetSecretValuePolicy: { actions: ['secretsmanager:GetSecretValue'], arn: () => '$' },
  KMSDecryptPolicy: { actions: ['kms:Decrypt'], arn: (region) => `arn:aws:kms:${region}:*:key/$` },
  VPCAccessPolicy: {
    actions: ['CreateNetworkInterface', 'DeleteNetworkInterface', 'DescribeNetworkInterfaces'].map((a) => `ec2:${a}`),
  },
};

/** A policy template of SAM, such as `{SQSSendMessagePolicy: {QueueName: …}}`; undefined: none that is known. */
export function readPolicyTemplate(stack: Stack, written: unknown, place: string): Statement | undefined {
  if (!isObject(written)) return undefined;
  const [name = '', parameters] = Object.entries(written)[0] ?? [];
  const template = Object.hasOwn(TEMPLATES, name) ? TEMPLATES[name] : undefined;
  if (template === undefined) return undefined;
  const given = isObject(parameters) ? Object.values(parameters)[0] : undefined;
  const value = resolvable(() => stack.resolve(given, place));
  const text = template.arn === undefined ? '*' : value && template.arn(stack.region).replace('$', value);
  return {
    place,
    isDeny: false,
    actions: template.actions,
    resources: [{ text, written: given }],
    isConditional: false,
    isOwn: false,
  };
}
