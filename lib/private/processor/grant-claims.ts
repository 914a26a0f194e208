import type * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as iam from 'aws-cdk-lib/aws-iam';
import { named } from './name-statements';

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

/** Who is granted the table, and who its key: the same one, by other names of the statements. */
interface Grantees {
  readonly onTable: iam.IGrantable;
  readonly onKey: iam.IGrantable;
}

/** All that the runtime does with its memory. */
export function grantClaims(table: dynamodb.ITable, grantee: iam.IGrantable): iam.Grant {
  return onTable(table, { onTable: grantee, onKey: grantee }, CLAIM_ACTIONS, CLAIM_KEY_ACTIONS);
}

/** The same, in statements that say what they are for. */
export function grantClaimsByName(table: dynamodb.ITable, role: iam.IRole): void {
  const grantees = { onTable: named(role, 'ClaimRecords'), onKey: named(role, 'UseKeyOfClaims') };
  onTable(table, grantees, CLAIM_ACTIONS, CLAIM_KEY_ACTIONS);
}

/** All that a person does with it. */
export function grantReadingMemory(table: dynamodb.ITable, grantee: iam.IGrantable): iam.Grant {
  return onTable(table, { onTable: grantee, onKey: grantee }, READ_ACTIONS, READ_KEY_ACTIONS);
}

/** Not `table.grant()`, which would add the table's indexes. */
function onTable(table: dynamodb.ITable, grantees: Grantees, actions: string[], keyActions: string[]): iam.Grant {
  const grant = iam.Grant.addToPrincipal({ grantee: grantees.onTable, actions, resourceArns: [table.tableArn] });
  const onKey = table.encryptionKey?.grant(grantees.onKey, ...keyActions);
  return onKey === undefined ? grant : grant.combine(onKey);
}
