/**
 * The real runtime with one decision of it changed, as it is loaded: a module of it stands in for the real one, or a
 * port is wrapped. Nothing in the shipped code knows of it.
 */
import * as dynamodb from '@aws-sdk/client-dynamodb';
import type { ClaimStore } from '../../handlers/claims/claim-store';
import type { DynamoDbClaimStoreOptions } from '../../handlers/claims/dynamodb-claim-store';
import type { LedgerStore } from '../../handlers/ledger/ledger-store';
import type { ParkingStore } from '../../handlers/parking/parking-store';
import type { DynamoDbStoreOptions } from '../../handlers/store/dynamodb-store';
import type { Store } from '../../handlers/store/store';
import type { TransactionStore } from '../../handlers/transaction/transaction-store';
import * as errors from '../../local/dynamodb/engine/errors';
import type { Runtime, Surroundings } from '../../local/simulator/runtime';

/** A command of the SDK before it is sent. */
interface Command {
  readonly input: { readonly Statements?: CommandInput[]; TransactItems?: dynamodb.TransactWriteItem[] };
}

/** One PartiQL statement of a batch. */
export interface CommandInput {
  Statement: string;
  Parameters: object[];
}

/** One change. Each part that is left out stays as it is shipped. */
export interface Change {
  /** A module of `handlers/`, without its ending, to what replaces some of its exports. */
  readonly module?: { readonly path: string; readonly change: (actual: never) => object };
  /** The claim store as the engine sees it. */
  readonly store?: (right: ClaimStore) => Partial<ClaimStore>;
  /** The ledger as the engine sees it. */
  readonly ledger?: (right: LedgerStore) => Partial<LedgerStore>;
  /** Transactions as the engine sees them. */
  readonly transactions?: (right: TransactionStore) => Partial<TransactionStore>;
  /** Parked items as the engine sees them. */
  readonly parking?: (right: ParkingStore) => Partial<ParkingStore>;
  /** Each statement that the DynamoDB adapter sends. */
  readonly send?: (input: CommandInput) => void;
  /** The items of each transaction that the DynamoDB adapter sends: the mark first. Gives those that are sent. */
  readonly transact?: (items: readonly dynamodb.TransactWriteItem[]) => dynamodb.TransactWriteItem[];
  /** Other settings of the store. */
  readonly settings?: Partial<Pick<DynamoDbStoreOptions, 'clockSkewMs' | 'rememberForSeconds'>>;
  /** What the runtime gets from outside. */
  readonly surroundings?: (right: Surroundings) => Surroundings;
}

const ADAPTER = 'store/dynamodb-store';
const ENGINE_ERRORS = '../../local/dynamodb/engine/errors';
const pathOf = (module: string) => `../../handlers/${module}`;

/** Loads the runtime anew, with the change in it. */
export function brokenRuntime({ surroundings = (right) => right, ...change }: Change): Runtime {
  const { shippedRuntime } = loadedWith(change, '../../bin/simulator/shipped-runtime') as { shippedRuntime: Runtime };
  return { ...shippedRuntime, start: (right) => shippedRuntime.start(surroundings(right)) };
}

/** The DynamoDB adapter alone, with the change in it. */
export function brokenStores(change: Omit<Change, 'surroundings'>): Adapter {
  return (loadedWith(change, pathOf(ADAPTER)) as { DynamoDbStore: Adapter }).DynamoDbStore;
}

/** Of the adapter the claims alone. */
export function brokenStore(
  change: Pick<Change, 'module' | 'store' | 'send'>,
): new (
  options: DynamoDbClaimStoreOptions,
) => ClaimStore {
  const Stores = brokenStores(change);
  return class {
    constructor(options: DynamoDbClaimStoreOptions) {
      Object.assign(this, new Stores(options).claims);
    }
  } as new (
    options: DynamoDbClaimStoreOptions,
  ) => ClaimStore;
}

function loadedWith(change: Omit<Change, 'surroundings'>, path: string): unknown {
  const { module } = change;
  let loaded: unknown;
  jest.isolateModules(() => {
    // Nobody changes the SDK, and it takes long to load.
    jest.doMock('@aws-sdk/client-dynamodb', () => dynamodb);
    // The simulated store in memory knows an error of the simulation's database by its class.
    jest.doMock(ENGINE_ERRORS, () => errors);
    if (module) mock(module.path, module.change);
    mock(ADAPTER, (actual: never) => ({ DynamoDbStore: adapter(actual, change) }));
    loaded = require(path);
    for (const mocked of [module?.path, ADAPTER]) if (mocked !== undefined) jest.dontMock(pathOf(mocked));
    for (const shared of ['@aws-sdk/client-dynamodb', ENGINE_ERRORS]) jest.dontMock(shared);
  });
  return loaded;
}

function mock(path: string, change: (actual: never) => object): void {
  jest.doMock(pathOf(path), () => {
    const actual = jest.requireActual(pathOf(path));
    return { ...actual, ...change(actual as never) };
  });
}

type Adapter = new (options: DynamoDbStoreOptions) => Store;

function adapter({ DynamoDbStore: Actual }: { readonly DynamoDbStore: Adapter }, change: Change) {
  return class {
    constructor(options: DynamoDbStoreOptions) {
      const send = (command: Command) => {
        for (const statement of command.input.Statements ?? []) change.send?.(statement);
        const { TransactItems } = command.input;
        if (TransactItems && change.transact) command.input.TransactItems = change.transact(TransactItems);
        return options.client.send(command as never);
      };
      const client = { send } as unknown as DynamoDbStoreOptions['client'];
      const { table, claims, ledger, transactions, parking, redrives } = new Actual({
        ...options,
        ...change.settings,
        client,
      });
      const right: Store = {
        table,
        claims: {
          lookUp: (batch) => claims.lookUp(batch),
          claim: (batch) => claims.claim(batch),
          renew: (batch) => claims.renew(batch),
          complete: (batch) => claims.complete(batch),
          park: (batch) => claims.park(batch),
          fail: (batch) => claims.fail(batch),
          release: (batch) => claims.release(batch),
          suspect: (batch) => claims.suspect(batch),
          cutOff: (batch) => claims.cutOff(batch),
        },
        ledger: { claim: (batch) => ledger.claim(batch), mark: (batch) => ledger.mark(batch) },
        transactions: { commit: (request) => transactions.commit(request) },
        parking,
        redrives,
      };
      Object.assign(this, {
        table,
        claims: { ...right.claims, ...change.store?.(right.claims) },
        ledger: { ...right.ledger, ...change.ledger?.(right.ledger) },
        transactions: { ...right.transactions, ...change.transactions?.(right.transactions) },
        parking: change.parking ? { ...bound(parking), ...change.parking(parking) } : parking,
        redrives,
      });
    }
  };
}

function bound(parking: ParkingStore): ParkingStore {
  return {
    lookUp: (ids) => parking.lookUp(ids),
    park: (batch) => parking.park(batch),
    claim: (batch) => parking.claim(batch),
    renew: (batch) => parking.renew(batch),
    complete: (batch) => parking.complete(batch),
    fail: (batch) => parking.fail(batch),
    release: (batch) => parking.release(batch),
  };
}

/**
 * Replaces the condition of an update, which is told by its parts as `name = ?`; what is always there is the key, and a
 * part that was not there before has no parameter.
 */
export function setCondition(statement: CommandInput, change: (conjuncts: string[]) => readonly string[]): void {
  const [action = '', condition = ''] = statement.Statement.split(' WHERE ');
  const [where = '', returning] = condition.split(' RETURNING ');
  const values = [...statement.Parameters];
  const kept = values.splice(0, placeholders(action));
  const conjuncts = where.split(' AND ').map((raw) => ({
    raw,
    text: raw.replace(/^"(\w+)"\s*([=<>]*)\s*/, '$1 $2 '),
    values: values.splice(0, placeholders(raw)),
  }));
  const [key, ...rest] = conjuncts as [(typeof conjuncts)[number], ...typeof conjuncts];
  const changed = change(rest.map(({ text }) => text)).map(
    (text) => rest.find((one) => one.text === text) ?? { raw: text, text, values: [] },
  );
  const all = [key, ...changed];
  const tail = returning === undefined ? '' : ` RETURNING ${returning}`;
  statement.Statement = `${action} WHERE ${all.map(({ raw }) => raw).join(' AND ')}${tail}`;
  statement.Parameters = [...kept, ...all.flatMap((one) => one.values)];
}

const placeholders = (text: string) => text.split('?').length - 1;

/** What an update sets: the name of each attribute. */
export function setsOf({ Statement }: CommandInput): string[] {
  const [action = ''] = Statement.split(' WHERE ');
  return action.startsWith('UPDATE') ? [...action.matchAll(/"(\w+)"\s*=/g)].map(([, name = '']) => name) : [];
}
