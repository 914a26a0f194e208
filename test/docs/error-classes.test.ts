/** docs/examples/error-classes.ts: what docs/errors.md shows compiles, and means what is said there. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Handler } from '../../handlers';
import { ExampleProject } from '../support/example-project';
import { PROJECT } from '../support/project';
import { startTestDynamoDb, type TestDynamoDb } from '../support/test-dynamodb';
import { event, ids } from '../support/virtual-world';

jest.mock('msk-once/handlers', () => jest.requireActual('../../handlers'), { virtual: true });

const FILE = 'docs/examples/error-classes.ts';
const text = readFileSync(join(PROJECT, FILE), 'utf8');

test('docs/errors.md shows the file as it is', () => {
  expect(readFileSync(join(PROJECT, 'docs', 'errors.md'), 'utf8')).toContain(`\`\`\`ts\n${text}\`\`\``);
});

test('it compiles in the project of a user', () => {
  const project = new ExampleProject({ './handlers': 'handlers' });
  project.write('function.ts', text);

  const complaints = project.complaints();
  project.remove();

  expect(complaints).toEqual([]);
}, 120_000);

describe('what the payment service answers', () => {
  let database: TestDynamoDb;
  const before = { ...process.env };

  beforeAll(async () => {
    database = await startTestDynamoDb();
    Object.assign(process.env, {
      AWS_ENDPOINT_URL_DYNAMODB: database.endpoint,
      AWS_REGION: 'eu-west-1',
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
      MSK_ONCE_TABLE: database.table,
      MSK_ONCE_MAPPINGS: '{"Orders":{"consumer":"orders","source":"cluster","generation":1}}',
      MSK_ONCE_REMEMBER_FOR_S: '1209600',
    });
    for (const method of ['error', 'warn', 'info', 'log'] as const) jest.spyOn(console, method).mockReturnValue();
  });
  afterAll(async () => {
    process.env = before;
    jest.restoreAllMocks();
    await database.stop();
  });

  const answered = (status: number) => () => new Response(null, { status, headers: { 'retry-after': '0' } });

  test.each<[string, () => Response, number, number]>([
    ['200: done', answered(200), 0, 1],
    ['402: permanent, so it is not tried again', answered(402), 1, 1],
    ['429: transient, so it is tried again', answered(429), 1, 4],
    ['401: an outage, so it is not tried again', answered(401), 1, 1],
    ['500: transient, so it is tried again', answered(500), 1, 4],
    [
      'nothing: an outage by classify',
      () => {
        throw new TypeError('fetch failed');
      },
      1,
      1,
    ],
  ])('%s', async (name, answer, open, tries) => {
    const { handler } = jest.requireActual<{ handler: Handler }>(`../../${FILE}`);
    const asked = jest.spyOn(globalThis, 'fetch').mockImplementation(async () => answer());
    asked.mockClear();
    const batch = event({ 0: ids('a') }, name.replace(/\W+/g, '-'));

    const response = await handler(batch, {
      invokedFunctionArn: 'arn:aws:lambda:eu-west-1:1:function:f:Orders-partial',
      getRemainingTimeInMillis: () => 20_000,
    });

    expect(asked).toHaveBeenCalledTimes(tries);
    expect(response?.batchItemFailures).toHaveLength(open);
  });
});
