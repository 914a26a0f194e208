import { IdempotencyConfig, makeIdempotent } from '@aws-lambda-powertools/idempotency';
import { DynamoDBPersistenceLayer } from '@aws-lambda-powertools/idempotency/dynamodb';
import type { BasePersistenceLayer } from '@aws-lambda-powertools/idempotency/persistence';
import {
  type AttributeValue,
  DeleteItemCommand,
  type DynamoDBClient,
  type DynamoDBClientConfig,
  paginateScan,
} from '@aws-sdk/client-dynamodb';
import { OncePersistenceLayer, type OncePersistenceLayerOptions } from '../../../handlers/powertools/index';
import { putRaw, rawItem } from '../../support/stored-claim';
import { startTestDynamoDb, type TestDynamoDb, testClient } from '../../support/test-dynamodb';

export type RawItem = Record<string, AttributeValue>;
type ConfigOptions = ConstructorParameters<typeof IdempotencyConfig>[0];
// biome-ignore lint/suspicious/noExplicitAny: as Powertools types the functions that it wraps
type AnyFunction = (...args: any[]) => any;

export interface Wrapping {
  readonly keyPrefix?: string;
  readonly config?: ConfigOptions;
  /** What the invocation has left, milliseconds; undefined: no context was registered. */
  readonly remainingMs?: number | undefined;
}

/** As the documentation of Powertools sets it up, with the one setting that our layer asks for. */
export function idempotent<Wrapped extends AnyFunction>(
  persistenceStore: BasePersistenceLayer,
  run: Wrapped,
  wrapping: Wrapping = {},
): Wrapped {
  const config = new IdempotencyConfig({ eventKeyJmesPath: 'id', throwOnNoIdempotencyKey: true, ...wrapping.config });
  const remainingMs = 'remainingMs' in wrapping ? wrapping.remainingMs : 60_000;
  if (remainingMs !== undefined) {
    config.registerLambdaContext({ getRemainingTimeInMillis: () => remainingMs } as Parameters<
      typeof config.registerLambdaContext
    >[0]);
  }
  const keyPrefix = wrapping.keyPrefix ?? 'charge';
  return makeIdempotent(run, { persistenceStore, config, keyPrefix }) as unknown as Wrapped;
}

export interface Bench {
  readonly database: TestDynamoDb;
  /** Each is a process of its own as far as layers are concerned. */
  stock(client?: DynamoDBClient): DynamoDBPersistenceLayer;
  once(options?: Partial<OncePersistenceLayerOptions>): OncePersistenceLayer;
  items(): Promise<RawItem[]>;
  item(id: string): Promise<RawItem | undefined>;
  put(item: RawItem): Promise<void>;
  remove(id: string): Promise<void>;
  /** Keeps a copy of each command of a client; one that is delivered again is heard by nobody. */
  copying(client: DynamoDBClient): { deliverAgain(nth: number): Promise<void> };
  /** A client whose requests are counted. */
  counting(config?: DynamoDBClientConfig): { client: DynamoDBClient; requests: () => number };
  close(): Promise<void>;
}

/** Over the engine in this process, or a database that is given, with a table that holds nothing else. */
export async function openBench(given?: TestDynamoDb): Promise<Bench> {
  const database = given ?? (await startTestDynamoDb());
  const clients: DynamoDBClient[] = [];
  const { client, table, endpoint } = database;
  return {
    database,
    stock: (given = client) => new DynamoDBPersistenceLayer({ tableName: table, awsSdkV3Client: given }),
    once: (options = {}) => new OncePersistenceLayer({ tableName: table, awsSdkV3Client: client, ...options }),
    items: async () => {
      const items: RawItem[] = [];
      for await (const { Items = [] } of paginateScan({ client }, { TableName: table })) items.push(...Items);
      return items;
    },
    item: (id) => rawItem(client, table, id),
    put: (item) => putRaw(client, table, item),
    remove: async (id) => {
      await client.send(new DeleteItemCommand({ TableName: table, Key: { id: { S: id } } }));
    },
    copying: (copied) => {
      const commands: unknown[] = [];
      const send = copied.send.bind(copied) as (command: unknown) => Promise<unknown>;
      copied.send = ((command: unknown) => {
        commands.push(command);
        return send(command);
      }) as typeof copied.send;
      return { deliverAgain: async (nth) => void (await client.send(commands[nth] as never).catch(() => undefined)) };
    },
    counting: (config = {}) => {
      const counted = testClient(endpoint, config);
      clients.push(counted);
      let requests = 0;
      counted.middlewareStack.add(
        (next) => (args) => {
          requests += 1;
          return next(args);
        },
        { step: 'finalizeRequest', priority: 'low' },
      );
      return { client: counted, requests: () => requests };
    },
    close: () => {
      for (const made of clients) made.destroy();
      return database.stop();
    },
  };
}

/** A promise that the test settles. */
export function gate<Value = void>() {
  let open: (value: Value) => void = () => {};
  let fail: (error: unknown) => void = () => {};
  const opened = new Promise<Value>((resolve, reject) => {
    open = resolve;
    fail = reject;
  });
  return { opened, open, fail };
}

/** A function that runs from `begun` until the test lets it end. */
export function held<Result = unknown>() {
  const begun = gate();
  const ends = gate<Result>();
  const run = (_payload: unknown) => {
    begun.open();
    return ends.opened;
  };
  return { run, begun: begun.opened, end: ends.open };
}

/** The clock of every layer, moved ahead. Ends with `jest.restoreAllMocks()`. */
export function moveClock(aheadMs: number): void {
  const real = jest.isMockFunction(Date.now) ? undefined : Date.now;
  const now = real ?? realNow;
  realNow = now;
  jest.spyOn(Date, 'now').mockImplementation(() => now() + aheadMs);
}
let realNow = Date.now;

let made = 0;
export const freshId = (prefix = 'order') => `${prefix}-${++made}`;

/** Loses the answer to the n-th request of this name, counted from 0; the request itself arrives. */
export function loseAnswers(client: DynamoDBClient, isLost: (nth: number, command: string) => boolean): void {
  let nth = 0;
  client.middlewareStack.add(
    (next, context) => async (args) => {
      const answer = await next(args);
      if (isLost(nth++, context.commandName ?? '')) {
        throw Object.assign(new Error('socket hang up'), { name: 'TimeoutError' });
      }
      return answer;
    },
    { step: 'deserialize', priority: 'high' },
  );
}
