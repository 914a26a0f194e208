import { readUnits, refusedWriteUnits, transactionalWriteUnits, writeUnits } from './capacity';
import type { Bindings } from './expressions';
import { changesOf, conditionOf, type Statement, statementOf } from './statements';
import { Table } from './table';
import { NotInStub } from './tokens';
import type { Item, Value } from './value';
import { deleting, putting, updating, type Write } from './write';

/** What was asked for since the last reset, and what it costs. */
export interface Counts {
  readonly requests: number;
  readonly operations: Readonly<Record<string, number>>;
  readonly writeUnits: number;
  readonly readUnits: number;
  /** Writes whose condition failed. */
  readonly refused: number;
}

/** An error of the service, by its name for it. */
export class ServiceError extends Error {
  constructor(
    override readonly name: string,
    message: string,
    readonly details: object = {},
  ) {
    super(message);
  }
}

// biome-ignore lint/suspicious/noExplicitAny: requests of the JSON protocol, written by the SDK that is measured
type Input = any;

const MAXIMUM = { BatchExecuteStatement: 25, BatchGetItem: 100, TransactWriteItems: 100, BatchWriteItem: 25 } as const;

/**
 * The operations of DynamoDB that the benchmarks need, on items in memory, at a few microseconds an item: the server
 * must not be what is measured. Every table exists, with the key `id`. What it does not know it refuses.
 */
export class StubDatabase {
  readonly #tables = new Map<string, Table>();
  readonly #requestTokens = new Set<string>();
  #operations: Record<string, number> = {};
  #requests = 0;
  #writeUnits = 0;
  #readUnits = 0;
  #refused = 0;

  get counts(): Counts {
    return {
      requests: this.#requests,
      operations: this.#operations,
      writeUnits: this.#writeUnits,
      readUnits: this.#readUnits,
      refused: this.#refused,
    };
  }

  resetCounts(): void {
    this.#operations = {};
    this.#requests = 0;
    this.#writeUnits = 0;
    this.#readUnits = 0;
    this.#refused = 0;
  }

  /** As new. */
  clear(): void {
    this.#tables.clear();
    this.#requestTokens.clear();
    this.resetCounts();
  }

  execute(operation: string, input: Input): object {
    this.#requests += 1;
    this.#operations[operation] = (this.#operations[operation] ?? 0) + 1;
    switch (operation) {
      case 'PutItem':
        return this.#single(this.#put(input), input);
      case 'UpdateItem':
        return this.#single(this.#update(input), input);
      case 'DeleteItem':
        return this.#single(this.#delete(input), input);
      case 'GetItem': {
        const item = this.#read(input.TableName, input.Key.id.S, input.ConsistentRead === true);
        return item === undefined ? {} : { Item: item };
      }
      case 'BatchGetItem':
        return this.#batchGet(input);
      case 'BatchWriteItem':
        return this.#batchWrite(input);
      case 'BatchExecuteStatement':
        return this.#batchExecute(input);
      case 'TransactWriteItems':
        return this.#transact(input);
      default:
        throw new ServiceError('UnknownOperationException', `The stub does not know ${operation}`);
    }
  }

  #table(name: string): Table {
    const found = this.#tables.get(name);
    if (found !== undefined) return found;
    const table = new Table();
    this.#tables.set(name, table);
    return table;
  }

  #read(table: string, id: string, consistent: boolean): Item | undefined {
    this.#readUnits += readUnits(this.#table(table).bytes(id), consistent);
    return this.#table(table).get(id);
  }

  /** Whether the write may take place. */
  #allows({ table, id, condition, bindings, needsItem, refusal }: Write): boolean {
    const item = this.#table(table).get(id);
    if (refusal === 'DuplicateItem') return item === undefined;
    if (needsItem && item === undefined) return false;
    return condition === undefined || condition(item ?? {}, bindings);
  }

  /** Gives the item as it is now and the bytes before and after. */
  #store({ table: name, id, effect }: Write): { item: Item | undefined; before: number; after: number } {
    const table = this.#table(name);
    const before = table.bytes(id);
    if (effect === undefined) return { item: table.get(id), before, after: before };
    const item = effect(table.get(id) ?? {});
    if (item === undefined) table.delete(id);
    return { item, before, after: item === undefined ? 0 : table.put(id, item) };
  }

  #refuse({ table, id }: Write): Item | undefined {
    this.#refused += 1;
    this.#writeUnits += refusedWriteUnits(this.#table(table).bytes(id));
    return this.#table(table).get(id);
  }

  #single(write: Write, input: Input): object {
    if (!this.#allows(write)) {
      const item = this.#refuse(write);
      const isAsked = input.ReturnValuesOnConditionCheckFailure === 'ALL_OLD' && item !== undefined;
      throw new ServiceError('ConditionalCheckFailedException', 'The conditional request failed', {
        ...(isAsked && { Item: item }),
      });
    }
    const { item, before, after } = this.#store(write);
    this.#writeUnits += writeUnits(before, after);
    return input.ReturnValues === 'ALL_NEW' ? { Attributes: item } : {};
  }

  #batchExecute({ Statements }: Input): object {
    requireAtMost('BatchExecuteStatement', Statements.length);
    const writes: { write: Write; returnsNew: boolean }[] = Statements.map((member: Input) => this.#statement(member));
    requireSeparate(writes.map(({ write }) => write));
    const Responses = writes.map(({ write, returnsNew }) => {
      const { table: TableName, refusal } = write;
      if (!this.#allows(write)) {
        this.#refuse(write);
        const Message = refusal === 'DuplicateItem' ? 'Duplicate primary key exists in table' : REFUSED;
        return { TableName, Error: { Code: refusal, Message } };
      }
      const { item, before, after } = this.#store(write);
      this.#writeUnits += writeUnits(before, after);
      return returnsNew ? { TableName, Item: item } : { TableName };
    });
    return { Responses };
  }

  #statement({ Statement: text, Parameters: values = [] }: Input): { write: Write; returnsNew: boolean } {
    const statement: Statement = statementOf(text);
    const bindings: Bindings = { values, names: {} };
    const { table } = statement;
    if (statement.kind === 'insert') {
      const item: Record<string, Value> = {};
      for (const [name, operand] of statement.members) item[name] = operand(item, bindings) as Value;
      const id = (item.id as Value).S as string;
      const shared = { table, id, bindings, condition: undefined, needsItem: false } as const;
      return { write: { ...shared, refusal: 'DuplicateItem', effect: putting(item) }, returnsNew: false };
    }
    const id = (statement.key({}, bindings) as Value).S as string;
    const { condition } = statement;
    const shared = { table, id, bindings, refusal: 'ConditionalCheckFailed' } as const;
    // A DELETE of what does not exist succeeds, whatever its condition says.
    if (statement.kind === 'delete') {
      const isAbsent = this.#table(table).get(id) === undefined;
      const write = { ...shared, condition: isAbsent ? undefined : condition, needsItem: false, effect: deleting };
      return { write, returnsNew: false };
    }
    const effect = updating(statement.changes, bindings, id);
    return { write: { ...shared, condition, needsItem: true, effect }, returnsNew: statement.returnsNew };
  }

  #batchGet({ RequestItems }: Input): object {
    const Responses: Record<string, Item[]> = {};
    for (const [
      table,
      { Keys, ConsistentRead, ProjectionExpression, ExpressionAttributeNames: names },
    ] of Object.entries<Input>(RequestItems)) {
      requireAtMost('BatchGetItem', Keys.length);
      const attributes = (ProjectionExpression as string | undefined)
        ?.split(/\s*,\s*/)
        .map((name) => names?.[name] ?? name);
      Responses[table] = Keys.flatMap((key: Input) => {
        const item = this.#read(table, key.id.S, ConsistentRead === true);
        if (item === undefined) return [];
        return [attributes === undefined ? item : projected(item, attributes)];
      });
    }
    return { Responses, UnprocessedKeys: {} };
  }

  #batchWrite({ RequestItems }: Input): object {
    for (const [table, requests] of Object.entries<Input>(RequestItems)) {
      requireAtMost('BatchWriteItem', requests.length);
      for (const { PutRequest } of requests) {
        if (PutRequest === undefined) throw new NotInStub('a DeleteRequest of BatchWriteItem');
        const { before, after } = this.#store(this.#put({ TableName: table, Item: PutRequest.Item }));
        this.#writeUnits += writeUnits(before, after);
      }
    }
    return { UnprocessedItems: {} };
  }

  #transact({ TransactItems, ClientRequestToken }: Input): object {
    requireAtMost('TransactWriteItems', TransactItems.length);
    if (ClientRequestToken !== undefined && this.#requestTokens.has(ClientRequestToken)) return {};
    const members = TransactItems.map((member: Input) => {
      const { Put, Update, Delete, ConditionCheck } = member;
      const input = Put ?? Update ?? Delete ?? ConditionCheck;
      if (Put) return { input, write: this.#put(Put) };
      if (Update) return { input, write: this.#update(Update) };
      if (Delete) return { input, write: this.#delete(Delete) };
      return { input, write: this.#check(ConditionCheck) };
    }) as { input: Input; write: Write }[];
    requireSeparate(members.map(({ write }) => write));
    const allowed = members.map(({ write }) => this.#allows(write));
    if (allowed.includes(false)) throw this.#cancelled(members, allowed);
    for (const { write } of members) {
      const { before, after } = this.#store(write);
      this.#writeUnits += transactionalWriteUnits(before, after);
    }
    if (ClientRequestToken !== undefined) this.#requestTokens.add(ClientRequestToken);
    return {};
  }

  #cancelled(members: readonly { input: Input; write: Write }[], allowed: readonly boolean[]): ServiceError {
    const reasons = members.map(({ input, write }, index) => {
      const bytes = this.#table(write.table).bytes(write.id);
      this.#writeUnits += transactionalWriteUnits(bytes, 0);
      if (allowed[index]) return { Code: 'None' };
      this.#refused += 1;
      const item = this.#table(write.table).get(write.id);
      const isAsked = input.ReturnValuesOnConditionCheckFailure === 'ALL_OLD' && item !== undefined;
      return { Code: 'ConditionalCheckFailed', Message: REFUSED, ...(isAsked && { Item: item }) };
    });
    const codes = reasons.map(({ Code }) => Code).join(', ');
    return new ServiceError(
      'TransactionCanceledException',
      `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes}]`,
      { CancellationReasons: reasons },
    );
  }

  #put(input: Input): Write {
    return { ...shared(input, input.Item.id.S), effect: putting(input.Item) };
  }

  #update(input: Input): Write {
    const write = shared(input, input.Key.id.S);
    return { ...write, effect: updating(changesOf(input.UpdateExpression), write.bindings, write.id) };
  }

  #delete(input: Input): Write {
    return { ...shared(input, input.Key.id.S), effect: deleting };
  }

  #check(input: Input): Write {
    return { ...shared(input, input.Key.id.S), effect: undefined };
  }
}

const REFUSED = 'The conditional request failed';

function shared(input: Input, id: string): Omit<Write, 'effect'> {
  return {
    table: input.TableName,
    id,
    bindings: { values: input.ExpressionAttributeValues ?? {}, names: input.ExpressionAttributeNames ?? {} },
    condition: input.ConditionExpression === undefined ? undefined : conditionOf(input.ConditionExpression),
    refusal: 'ConditionalCheckFailed',
    needsItem: false,
  };
}

function projected(item: Item, attributes: readonly string[]): Item {
  const part: Record<string, Value> = {};
  for (const name of attributes) {
    const value = item[name];
    if (value !== undefined) part[name] = value;
  }
  return part;
}

function requireAtMost(operation: keyof typeof MAXIMUM, members: number): void {
  if (members <= MAXIMUM[operation] && members > 0) return;
  throw new ServiceError(
    'ValidationException',
    `${operation} takes 1 to ${MAXIMUM[operation]} members, not ${members}`,
  );
}

/** As the service does: one key twice fails the whole request. */
function requireSeparate(writes: readonly Write[]): void {
  const keys = new Set(writes.map(({ table, id }) => `${table}/${id}`));
  if (keys.size < writes.length) {
    throw new ServiceError('ValidationException', 'Two members of the request are about one item');
  }
}
