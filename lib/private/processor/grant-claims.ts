import type * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as iam from 'aws-cdk-lib/aws-iam';

/**
 * What IAM checks of the runtime's requests. Claims and marks are PartiQL statements, of whose batches IAM checks each
 * statement's own action. Transactions are checked by the action of each item: a Put of a claim, an Update of a mark.
 * Nothing queries or deletes.
 */
const CLAIM_ACTIONS = [
  'dynamodb:BatchGetItem',
  'dynamodb:PartiQLInsert',
  'dynamodb:PartiQLUpdate',
  'dynamodb:PutItem',
  'dynamodb:UpdateItem',
];

/** What aws-cdk-lib's `TableGrants.readWriteData` grants on a customer managed key. */
const CLAIM_KEY_ACTIONS = ['kms:Decrypt', 'kms:DescribeKey', 'kms:Encrypt', 'kms:ReEncrypt*', 'kms:GenerateDataKey*'];

/** To look one record up, by its key. No Scan: it would take of the table's capacity what claims need. */
const READ_ACTIONS = ['dynamodb:DescribeTable', 'dynamodb:GetItem', 'dynamodb:Query'];

/** What aws-cdk-lib's `TableGrants.readData` grants on a customer managed key. */
const READ_KEY_ACTIONS = ['kms:Decrypt', 'kms:DescribeKey'];

/** All that the runtime does with its memory. */
export function grantClaims(table: dynamodb.ITable, grantee: iam.IGrantable): iam.Grant {
  return onTable(table, grantee, CLAIM_ACTIONS, CLAIM_KEY_ACTIONS);
}

/** All that a person does with it. */
export function grantReadingMemory(table: dynamodb.ITable, grantee: iam.IGrantable): iam.Grant {
  return onTable(table, grantee, READ_ACTIONS, READ_KEY_ACTIONS);
}

/** Not `table.grant()`, which would add the table's indexes. */
function onTable(table: dynamodb.ITable, grantee: iam.IGrantable, actions: string[], keyActions: string[]): iam.Grant {
  const grant = iam.Grant.addToPrincipal({ grantee, actions, resourceArns: [table.tableArn] });
  const onKey = table.encryptionKey?.grant(grantee, ...keyActions);
  return onKey === undefined ? grant : grant.combine(onKey);
}
