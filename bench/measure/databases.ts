import { ERROR_CODES, EXIT } from '../../contract/error-codes';
import { KEY_ATTRIBUTE } from '../../contract/idempotency-table';
import { createTables, deleteTables } from '../../local/dynamodb/create-tables';
import { DynamoDbApi } from '../../local/dynamodb/dynamodb-api';
import { LocalError } from '../../local/errors';
import { dynamodbAddress } from '../../local/servers/address';
import { DYNAMODB } from '../../local/servers/dynamodb-server';
import type { Target } from '../report/store-rows';
import { STUB_PATHS } from '../stub/server';
import type { Bundles } from './bundles';
import type { TableNames } from './environment';
import { startStubProcess } from './processes';

/** What functions are measured on. */
export interface Database {
  readonly target: Target;
  readonly endpoint: string;
  /** URL of the stub; undefined: another server. */
  readonly stub: string | undefined;
  /** Empty tables for one process; they go when it is done. */
  withTables<Result>(work: (tables: TableNames) => Promise<Result>): Promise<Result>;
  stop(): Promise<void>;
}

const STUB_DELAY_MS = 4;

export async function startStubDatabase(bundles: Bundles): Promise<Database> {
  const { endpoint, stop } = await startStubProcess(bundles, STUB_DELAY_MS);
  return {
    target: 'stub-4ms',
    endpoint,
    stub: endpoint,
    async withTables(work) {
      await fetch(`${endpoint}${STUB_PATHS.clear}`);
      return work({ idempotency: 'Idempotency', effects: 'Effects' });
    },
    stop,
  };
}

export function isLocalRunning(): Promise<boolean> {
  return DYNAMODB.answers(dynamodbAddress());
}

export async function useDynamoDbLocal(): Promise<Database> {
  const { text: endpoint } = dynamodbAddress();
  if (!(await isLocalRunning())) {
    throw new LocalError(
      ERROR_CODES.serverUnreachable,
      `DynamoDB Local does not answer at ${endpoint}. Start it with "npm run servers", or name another one in MSK_ONCE_DYNAMODB.`,
      EXIT.unreachable,
    );
  }
  const api = new DynamoDbApi(endpoint);
  let made = 0;
  return {
    target: 'dynamodb-local',
    endpoint,
    stub: undefined,
    async withTables(work) {
      made += 1;
      const names = {
        idempotency: `BenchIdempotency-${process.pid}-${made}`,
        effects: `BenchEffects-${process.pid}-${made}`,
      };
      const tables = [tableNamed(names.idempotency), tableNamed(names.effects)];
      await createTables(api, tables);
      try {
        return await work(names);
      } finally {
        await deleteTables(api, tables);
      }
    },
    stop: async () => undefined,
  };
}

function tableNamed(tableName: string): Parameters<typeof createTables>[1][number] {
  return {
    logicalId: tableName,
    tableName,
    keySchema: [{ AttributeName: KEY_ATTRIBUTE, KeyType: 'HASH' }],
    attributeDefinitions: [{ AttributeName: KEY_ATTRIBUTE, AttributeType: 'S' }],
    ttlAttribute: undefined,
    globalSecondaryIndexes: [],
    localSecondaryIndexes: [],
  };
}
