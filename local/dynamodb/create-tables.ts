import type { TableDefinition } from '../template/tables';
import type { DynamoDbApi } from './dynamodb-api';

/** Creates the template's tables, empty, on demand. What a local engine does not know (TTL, backups) is left out. */
export async function createTables(database: DynamoDbApi, tables: readonly TableDefinition[]): Promise<void> {
  for (const table of tables) {
    await database.call('CreateTable', {
      TableName: table.tableName,
      KeySchema: table.keySchema,
      AttributeDefinitions: table.attributeDefinitions,
      BillingMode: 'PAY_PER_REQUEST',
      ...(table.globalSecondaryIndexes.length > 0 && { GlobalSecondaryIndexes: table.globalSecondaryIndexes }),
      ...(table.localSecondaryIndexes.length > 0 && { LocalSecondaryIndexes: table.localSecondaryIndexes }),
    });
  }
  for (const { tableName } of tables) await untilActive(database, tableName);
}

export async function deleteTables(database: DynamoDbApi, tables: readonly TableDefinition[]): Promise<void> {
  for (const { tableName } of tables) await database.call('DeleteTable', { TableName: tableName });
}

const TRIES = 100;
const PAUSE_MS = 20;

async function untilActive(database: DynamoDbApi, tableName: string): Promise<void> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const { Table } = await database.call<{ Table: { TableStatus: string } }>('DescribeTable', {
      TableName: tableName,
    });
    if (Table.TableStatus === 'ACTIVE') return;
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
  throw new Error(`The table ${tableName} did not become active.`);
}
