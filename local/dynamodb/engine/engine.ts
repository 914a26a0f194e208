import { type EngineFaults, type EngineState, newState } from './engine-state';
import { DynamoDbEngineError } from './errors';
import { batchExecuteStatement } from './operations/batch-execute-statement';
import { batchGetItem } from './operations/batch-get-item';
import { batchWriteItem } from './operations/batch-write-item';
import { createTable } from './operations/create-table';
import { deleteItem } from './operations/delete-item';
import { deleteTable } from './operations/delete-table';
import { describeTable } from './operations/describe-table';
import { describeTimeToLive } from './operations/describe-time-to-live';
import { executeStatement } from './operations/execute-statement';
import { executeTransaction } from './operations/execute-transaction';
import { getItem } from './operations/get-item';
import { listTables } from './operations/list-tables';
import { putItem } from './operations/put-item';
import { query } from './operations/query';
import { scan } from './operations/scan';
import { transactGetItems } from './operations/transact-get-items';
import { transactWriteItems } from './operations/transact-write-items';
import { updateItem } from './operations/update-item';
import { updateTimeToLive } from './operations/update-time-to-live';

type Operation = (state: EngineState, input: object) => object;

const OPERATIONS: ReadonlyMap<string, Operation> = new Map(
  Object.entries({
    BatchExecuteStatement: batchExecuteStatement,
    BatchGetItem: batchGetItem,
    BatchWriteItem: batchWriteItem,
    CreateTable: createTable,
    DeleteItem: deleteItem,
    DeleteTable: deleteTable,
    DescribeTable: describeTable,
    DescribeTimeToLive: describeTimeToLive,
    ExecuteStatement: executeStatement,
    ExecuteTransaction: executeTransaction,
    GetItem: getItem,
    ListTables: listTables,
    PutItem: putItem,
    Query: query,
    Scan: scan,
    TransactGetItems: transactGetItems,
    TransactWriteItems: transactWriteItems,
    UpdateItem: updateItem,
    UpdateTimeToLive: updateTimeToLive,
  }),
);

export interface DynamoDbEngineOptions {
  /** Milliseconds since the epoch; only the ten minutes of a request token and the date of a table lean on it. */
  readonly clock?: { now(): number };
  readonly faults?: EngineFaults;
  /**
   * Whether a member of a BatchExecuteStatement that its condition refused brings its item when asked to. The API
   * Reference (BatchStatementError) says so and DynamoDB Local does; on the service it was seen missing
   * (paritysuite/dynamodb-conformance): nothing may lean on it. Default true.
   */
  readonly memberItems?: boolean;
}

/**
 * DynamoDB in this process, as far as the product and handlers at its side use it: operations, conditions, updates,
 * queries, indexes, transactions and PartiQL with the service's limits and errors. What it does not imitate it refuses
 * by name.
 *
 * Every read is consistent, also of a global index. A TTL deletes nothing: the service promises no moment either.
 * Capacity is not counted, and who asks for it is refused. Of a PartiQL statement it takes what is about one item.
 *
 * Everything happens at once and in the order of the calls: no timers, no threads, no randomness. An output shares its
 * items with the engine and must not be changed.
 */
export class DynamoDbEngine {
  readonly #state: EngineState;

  constructor({ clock = Date, faults = {}, memberItems = true }: DynamoDbEngineOptions = {}) {
    this.#state = newState({ now: () => clock.now(), faults, memberItems });
  }

  /** Throws a {@link DynamoDbEngineError} where the service answers an error. */
  execute(operation: string, input: object): object {
    const run = OPERATIONS.get(operation);
    if (run !== undefined) return run(this.#state, input);
    throw new DynamoDbEngineError(
      'UnknownOperationException',
      `The in-process DynamoDB engine does not imitate the operation ${operation}. It knows ${[...OPERATIONS.keys()].join(', ')}. Use DynamoDB Local for the rest (--dynamodb URL).`,
    );
  }
}
