import { DynamoDbEngine, type DynamoDbEngineOptions } from '../../../../local/dynamodb/engine/engine';
import { DynamoDbEngineError } from '../../../../local/dynamodb/engine/errors';

export const TABLE = 'Claims';
export const RANGE_TABLE = 'Ranges';

const ON_DEMAND = { BillingMode: 'PAY_PER_REQUEST' };

/** An engine with two tables: `Claims` with the key `id` (S), `Ranges` with `id` (S) and `r` (N). */
export function engineWithTables(options: DynamoDbEngineOptions = {}): TestEngine {
  const engine = new TestEngine(options);
  engine.run('CreateTable', {
    TableName: TABLE,
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    ...ON_DEMAND,
  });
  engine.run('CreateTable', {
    TableName: RANGE_TABLE,
    KeySchema: [
      { AttributeName: 'id', KeyType: 'HASH' },
      { AttributeName: 'r', KeyType: 'RANGE' },
    ],
    AttributeDefinitions: [
      { AttributeName: 'id', AttributeType: 'S' },
      { AttributeName: 'r', AttributeType: 'N' },
    ],
    ...ON_DEMAND,
  });
  return engine;
}

/** Outputs as a test reads them. */
// biome-ignore lint/suspicious/noExplicitAny: an output is compared, not computed with.
type Output = any;

export class TestEngine {
  readonly engine: DynamoDbEngine;

  constructor(options: DynamoDbEngineOptions = {}) {
    this.engine = new DynamoDbEngine(options);
  }

  run(operation: string, input: object): Output {
    return this.engine.execute(operation, input);
  }

  /** The error of an operation that must fail. */
  refusal(operation: string, input: object): DynamoDbEngineError {
    try {
      this.run(operation, input);
    } catch (error) {
      if (error instanceof DynamoDbEngineError) return error;
      throw error;
    }
    throw new Error(`${operation} succeeded: ${JSON.stringify(input)}`);
  }

  put(item: object, more: object = {}): Output {
    return this.run('PutItem', { TableName: TABLE, Item: item, ...more });
  }

  get(id: string): Output {
    return this.run('GetItem', { TableName: TABLE, Key: { id: { S: id } } }).Item;
  }
}
