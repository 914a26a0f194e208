import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Events, withoutTail } from '../../../bench/measure/events';
import { ServiceError, StubDatabase } from '../../../bench/stub/database';
import type { InvocationContext, KafkaEvent } from '../../../contract/event';
import { type Handler, json, processRecords } from '../../../handlers';
import { DynamoDbEngine } from '../../../local/dynamodb/engine/engine';
import { DynamoDbEngineError } from '../../../local/dynamodb/engine/errors';

interface Exchange {
  readonly operation: string;
  readonly stub: object;
  readonly engine: object;
}

/** Both databases get every request that the runtime sends; the engine answers. */
describe('the stub answers what the in-process engine answers', () => {
  let server: Server;
  let exchanges: Exchange[];
  let context: InvocationContext;
  const environment = { ...process.env };

  beforeEach(async () => {
    const [stub, engine] = [new StubDatabase(), new DynamoDbEngine({ memberItems: false })];
    for (const TableName of ['Idempotency', 'Effects']) {
      engine.execute('CreateTable', {
        TableName,
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
        BillingMode: 'PAY_PER_REQUEST',
      });
    }
    exchanges = [];
    const answer = async (incoming: IncomingMessage, outgoing: ServerResponse) => {
      const chunks: Buffer[] = [];
      for await (const chunk of incoming) chunks.push(chunk as Buffer);
      const input = JSON.parse(Buffer.concat(chunks).toString());
      const operation = String(incoming.headers['x-amz-target']).split('.')[1] ?? '';
      const ofStub = answerOf(stub, operation, input);
      const ofEngine = answerOf(engine, operation, input);
      exchanges.push({ operation, stub: comparable(ofStub), engine: comparable(ofEngine) });
      outgoing.writeHead('__type' in ofEngine ? 400 : 200, { 'content-type': 'application/x-amz-json-1.0' });
      outgoing.end(JSON.stringify(ofEngine));
    };
    server = createServer((incoming, outgoing) => void answer(incoming, outgoing));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    Object.assign(process.env, {
      MSK_ONCE_TABLE: 'Idempotency',
      MSK_ONCE_MAPPINGS: '{"bench":{"consumer":"bench","source":"cluster","generation":0}}',
      MSK_ONCE_REMEMBER_FOR_S: '86400',
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_ENDPOINT_URL_DYNAMODB: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    });
    context = {
      invokedFunctionArn: 'arn:aws:lambda:us-east-1:123456789012:function:bench:bench-partial',
      getRemainingTimeInMillis: () => 60_000,
    };
    jest.spyOn(console, 'info').mockImplementation();
    jest.spyOn(console, 'error').mockImplementation();
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    process.env = { ...environment };
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  const value = json();
  const idOf = (order: unknown) => (order as { id: string }).id;
  const put = (id: string) => ({
    Put: { TableName: 'Effects', Item: { id }, ConditionExpression: 'attribute_not_exists(id)' },
    onConditionFailed: 'done' as const,
  });
  const functions: [string, () => Handler][] = [
    ['ledger', () => processRecords({ value, process: fails })],
    ['identity', () => processRecords({ value, identity: (record) => idOf(record.value), process: fails })],
    [
      'transaction',
      () =>
        processRecords({
          value,
          identity: (record) => idOf(record.value),
          transaction: true,
          independent: true,
          process: (record) => {
            fails(record);
            return put(idOf(record.value));
          },
        }),
    ],
  ];

  test.each(functions)('%s: new records, redelivered ones, failures and another worker', async (_, make) => {
    const events = new Events('order');
    const event = events.next(60);

    await make()(withoutTail(event, 7), context);
    await make()(event, context);
    await make()(again(event), context);
    await make()(events.next(130), context);

    expect(exchanges.length).toBeGreaterThanOrEqual(8);
    for (const { operation, stub, engine } of exchanges)
      expect({ operation, ...stub }).toEqual({ operation, ...engine });
  });

  test('a transaction that is refused says which member it was', () => {
    const databases = [new StubDatabase(), new DynamoDbEngine()];
    databases[1]?.execute('CreateTable', {
      TableName: 'Effects',
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      BillingMode: 'PAY_PER_REQUEST',
    });
    const conditional = (id: string) => ({
      Put: {
        TableName: 'Effects',
        Item: { id: { S: id } },
        ConditionExpression: 'attribute_not_exists(id)',
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      },
    });

    const [stub, engine] = databases.map((database) =>
      [['a'], ['b', 'a', 'c'], ['b', 'c']].map((ids) =>
        comparable(answerOf(database, 'TransactWriteItems', { TransactItems: ids.map(conditional) })),
      ),
    );

    expect(stub).toEqual(engine);
    expect(JSON.stringify(stub)).toContain('ConditionalCheckFailed');
  });
});

/** One in ten never works. */
function fails({ offset }: { readonly offset: number }): void {
  if (offset % 10 === 3) throw new Error('not this one');
}

/** The same records with the same offsets. */
function again(event: KafkaEvent): KafkaEvent {
  return JSON.parse(JSON.stringify(event));
}

function answerOf(database: Pick<DynamoDbEngine, 'execute'> | StubDatabase, operation: string, input: object): object {
  try {
    return database.execute(operation, input);
  } catch (error) {
    if (error instanceof DynamoDbEngineError) return error.body;
    if (error instanceof ServiceError) {
      return { __type: `com.amazonaws.dynamodb.v20120810#${error.name}`, ...error.details };
    }
    // A request that nobody answers would be sent again and again.
    return { __type: String(error) };
  }
}

/** Without the texts: what a program reads of an answer. */
function comparable(answer: object): object {
  return sorted(
    JSON.parse(JSON.stringify(answer), (name, value) =>
      ['message', 'Message'].includes(name) || isEmptyUnprocessed(name, value) ? undefined : value,
    ),
  );
}

function isEmptyUnprocessed(name: string, value: unknown): boolean {
  return name.startsWith('Unprocessed') && Object.keys(value as object).length === 0;
}

/** The service gives the items of a BatchGetItem in no order. */
function sorted(answer: { Responses?: unknown }): object {
  const { Responses } = answer;
  if (Responses === undefined || Array.isArray(Responses)) return answer;
  const tables = Object.entries(Responses as Record<string, object[]>).map(
    ([table, items]) => [table, items.map((item) => JSON.stringify(Object.entries(item).sort())).sort()] as const,
  );
  return { ...answer, Responses: Object.fromEntries(tables) };
}
