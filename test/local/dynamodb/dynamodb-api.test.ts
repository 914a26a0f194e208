import { ERROR_CODES, EXIT } from '../../../contract/error-codes';
import { DynamoDbApi } from '../../../local/dynamodb/dynamodb-api';
import { json, nowhere, type StubDatabase, stubDatabase } from './stub-database';

let stub: StubDatabase | undefined;
afterEach(async () => {
  await stub?.close();
  stub = undefined;
});

test('nothing listens: an error of exit code 7 that names the address and the remedy', async () => {
  const endpoint = await nowhere();

  const asked = new DynamoDbApi(endpoint).call('ListTables', {});

  await expect(asked).rejects.toMatchObject({
    name: 'LocalError',
    code: ERROR_CODES.serverUnreachable,
    exitCode: EXIT.unreachable,
    message: expect.stringMatching(new RegExp(`${endpoint}.*msk-once servers.*MSK_ONCE_DYNAMODB`)),
  });
});

test.each<[string, Parameters<typeof stubDatabase>[0]]>([
  ['a page for people', (_, outgoing) => outgoing.writeHead(200).end('<html></html>') && undefined],
  ['nothing', (_, outgoing) => outgoing.writeHead(404).end() && undefined],
  ['a closed connection', (_, outgoing) => outgoing.destroy() && undefined],
])('something else listens there and answers with %s: the same error', async (_, respond) => {
  stub = await stubDatabase(respond);

  const asked = new DynamoDbApi(stub.endpoint).call('ListTables', {});

  await expect(asked).rejects.toMatchObject({
    exitCode: EXIT.unreachable,
    message: expect.stringContaining(stub.endpoint),
  });
});

test('an error of the database keeps its name and its words', async () => {
  stub = await stubDatabase(
    json(400, { __type: 'com.amazonaws.dynamodb.v20120810#ResourceNotFoundException', message: 'no such table' }),
  );

  const asked = new DynamoDbApi(stub.endpoint).call('DescribeTable', { TableName: 'Counters' });

  await expect(asked).rejects.toMatchObject({ name: 'ResourceNotFoundException', message: 'no such table' });
});

test('a request says its operation and its input', async () => {
  stub = await stubDatabase(json(200, { TableNames: ['a'] }));

  const output = await new DynamoDbApi(stub.endpoint).call('ListTables', { Limit: 1 });

  expect(output).toEqual({ TableNames: ['a'] });
  expect(stub.requests).toEqual([{ method: 'POST', target: 'DynamoDB_20120810.ListTables', body: '{"Limit":1}' }]);
});

test('a scan goes on to its last page, and reads consistently', async () => {
  stub = await stubDatabase((body, outgoing) => {
    const { ExclusiveStartKey } = JSON.parse(body);
    const page = ExclusiveStartKey ? Number(ExclusiveStartKey.id.N) : 0;
    const Items = page === 1 ? [] : [{ id: { N: String(page) } }];
    const more = page < 3 && { LastEvaluatedKey: { id: { N: String(page + 1) } } };
    return json(200, { Items, ...more })(body, outgoing);
  });

  const items = await new DynamoDbApi(stub.endpoint).scan('Counters');

  expect(items.map(({ id }) => id?.N)).toEqual(['0', '2', '3']);
  for (const { body } of stub.requests) expect(JSON.parse(body)).toMatchObject({ ConsistentRead: true });
});
