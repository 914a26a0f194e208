import { type Handler, json, processRecords } from '../../handlers';
import { deliverUntilDone, kafkaEvent, testEnvironment, testProcessor, withTestEnvironment } from '../../testing';
import { startTestDynamoDb } from '../support/test-dynamodb';

const NAMES = ['MSK_ONCE_TABLE', 'MSK_ONCE_MAPPINGS', 'AWS_REGION'];
const read = () => NAMES.map((name) => process.env[name]);

test('what was set before stands again afterwards, whatever the work does', async () => {
  process.env.MSK_ONCE_TABLE = 'Mine';
  const before = read();

  const during = await withTestEnvironment(read);
  await expect(withTestEnvironment(() => Promise.reject(new Error('no')))).rejects.toThrow('no');

  expect(during).toEqual(['MskOnceTest', expect.stringContaining('"Test"'), 'eu-west-1']);
  expect(read()).toEqual(before);
  expect('MSK_ONCE_MAPPINGS' in process.env).toBe(false);
  delete process.env.MSK_ONCE_TABLE;
});

test('nothing in it reaches AWS: an endpoint of this machine, and credentials of nobody', () => {
  const { AWS_ENDPOINT_URL_DYNAMODB: endpoint, AWS_ENDPOINT_URL: all, AWS_ACCESS_KEY_ID: key } = testEnvironment();

  expect([endpoint, all, key]).toEqual([expect.stringMatching(/^http:\/\/127\.0\.0\.1:/), endpoint, 'test']);
});

test('variables of a test come before ours', () => {
  expect(testEnvironment({ variables: { AWS_REGION: 'us-east-1', COUNTERS_TABLE: 'c' } })).toMatchObject({
    AWS_REGION: 'us-east-1',
    COUNTERS_TABLE: 'c',
    MSK_ONCE_TABLE: 'MskOnceTest',
  });
});

test('a finished handler runs in it against a database, and closes what it did', async () => {
  const database = await startTestDynamoDb();
  const event = kafkaEvent({ topic: 'orders', records: [{ value: { id: 'a' } }, { value: { id: 'b' } }] });
  const seen: unknown[] = [];
  const lines: string[] = [];
  const logged = jest.spyOn(process.stdout, 'write').mockImplementation((line) => lines.push(String(line)) > 0);
  try {
    await withTestEnvironment(
      async () => {
        const handler: Handler = processRecords({ value: json(), process: ({ value }) => void seen.push(value) });

        expect(await deliverUntilDone(handler, event)).toHaveLength(1);
        expect(await deliverUntilDone(handler, event, { mode: 'throw' })).toHaveLength(1);
      },
      { endpoint: database.endpoint, table: database.table },
    );
  } finally {
    logged.mockRestore();
    await database.stop();
  }

  expect(lines.filter((line) => line.includes('"msk-once invocation"'))).toHaveLength(2);
  expect(seen).toEqual([{ id: 'a' }, { id: 'b' }]);
});

test('a processor needs none of it', () => {
  expect(NAMES.filter((name) => name.startsWith('MSK_ONCE') && name in process.env)).toEqual([]);
  expect(() => testProcessor({ value: json(), process: () => undefined })).not.toThrow();
});
