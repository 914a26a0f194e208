import { ERROR_CODES, EXIT } from '../../contract/error-codes';
import { LocalError } from '../errors';
import type { TableDefinition } from '../template/tables';
import { templateInvalid, templateUnsupported } from '../template/template-error';
import { type DynamoDbApi, DynamoDbError } from './dynamodb-api';

/**
 * Creates the template's tables with their indexes, empty, on demand. Settings that would change nothing here (capacity,
 * TTL, backups, tags, streams) are left out, so that any DynamoDB can be asked.
 * All of them or none: a table that exists is refused.
 */
export async function createTables(database: DynamoDbApi, tables: readonly TableDefinition[]): Promise<void> {
  const created: TableDefinition[] = [];
  try {
    for (const table of tables) {
      await createTable(database, table);
      created.push(table);
    }
    for (const { tableName } of tables) await untilActive(database, tableName);
  } catch (error) {
    // The first error says more than one of the clean-up.
    await deleteTables(database, created).catch(() => {});
    throw error;
  }
}

async function createTable(database: DynamoDbApi, table: TableDefinition): Promise<void> {
  try {
    await database.call('CreateTable', {
      TableName: table.tableName,
      KeySchema: table.keySchema,
      AttributeDefinitions: table.attributeDefinitions,
      BillingMode: 'PAY_PER_REQUEST',
      ...(table.globalSecondaryIndexes.length > 0 && { GlobalSecondaryIndexes: table.globalSecondaryIndexes }),
      ...(table.localSecondaryIndexes.length > 0 && { LocalSecondaryIndexes: table.localSecondaryIndexes }),
    });
  } catch (error) {
    throw error instanceof DynamoDbError ? refusalOf(error, table, database.endpoint) : error;
  }
}

function refusalOf(error: DynamoDbError, { tableName, logicalId }: TableDefinition, endpoint: string): Error {
  switch (error.name) {
    case 'ResourceInUseException':
      return new LocalError(
        ERROR_CODES.usage,
        `The table ${tableName} exists already at ${endpoint}: another run uses it, or one that was ` +
          'interrupted left it behind. Wait for that run, or start the servers anew (msk-once servers --stop).',
        EXIT.refused,
        { cause: error },
      );
    case 'ValidationException':
      return templateInvalid(`Resources.${logicalId}`, `is a table that DynamoDB refuses: ${error.message}`, {
        cause: error,
      });
    case 'NotInEngineException':
      return templateUnsupported(`Resources.${logicalId}`, `cannot be made in this process: ${error.message}`);
    default:
      return new LocalError(
        ERROR_CODES.serverFailed,
        `The table ${tableName} was not made at ${endpoint}: ${error.name}: ${error.message}. ` +
          'Start the servers anew (msk-once servers --stop, msk-once servers), or leave --dynamodb out.',
        EXIT.failed,
        { cause: error },
      );
  }
}

export async function deleteTables(database: DynamoDbApi, tables: readonly TableDefinition[]): Promise<void> {
  for (const { tableName } of tables) await database.call('DeleteTable', { TableName: tableName });
}

const TRIES = 100;
const PAUSE_MS = 20;

async function untilActive(database: DynamoDbApi, tableName: string): Promise<void> {
  let status = '';
  for (let tries = 0; tries < TRIES; tries += 1) {
    const { Table } = await database.call<{ Table: { TableStatus: string } }>('DescribeTable', {
      TableName: tableName,
    });
    if (Table.TableStatus === 'ACTIVE') return;
    status = Table.TableStatus;
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
  throw new LocalError(
    ERROR_CODES.serverFailed,
    `The table ${tableName} was made at ${database.endpoint}, and is ${status} after ${(TRIES * PAUSE_MS) / 1_000} s; ` +
      'it has to be ACTIVE. Start the servers anew (msk-once servers --stop, msk-once servers), and run this again.',
  );
}
