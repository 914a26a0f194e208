/**
 * The refusals as the SDK's own client reads them, with a database behind that carries out what was not refused. Names,
 * reasons and members are those of the service's API Reference.
 */
import {
  BatchExecuteStatementCommand,
  BatchGetItemCommand,
  BatchWriteItemCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  ScanCommand,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { startEngineServer } from '../../../local/dynamodb/engine/engine-http';
import { Recorder } from '../../../local/dynamodb/recorder';
import { FaultInjector } from '../../../local/faults/fault-injector';
import { parseFault } from '../../../local/faults/fault-text';
import { engineWithTables, TABLE } from '../dynamodb/engine/fixture';

const closing: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function clientWith(...faults: string[]) {
  const server = await startEngineServer(engineWithTables().engine);
  closing.push(() => server.close());
  const backstage = { worker: () => undefined };
  const injector = new FaultInjector({ faults: faults.map(parseFault), backstage, seed: 1 });
  const recorder = new Recorder(server.endpoint, injector);
  closing.push(() => recorder.close());
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const region = 'us-east-1';
  const open = (endpoint: string) => {
    const client = new DynamoDBClient({ endpoint, region, credentials, maxAttempts: 1 });
    closing.push(() => client.destroy());
    return client;
  };
  const direct = open(server.endpoint);
  const ids = async () => {
    const { Items = [] } = await direct.send(new ScanCommand({ TableName: TABLE, ConsistentRead: true }));
    return Items.map(({ id }) => id?.S ?? '').sort();
  };
  return { client: open(await recorder.endpointFor('w')), injector, ids };
}

const put = (id: string) => ({ TableName: TABLE, Item: { id: { S: id } } });
const insert = (id: string) => ({ Statement: `INSERT INTO "${TABLE}" VALUE {'id': ?}`, Parameters: [{ S: id }] });
const IDS = ['a', 'b', 'c', 'd', 'e'];

test.each([
  ['throttle@1', 'ThrottlingException', 400],
  ['throttle@1,error=ThrottlingException', 'ThrottlingException', 400],
  ['throttle@1,error=ProvisionedThroughputExceeded', 'ProvisionedThroughputExceededException', 400],
  ['throttle@1,error=ProvisionedThroughputExceededException', 'ProvisionedThroughputExceededException', 400],
  ['throttle@1,error=RequestLimitExceeded', 'RequestLimitExceeded', 400],
  ['throttle@1,error=TransactionConflict', 'TransactionConflictException', 400],
  ['throttle@1,error=InternalServerError', 'InternalServerError', 500],
  ['throttle@1,error=ServiceUnavailable', 'ServiceUnavailable', 503],
  ['database-down@1,how=500', 'InternalServerError', 500],
  ['database-down@1,how=503', 'ServiceUnavailable', 503],
])('%s: one item is refused as %s', async (fault, name, httpStatusCode) => {
  const { client, ids } = await clientWith(fault);

  const refusal = client.send(new PutItemCommand(put('a')));

  await expect(refusal).rejects.toMatchObject({ name, $metadata: { httpStatusCode } });
  await expect(refusal).rejects.toThrow(/\w{5}/);
  expect(await ids()).toEqual([]);
});

describe('a batch of statements', () => {
  test('is refused in part: the other members are done, and each answer stands at its place', async () => {
    const { client, ids } = await clientWith('throttle@1,members=2');

    const { Responses = [] } = await client.send(new BatchExecuteStatementCommand({ Statements: IDS.map(insert) }));

    const refused = IDS.filter((_, place) => Responses[place]?.Error !== undefined);
    expect(Responses).toHaveLength(5);
    expect(refused).toHaveLength(2);
    expect(await ids()).toEqual(IDS.filter((id) => !refused.includes(id)));
    for (const { Error: error } of Responses) expect([undefined, 'ThrottlingError']).toContain(error?.Code);
  });

  test('keeps what the database said of the others', async () => {
    const { client } = await clientWith('throttle@2,members=1');
    await client.send(new BatchExecuteStatementCommand({ Statements: IDS.map(insert) }));

    const { Responses = [] } = await client.send(new BatchExecuteStatementCommand({ Statements: IDS.map(insert) }));

    const codes = Responses.map(({ Error: error }) => error?.Code);
    expect(codes.sort()).toEqual([
      'DuplicateItem',
      'DuplicateItem',
      'DuplicateItem',
      'DuplicateItem',
      'ThrottlingError',
    ]);
  });

  test('of one member is answered here', async () => {
    const { client, ids } = await clientWith('throttle@1,error=ProvisionedThroughputExceeded');

    const { Responses } = await client.send(new BatchExecuteStatementCommand({ Statements: [insert('a')] }));

    expect(Responses).toMatchObject([{ Error: { Code: 'ProvisionedThroughputExceeded' } }]);
    expect(await ids()).toEqual([]);
  });

  test('has no error of provisioned throughput as a whole', async () => {
    const { client } = await clientWith('throttle@1,error=ProvisionedThroughputExceededException');

    const refusal = client.send(new BatchExecuteStatementCommand({ Statements: IDS.map(insert) }));

    await expect(refusal).rejects.toMatchObject({ name: 'ThrottlingException' });
  });
});

describe('a batch of reads or writes', () => {
  test('leaves keys unprocessed, with everything that is needed to ask for them again', async () => {
    const { client } = await clientWith('throttle@2,members=3');
    await client.send(
      new BatchWriteItemCommand({ RequestItems: { [TABLE]: IDS.map((id) => ({ PutRequest: put(id) })) } }),
    );
    const Keys = IDS.map((id) => ({ id: { S: id } }));
    const first = await client.send(
      new BatchGetItemCommand({ RequestItems: { [TABLE]: { Keys, ConsistentRead: true } } }),
    );

    const again = await client.send(new BatchGetItemCommand({ RequestItems: first.UnprocessedKeys }));

    const read = [first, again].map(({ Responses }) => (Responses?.[TABLE] ?? []).map(({ id }) => id?.S));
    expect(read.map((one) => one.length)).toEqual([2, 3]);
    expect(read.flat().sort()).toEqual(IDS);
    expect(first.UnprocessedKeys?.[TABLE]?.ConsistentRead).toBe(true);
    expect(again.UnprocessedKeys).toEqual({});
  });

  test('leaves writes unprocessed', async () => {
    const { client, ids } = await clientWith('throttle@1,members=4');
    const RequestItems = { [TABLE]: IDS.map((id) => ({ PutRequest: put(id) })) };

    const { UnprocessedItems = {} } = await client.send(new BatchWriteItemCommand({ RequestItems }));
    const before = await ids();
    await client.send(new BatchWriteItemCommand({ RequestItems: UnprocessedItems }));

    expect(UnprocessedItems[TABLE]).toHaveLength(4);
    expect(before).toHaveLength(1);
    expect(await ids()).toEqual(IDS);
  });

  test('of which nothing was processed is refused as a whole', async () => {
    const { client } = await clientWith('throttle@1');
    const RequestItems = { [TABLE]: { Keys: [{ id: { S: 'a' } }] } };

    const refusal = client.send(new BatchGetItemCommand({ RequestItems }));

    await expect(refusal).rejects.toMatchObject({ name: 'ProvisionedThroughputExceededException' });
  });
});

test.each(['ThrottlingError', 'TransactionConflict', 'ProvisionedThroughputExceeded'])(
  'a transaction is cancelled by one of its members: %s',
  async (code) => {
    const { client, ids } = await clientWith(`throttle@1,error=${code}`);

    const refusal = client.send(new TransactWriteItemsCommand({ TransactItems: IDS.map((id) => ({ Put: put(id) })) }));

    const error = await refusal.catch((found: unknown) => found);
    expect(error).toMatchObject({ name: 'TransactionCanceledException', message: expect.stringContaining(code) });
    const codes = (error as { CancellationReasons: { Code: string; Message?: string }[] }).CancellationReasons;
    expect(codes.map(({ Code }) => Code).sort()).toEqual(['None', 'None', 'None', 'None', code].sort());
    expect(codes.find(({ Code }) => Code === code)?.Message).toMatch(/\w{5}/);
    expect(await ids()).toEqual([]);
  },
);

test('so many requests one after the other, of the operation that is meant', async () => {
  const { client, injector } = await clientWith('throttle@2,count=2,operation=PutItem');
  const send = async (id: string) => {
    await client.send(new GetItemCommand({ TableName: TABLE, Key: { id: { S: id } } }));
    return client.send(new PutItemCommand(put(id))).then(
      () => 'done',
      ({ name }: Error) => name,
    );
  };

  const ends: string[] = [];
  for (const id of IDS) ends.push(await send(id));

  expect(ends).toEqual(['done', 'ThrottlingException', 'ThrottlingException', 'done', 'done']);
  expect(injector.reports()).toMatchObject([
    { happened: true, counted: 5, moment: { request: 4, operation: 'PutItem' } },
  ]);
});
