import {
  BatchExecuteStatementCommand,
  CreateTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  type DynamoDBClientConfig,
  GetItemCommand,
  PutItemCommand,
  TransactWriteItemsCommand,
  UpdateTableCommand,
} from '@aws-sdk/client-dynamodb';
import { DynamoDbEngine } from '../../../../local/dynamodb/engine/engine';
import { startEngineServer } from '../../../../local/dynamodb/engine/engine-http';
import { EngineRequestHandler } from '../../../../local/dynamodb/engine/engine-request-handler';

interface Door {
  readonly config: DynamoDBClientConfig;
  close(): Promise<void>;
}

const DOORS: readonly [string, (engine: DynamoDbEngine) => Promise<Door>][] = [
  [
    'HTTP',
    async (engine) => {
      const server = await startEngineServer(engine);
      return { config: { endpoint: server.endpoint }, close: () => server.close() };
    },
  ],
  [
    'a request handler',
    async (engine) => ({
      config: { endpoint: 'http://engine', requestHandler: new EngineRequestHandler(engine) },
      close: async () => {},
    }),
  ],
];

describe.each(DOORS)("the SDK's own client through %s", (_name, open) => {
  const TableName = 'Claims';
  const Key = { id: { S: 'a' } };
  let client: DynamoDBClient;
  let door: Door;

  beforeEach(async () => {
    door = await open(new DynamoDbEngine());
    client = new DynamoDBClient({
      region: 'eu-west-1',
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
      maxAttempts: 1,
      ...door.config,
    });
    await client.send(
      new CreateTableCommand({
        TableName,
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
        BillingMode: 'PAY_PER_REQUEST',
      }),
    );
  });

  afterEach(async () => {
    client.destroy();
    await door.close();
  });

  test('reads and writes every type', async () => {
    const Item = {
      ...Key,
      n: { N: '9223372036854775807' },
      b: { B: new Uint8Array([0, 255]) },
      l: { L: [{ BOOL: true }, { NULL: true as const }] },
      m: { M: { 日本: { SS: ['a'] } } },
      bs: { BS: [new Uint8Array([1])] },
    };
    await client.send(new PutItemCommand({ TableName, Item }));
    const { Item: read } = await client.send(new GetItemCommand({ TableName, Key, ConsistentRead: true }));
    expect(read).toEqual(Item);
    const { Table } = await client.send(new DescribeTableCommand({ TableName }));
    expect(Table?.CreationDateTime).toBeInstanceOf(Date);
  });

  test('gets the errors with their fields', async () => {
    await client.send(new PutItemCommand({ TableName, Item: Key }));
    const put = {
      TableName,
      Item: Key,
      ConditionExpression: 'attribute_not_exists(id)',
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    } as const;
    await expect(client.send(new PutItemCommand(put))).rejects.toMatchObject({
      name: 'ConditionalCheckFailedException',
      message: 'The conditional request failed',
      Item: Key,
      $metadata: { httpStatusCode: 400 },
    });
    await expect(client.send(new TransactWriteItemsCommand({ TransactItems: [{ Put: put }] }))).rejects.toMatchObject({
      name: 'TransactionCanceledException',
      message: expect.stringContaining('[ConditionalCheckFailed]'),
      CancellationReasons: [{ Code: 'ConditionalCheckFailed', Item: Key }],
    });
    await expect(client.send(new GetItemCommand({ TableName: 'nowhere', Key }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
    await expect(client.send(new GetItemCommand({ TableName, Key: {} }))).rejects.toMatchObject({
      name: 'ValidationException',
      message: 'The provided key element does not match the schema',
    });
    await expect(client.send(new UpdateTableCommand({ TableName }))).rejects.toMatchObject({
      name: 'UnknownOperationException',
    });
  });

  test('gets the errors of the members of a batch', async () => {
    const insert = { Statement: `INSERT INTO "${TableName}" VALUE {'id': ?}`, Parameters: [{ S: 'a' }] };
    const send = () => client.send(new BatchExecuteStatementCommand({ Statements: [insert] }));
    expect((await send()).Responses).toEqual([{ TableName }]);
    expect((await send()).Responses).toMatchObject([{ TableName, Error: { Code: 'DuplicateItem' } }]);
  });
});

test('the request handler needs no turn of the event loop, and gives up with the caller', async () => {
  const engine = new DynamoDbEngine();
  const request = { headers: { 'X-Amz-Target': 'DynamoDB_20120810.ListTables' }, body: '{}' };
  const handler = new EngineRequestHandler(engine);
  let turned = false;
  setImmediate(() => {
    turned = true;
  });
  const { response } = await handler.handle(request);
  expect(turned).toBe(false);
  expect(Buffer.from(response.body).toString()).toBe('{"TableNames":[]}');
  await expect(handler.handle(request, { abortSignal: { aborted: true } })).rejects.toMatchObject({
    name: 'AbortError',
  });
});

test('a malformed request is an error of the service, not of the process', async () => {
  const { endpoint, close } = await startEngineServer(new DynamoDbEngine());
  const post = async (target: string, body: string) => {
    const response = await fetch(endpoint, { method: 'POST', headers: { 'x-amz-target': target }, body });
    return [response.status, ((await response.json()) as { __type: string }).__type];
  };
  expect(await post('DynamoDB_20120810.ListTables', 'x')).toEqual([
    400,
    'com.amazonaws.dynamodb.v20120810#SerializationException',
  ]);
  expect(await post('Kinesis.ListTables', '{}')).toEqual([
    400,
    'com.amazonaws.dynamodb.v20120810#UnknownOperationException',
  ]);
  expect(await post('DynamoDB_20120810.PutItem', '{"TableName": 5}')).toEqual([
    400,
    'com.amazon.coral.validate#ValidationException',
  ]);
  await close();
});

test('a bug of the engine is an error of the server that says so, not a lost connection', async () => {
  const { endpoint, close } = await startEngineServer({
    execute() {
      throw new TypeError('x is not a function');
    },
  });
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: { 'x-amz-target': 'DynamoDB_20120810.ListTables' },
    body: '{}',
  });
  expect(response.status).toBe(500);
  expect(await response.json()).toMatchObject({
    __type: expect.stringContaining('#InternalServerError'),
    message: expect.stringMatching(/bug of the in-process DynamoDB engine.*x is not a function/s),
  });
  await close();
});

test('an answer is the same for the same calls: nothing depends on time or chance', () => {
  const run = () => {
    const engine = new DynamoDbEngine({ clock: { now: () => 0 } });
    engine.execute('CreateTable', {
      TableName: 'Claims',
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      BillingMode: 'PAY_PER_REQUEST',
    });
    for (const id of ['c', 'a', 'b']) engine.execute('PutItem', { TableName: 'Claims', Item: { id: { S: id } } });
    return JSON.stringify([
      engine.execute('Scan', { TableName: 'Claims' }),
      engine.execute('DescribeTable', { TableName: 'Claims' }),
    ]);
  };
  expect(run()).toBe(run());
});
