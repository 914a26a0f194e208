import { createTables } from '../dynamodb/create-tables';
import type { DynamoDbApi } from '../dynamodb/dynamodb-api';
import type { TableDefinition } from '../template/tables';

/** Creates the tables that the database does not hold yet: what an earlier run remembered stays. */
export async function createMissingTables(database: DynamoDbApi, tables: readonly TableDefinition[]): Promise<void> {
  const there = new Set(await tableNames(database));
  await createTables(
    database,
    tables.filter(({ tableName }) => !there.has(tableName)),
  );
}

async function tableNames(database: DynamoDbApi): Promise<string[]> {
  const names: string[] = [];
  let ExclusiveStartTableName: string | undefined;
  do {
    const page = await database.call<{ TableNames: string[]; LastEvaluatedTableName?: string }>(
      'ListTables',
      ExclusiveStartTableName === undefined ? {} : { ExclusiveStartTableName },
    );
    names.push(...page.TableNames);
    ExclusiveStartTableName = page.LastEvaluatedTableName;
  } while (ExclusiveStartTableName !== undefined);
  return names;
}
