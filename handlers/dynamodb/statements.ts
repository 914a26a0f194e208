import {
  type AttributeValue,
  BatchExecuteStatementCommand,
  BatchGetItemCommand,
  type BatchStatementResponse,
  type DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import { KEY_ATTRIBUTE } from '../../contract/idempotency-table';
import type { Unknown } from '../store/unknown';
import { Gate } from './gate';
import type { Item } from './item';
import { memberError, unknownOf } from './unknown-of';

export { unknownOf } from './unknown-of';

export interface Statement {
  readonly Statement: string;
  /** At least one: the service refuses an empty list. */
  readonly Parameters: AttributeValue[];
}

export type StatementAnswer =
  /** With the item where the statement has a RETURNING clause. */
  | { readonly kind: 'done'; readonly item: Item | undefined }
  | { readonly kind: 'refused'; readonly code: 'ConditionalCheckFailed' | 'DuplicateItem' }
  | Unknown;

export interface StatementsOptions {
  readonly client: Pick<DynamoDBClient, 'send'>;
  readonly table: string;
}

/** Limits of the service. Source: API Reference, BatchExecuteStatement and BatchGetItem. */
const STATEMENTS = 25;
const KEYS = 100;
/** Requests at once, as many as the client has sockets: one that waits for a socket uses up its time-out. */
const IN_FLIGHT = 50;

/** One for all: a `done` without an item is the answer to nearly every statement. */
const DONE: StatementAnswer = { kind: 'done', item: undefined };
const CONDITION_FAILED: StatementAnswer = { kind: 'refused', code: 'ConditionalCheckFailed' };
const DUPLICATE: StatementAnswer = { kind: 'refused', code: 'DuplicateItem' };

/**
 * PartiQL statements and reads by key on one table, in the largest requests that the service takes, side by side.
 *
 * Nothing rejects. A member's own error is that member's alone; a whole request that fails leaves each of its members
 * unknown for the same reason. A key may stand only once in a call of `write`: twice in one request, the service
 * refuses all of it.
 */
export class Statements {
  readonly #options: StatementsOptions;
  readonly #gate = new Gate(IN_FLIGHT);

  constructor(options: StatementsOptions) {
    this.#options = options;
  }

  /** INSERT, UPDATE and DELETE. Answers in the order of the statements. */
  async write(statements: readonly Statement[]): Promise<StatementAnswer[]> {
    const answers: StatementAnswer[] = new Array(statements.length);
    await Promise.all(
      starts(statements.length, STATEMENTS).map((start) =>
        this.#gate.run(() => this.#execute(statements, start, answers)),
      ),
    );
    return answers;
  }

  /**
   * Items by key, read consistently, in the order of the ids. A key that came back unprocessed is unknown, not absent.
   *
   * @param attributes Names of the attributes to read; all of them where left out.
   */
  async read(ids: readonly string[], attributes?: readonly string[]): Promise<(Item | undefined | Unknown)[]> {
    const found = new Map<string, Item | Unknown>();
    const unique = [...new Set(ids)];
    const projection = attributes && projected(attributes);
    await Promise.all(
      starts(unique.length, KEYS).map((start) =>
        this.#gate.run(() => this.#get(unique.slice(start, start + KEYS), projection, found)),
      ),
    );
    return ids.map((id) => found.get(id));
  }

  /** Rejects never; fills in the answers from `start` on. */
  async #execute(statements: readonly Statement[], start: number, answers: StatementAnswer[]): Promise<void> {
    const Statements = statements.slice(start, start + STATEMENTS);
    let responses: BatchStatementResponse[] | undefined;
    let failure: Unknown | undefined;
    try {
      ({ Responses: responses } = await this.#options.client.send(new BatchExecuteStatementCommand({ Statements })));
    } catch (error) {
      failure = unknownOf(error, this.#options.table);
    }
    for (let index = 0; index < Statements.length; index += 1) {
      answers[start + index] = failure ?? this.#answerOf(responses?.[index]);
    }
  }

  #answerOf(response: BatchStatementResponse | undefined): StatementAnswer {
    if (response === undefined) return unknownOf(memberError('MissingResponse', 'The answer has no such member'));
    const { Error: error, Item } = response;
    if (error === undefined) return Item === undefined ? DONE : { kind: 'done', item: Item };
    if (error.Code === 'ConditionalCheckFailed') return CONDITION_FAILED;
    if (error.Code === 'DuplicateItem') return DUPLICATE;
    return unknownOf(memberError(error.Code, error.Message), this.#options.table);
  }

  async #get(ids: string[], projection: Projection | undefined, found: Map<string, Item | Unknown>): Promise<void> {
    const { client, table } = this.#options;
    const Keys = ids.map((id) => ({ [KEY_ATTRIBUTE]: { S: id } }));
    try {
      const { Responses, UnprocessedKeys } = await client.send(
        new BatchGetItemCommand({ RequestItems: { [table]: { Keys, ConsistentRead: true, ...projection } } }),
      );
      for (const item of Responses?.[table] ?? []) found.set(item[KEY_ATTRIBUTE]?.S as string, item);
      for (const key of UnprocessedKeys?.[table]?.Keys ?? []) found.set(key[KEY_ATTRIBUTE]?.S as string, UNPROCESSED);
    } catch (error) {
      const failure = unknownOf(error, table);
      for (const id of ids) found.set(id, failure);
    }
  }
}

const UNPROCESSED: Unknown = {
  kind: 'unknown',
  reason: 'throttled',
  error: memberError('UnprocessedKeys', 'The table has no capacity left for this key'),
};

interface Projection {
  readonly ProjectionExpression: string;
  readonly ExpressionAttributeNames: Record<string, string>;
}

/** By alias, since many names are reserved words. The key is always there: the answers are told apart by it. */
function projected(attributes: readonly string[]): Projection {
  const names = [...new Set([KEY_ATTRIBUTE, ...attributes])];
  return {
    ProjectionExpression: names.map((_, index) => `#${index}`).join(', '),
    ExpressionAttributeNames: Object.fromEntries(names.map((name, index) => [`#${index}`, name])),
  };
}

function starts(length: number, size: number): number[] {
  return Array.from({ length: Math.ceil(length / size) }, (_, index) => index * size);
}
