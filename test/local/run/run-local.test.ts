import { join } from 'node:path';
import { DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { LocalError, runLocal, startDynamoDb } from '../../../local';
import { ALL_DONE, handler, project, template, temporaryFolder } from '../../bin/commands/local-fixture';

const folder = temporaryFolder();
afterAll(() => folder.remove());

function orders(code: string, properties: object = {}, others: object = {}): string {
  const files = { 'template.json': template(properties, {}, others), 'code/index.js': code };
  return join(project(folder.path, files), 'template.json');
}

const RECORDS = [{ key: 'a', value: { id: 1 } }, { key: Buffer.from('a'), value: 'text' }, { value: null }];

test.each(['TRIM_HORIZON', 'LATEST'])('every record comes to the function, from %s on', async (StartingPosition) => {
  const lines: string[] = [];
  const code = handler('for (const { value } of records) console.log(value); return { batchItemFailures: [] };');

  const { ok, records } = await runLocal({
    template: orders(code, { StartingPosition }),
    records: RECORDS,
    partitions: 1,
    onOutput: (line) => lines.push(line),
  });

  expect(ok).toBe(true);
  expect(records.map(({ offset, outcome }) => [offset, outcome])).toEqual([
    [0, 'done'],
    [1, 'done'],
    [2, 'done'],
  ]);
  expect(lines).toEqual(expect.arrayContaining(['{"id":1}', 'text', '']));
});

test('what is not resolved when the time is up is open', async () => {
  const template = orders(handler('return { batchItemFailures: records.map(failure) };'));

  const { ok, mappings } = await runLocal({ template, records: RECORDS, timeoutMs: 1_500 });

  expect(ok).toBe(false);
  expect(mappings).toMatchObject([{ end: 'stopped', outcomes: { open: 3 } }]);
});

test('the tables of the template are in a database of the test', async () => {
  const table = {
    Type: 'AWS::DynamoDB::Table',
    Properties: {
      TableName: 'Effects',
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    },
  };
  const { endpoint, close } = await startDynamoDb();
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const client = new DynamoDBClient({ endpoint, region: 'eu-west-1', credentials });

  await runLocal({ template: orders(ALL_DONE, {}, { Effects: table }), records: RECORDS, dynamodb: endpoint });

  await expect(client.send(new ScanCommand({ TableName: 'Effects' }))).resolves.toMatchObject({ Count: 0 });
  client.destroy();
  await close();
});

test.each<[string, object, RegExp]>([
  ['a record', { records: [{ value: 1 }, { partition: -1 }] }, /records\[1\]: partition is -1/],
  ['a choice', { choices: { 'partial-response': 'sometimes' } }, /partial-response is "sometimes"; accepted is/],
  ['a fault', { faults: ['kill-after'] }, /kill-after/],
  ['a template', { template: 'nowhere.json' }, /nowhere\.json/],
])('%s that cannot be read is told before anything is started', async (_, wrong, message) => {
  const run = runLocal({ template: orders(ALL_DONE), records: [], ...wrong });

  await expect(run).rejects.toThrow(LocalError);
  await expect(run).rejects.toThrow(message);
});

test('a function that cannot be loaded is an error, and not a run without an end', async () => {
  const run = runLocal({ template: orders("throw new Error('no such module');"), records: RECORDS });

  await expect(run).rejects.toThrow(/no such module/);
});

/** Node.js waits for 1 ms where a number of milliseconds does not fit into 32 bits. */
test.each([Number.POSITIVE_INFINITY, 2 ** 31])('a run of %s ms has all the time that it needs', async (timeoutMs) => {
  const { ok } = await runLocal({ template: orders(ALL_DONE), records: RECORDS, timeoutMs });

  expect(ok).toBe(true);
});

test('what a listener of lines throws ends the run, and not the process', async () => {
  const code = handler("console.log('a line'); return { batchItemFailures: [] };");
  const onOutput = () => {
    throw new Error('this line is not expected');
  };

  await expect(runLocal({ template: orders(code), records: RECORDS, onOutput })).rejects.toThrow('is not expected');
});

test.each<[string, object, RegExp]>([
  ['without records', { records: undefined }, /^records is missing; accepted is a list/],
  ['with a seed that is no number', { seed: 'x' }, /^seed is "x"; accepted is a whole number/],
  ['with partitions that are none', { partitions: 1.5 }, /^partitions is 1\.5; accepted is a whole number from 1 on/],
  ['with a time that is none', { timeoutMs: '5s' }, /^timeoutMs is "5s"; accepted is/],
  ['with no time at all', { timeoutMs: 0 }, /^timeoutMs is 0; accepted is/],
  ['with one fault and not a list', { faults: 'kill-after@1' }, /^faults is "kill-after@1"; accepted is a list/],
  ['with a listener that is none', { onOutput: 'console.log' }, /^onOutput is "console\.log"; accepted is a function/],
  [
    'with an option that there is not',
    { dynamoDb: 'http://127.0.0.1:8000' },
    /^There is no option "dynamoDb"; there are /,
  ],
])('%s it says so, also to JavaScript', async (_, wrong, message) => {
  const run = runLocal({ template: orders(ALL_DONE), records: [], ...wrong });

  await expect(run).rejects.toThrow(LocalError);
  await expect(run).rejects.toThrow(message);
});

test('without options it says so', async () => {
  await expect((runLocal as () => Promise<unknown>)()).rejects.toThrow(/^records is missing/);
});
