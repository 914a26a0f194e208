import type * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as iam from 'aws-cdk-lib/aws-iam';

/**
 * All that the runtime does on the table: it reads by key, and inserts and updates under conditions, in PartiQL batches
 * or as items of a transaction, for each of which DynamoDB checks the action that it would be alone. It never scans,
 * queries or deletes.
 */
const TABLE_ACTIONS = [
  'dynamodb:BatchGetItem',
  'dynamodb:PartiQLInsert',
  'dynamodb:PartiQLUpdate',
  'dynamodb:PutItem',
  'dynamodb:UpdateItem',
];

/** What aws-cdk-lib's `TableGrants.readWriteData` grants on a customer managed key. */
const KEY_ACTIONS = ['kms:Decrypt', 'kms:DescribeKey', 'kms:Encrypt', 'kms:ReEncrypt*', 'kms:GenerateDataKey*'];

/** Not `table.grant()`, which would add the table's indexes, and a statement without a name. */
export function grantClaims(table: dynamodb.ITable, role: iam.IRole): void {
  role.addToPrincipalPolicy(
    new iam.PolicyStatement({ sid: 'ClaimRecords', actions: TABLE_ACTIONS, resources: [table.tableArn] }),
  );
  table.encryptionKey?.grant(role, ...KEY_ACTIONS);
}
