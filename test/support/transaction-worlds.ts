import { CreateTableCommand, type DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { DynamoDbClaimStore } from '../../handlers/claims/dynamodb-claim-store';
import { MemoryClaimStore } from '../../handlers/claims/memory-claim-store';
import { DynamoDbLedgerStore } from '../../handlers/ledger/dynamodb-ledger-store';
import { MemoryLedgerStore } from '../../handlers/ledger/memory-ledger-store';
import { DynamoDbParkingStore } from '../../handlers/parking/dynamodb-parking-store';
import { MemoryParkingStore } from '../../handlers/parking/memory-parking-store';
import { DynamoDbRedriveStore } from '../../handlers/transaction/dynamodb-redrive-store';
import { DynamoDbTransactionStore } from '../../handlers/transaction/dynamodb-transaction-store';
import { MemoryRedriveStore } from '../../handlers/transaction/memory-redrive-store';
import { type Apply, MemoryTransactionStore } from '../../handlers/transaction/memory-transaction-store';
import { DynamoDbEngine } from '../../local/dynamodb/engine/engine';
import { DynamoDbEngineError } from '../../local/dynamodb/engine/errors';
import type { EngineDoor } from '../../local/dynamodb/engine/wire';
import type { OpenedRedrives } from '../laws/redrive-store-laws';
import type { Opened } from '../laws/transaction-store-laws';
import { storedClaim } from './stored-claim';
import { storedParked } from './stored-parked';

interface Options {
  readonly clock: { now(): number };
  readonly clockSkewMs: number;
  readonly rememberForSeconds: number;
}

export const EFFECTS = 'Effects';
const MORE_THAN_TOKENS_LIVE_MS = 10 * 60_000 + 1;

const effectsTable = (TableName: string) => ({
  TableName,
  BillingMode: 'PAY_PER_REQUEST' as const,
  AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' as const }],
  KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' as const }],
});

/** The stores in memory; the effects happen in an engine of their own. */
export function memoryWorld(options: Options) {
  const engine = new DynamoDbEngine({ clock: options.clock });
  engine.execute('CreateTable', effectsTable(EFFECTS));
  let aheadMs = 0;
  const serviceClock = { now: () => options.clock.now() + aheadMs };
  const ledger = new MemoryLedgerStore(options);
  const claims = new MemoryClaimStore({ ...options, parked: ledger.parked });
  const parking = new MemoryParkingStore({ ...options, items: ledger.parked, claims });
  const own = { ...options, clock: serviceClock, claims, apply: applyIn(engine) };
  const store = new MemoryTransactionStore({ ...own, ledger });
  return {
    store,
    redrives: new MemoryRedriveStore({ ...own, parking, transactions: store }),
    ledger,
    claims,
    parking,
    effects: EFFECTS,
    effect: async (id: string) => {
      const { Item } = engine.execute('GetItem', { TableName: EFFECTS, Key: { id: { S: id } } }) as {
        Item?: { effects?: { N?: string } };
      };
      return Number(Item?.effects?.N ?? 0);
    },
    storedIdentity: async (id: string) => claims.items.get(id),
    parked: async (id: string) => ledger.parked.get(id),
    forgetTokens: () => {
      aheadMs += MORE_THAN_TOKENS_LIVE_MS;
    },
  } satisfies Opened & OpenedRedrives;
}

/** The user's writes of a transaction in memory, as DynamoDB carries them out. */
export function applyIn(engine: DynamoDbEngine): Apply {
  return (writes) => {
    if (writes.length === 0) return [];
    try {
      engine.execute('TransactWriteItems', { TransactItems: writes.map(({ item }) => item) });
      return [];
    } catch (error) {
      if (!(error instanceof DynamoDbEngineError)) throw error;
      const reasons = error.details.CancellationReasons;
      if (!reasons) return { kind: 'invalid', error };
      return reasons.map(({ Code, Message }) => {
        if (Code === 'None') return undefined;
        return Code === 'ConditionalCheckFailed'
          ? ({ kind: 'condition' } as const)
          : ({ kind: 'invalid', error: new Error(Message) } as const);
      });
    }
  };
}

/** An engine whose cancelled transactions bring no old item, whoever asks for one: an extra read must find it. */
export function withoutOldItems(engine: EngineDoor = new DynamoDbEngine()): EngineDoor {
  return {
    execute: (operation, input) => {
      if (operation !== 'TransactWriteItems') return engine.execute(operation, input);
      const { TransactItems, ...rest } = input as { TransactItems: Record<string, object>[] };
      const bare = TransactItems.map((item) =>
        Object.fromEntries(
          Object.entries(item).map(([kind, action]) => [
            kind,
            { ...action, ReturnValuesOnConditionCheckFailure: undefined },
          ]),
        ),
      );
      return engine.execute(operation, { ...rest, TransactItems: bare });
    },
  };
}

export async function createEffects(client: DynamoDBClient, table: string): Promise<void> {
  await client.send(new CreateTableCommand(effectsTable(table)));
}

/** The stores on a database, whose memory of request tokens is lost by giving each request another token. */
export function dynamoDbWorld(client: DynamoDBClient, table: string, effects: string, options: Options) {
  let forgotten = 0;
  const forgetful = {
    send: (command: { input: { ClientRequestToken?: string } }) => {
      const { ClientRequestToken } = command.input;
      if (ClientRequestToken !== undefined && forgotten > 0) {
        command.input.ClientRequestToken = `${forgotten}${ClientRequestToken}`.slice(0, 36);
      }
      return client.send(command as never);
    },
  } as unknown as DynamoDBClient;
  const given = { ...options, client: forgetful, table };
  return {
    store: new DynamoDbTransactionStore(given),
    ledger: new DynamoDbLedgerStore(given),
    claims: new DynamoDbClaimStore(given),
    parking: new DynamoDbParkingStore(given),
    redrives: new DynamoDbRedriveStore(given),
    effects,
    effect: async (id: string) => {
      const { Item } = await client.send(
        new GetItemCommand({ TableName: effects, Key: { id: { S: id } }, ConsistentRead: true }),
      );
      return Number(Item?.effects?.N ?? 0);
    },
    storedIdentity: (id: string) => storedClaim(client, table, id),
    parked: (id: string) => storedParked(client, table, id),
    forgetTokens: () => {
      forgotten += 1;
    },
  } satisfies Opened & OpenedRedrives;
}
