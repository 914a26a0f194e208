import {
  BatchExecuteStatementCommand,
  BatchGetItemCommand,
  CreateTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { type SimulatedHandler, simulatedClient } from '../../../bin/simulator/simulated-client';
import { DynamoDbEngine } from '../../../local/dynamodb/engine/engine';
import {
  EngineRequestHandler,
  type SdkHandlerOptions,
  type SdkHttpRequest,
} from '../../../local/dynamodb/engine/engine-request-handler';

const TableName = 'Claims';
const Key = { id: { S: 'a' } };
const Item = {
  ...Key,
  n: { N: '9223372036854775807' },
  b: { B: new Uint8Array([0, 255]) },
  l: { L: [{ BOOL: true }, { NULL: true as const }, { M: { 日本: { SS: ['ä'] } } }] },
};
const put = {
  TableName,
  Item: { ...Key, n: { N: '1' } },
  ConditionExpression: 'attribute_not_exists(id)',
  ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const,
};
const Statement = `INSERT INTO "${TableName}" VALUE {'id': ?}`;

/** Successes, refusals with their members, and errors of every kind of body. */
const COMMANDS = () => [
  new CreateTableCommand({
    TableName,
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    BillingMode: 'PAY_PER_REQUEST',
  }),
  new DescribeTableCommand({ TableName }),
  new PutItemCommand({ TableName, Item }),
  new GetItemCommand({ TableName, Key, ConsistentRead: true }),
  new GetItemCommand({ TableName, Key: { id: { S: 'nobody' } } }),
  new PutItemCommand(put),
  new TransactWriteItemsCommand({ TransactItems: [{ Put: put }], ClientRequestToken: 'token' }),
  new UpdateItemCommand({
    TableName,
    Key,
    UpdateExpression: 'SET n = n - :one REMOVE b',
    ExpressionAttributeValues: { ':one': { N: '1' } },
    ReturnValues: 'ALL_NEW',
  }),
  new BatchExecuteStatementCommand({ Statements: ['a', 'b'].map((id) => ({ Statement, Parameters: [{ S: id }] })) }),
  new BatchGetItemCommand({ RequestItems: { [TableName]: { Keys: [Key, { id: { S: 'b' } }] } } }),
  new GetItemCommand({ TableName: 'nowhere', Key }),
  new GetItemCommand({ TableName, Key: {} }),
];

class Watched implements SimulatedHandler {
  readonly metadata = { handlerProtocol: 'http/1.1' };
  readonly requests: { readonly target: string | undefined; readonly body: string }[] = [];
  readonly #engine = new EngineRequestHandler(new DynamoDbEngine({ clock: { now: () => 1_790_000_000_000 } }));

  handle(request: SdkHttpRequest, options?: SdkHandlerOptions) {
    const target = Object.entries(request.headers).find(([name]) => name.toLowerCase() === 'x-amz-target')?.[1];
    this.requests.push({ target, body: new TextDecoder().decode(request.body as Uint8Array) });
    return this.#engine.handle(request, options);
  }
}

async function talk(client: DynamoDBClient): Promise<unknown[]> {
  const answers: unknown[] = [];
  for (const command of COMMANDS()) {
    answers.push(
      await client.send(command as GetItemCommand).then(
        ({ $metadata, ...output }) => ({ ...output, status: $metadata.httpStatusCode }),
        ({ $metadata, ...error }: { $metadata: { httpStatusCode: number } } & Error) => {
          return { error: { ...error }, name: error.name, status: $metadata.httpStatusCode };
        },
      ),
    );
  }
  return answers;
}

test('it sends what the untouched client sends, and gives what that one gives', async () => {
  const [untouched, simulated] = [new Watched(), new Watched()];
  const client = new DynamoDBClient({
    region: 'eu-west-1',
    endpoint: 'http://engine',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
    requestHandler: untouched as never,
  });

  const expected = await talk(client);
  const answers = await talk(simulatedClient(simulated));

  expect(simulated.requests).toEqual(untouched.requests);
  expect(answers).toEqual(expected);
  expect(answers).toContainEqual(expect.objectContaining({ name: 'TransactionCanceledException' }));
  expect(answers).toContainEqual(expect.objectContaining({ Item }));
});

test('an error is one of the SDK, with its message and its members', async () => {
  const client = simulatedClient(new Watched());
  const [create] = COMMANDS();
  await client.send(create as CreateTableCommand);
  await client.send(new PutItemCommand(put));

  const refused = client.send(new PutItemCommand(put));

  await expect(refused).rejects.toBeInstanceOf(Error);
  await expect(refused).rejects.toMatchObject({
    name: 'ConditionalCheckFailedException',
    message: 'The conditional request failed',
    $fault: 'client',
    Item: { ...Key, n: { N: '1' } },
  });
});

test('the handler is given the abort signal of a call', async () => {
  const aborted = AbortSignal.abort();

  const call = simulatedClient(new Watched()).send(new DescribeTableCommand({ TableName }), { abortSignal: aborted });

  await expect(call).rejects.toMatchObject({ name: 'AbortError' });
});

test('what the handler throws is what the caller gets: a request without an answer', async () => {
  const lost = new Error('socket hang up');
  const client = simulatedClient({ handle: () => Promise.reject(lost) });

  await expect(client.send(new DescribeTableCommand({ TableName }))).rejects.toBe(lost);
});
