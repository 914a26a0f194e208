import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { inspect, promisify } from 'node:util';
import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { ERROR_CODES } from '../../contract/error-codes';
import { processRecords } from '../../handlers';
import { PROJECT } from '../support/project';
import { startTestDynamoDb, type TestDynamoDb } from '../support/test-dynamodb';
import { ARN, event, failures, ids, ledger, orders, transactions } from '../support/virtual-world';

const context = (remainingMs: number) => {
  const endsAtMs = Date.now() + remainingMs;
  return {
    invokedFunctionArn: `${ARN}:Orders-partial`,
    getRemainingTimeInMillis: () => endsAtMs - Date.now(),
  };
};

const before = { ...process.env };
beforeEach(() => {
  Object.assign(process.env, {
    MSK_ONCE_TABLE: 'Idempotency',
    MSK_ONCE_MAPPINGS: '{"Orders":{"consumer":"shop-orders","source":"u-1","generation":1}}',
    MSK_ONCE_REMEMBER_FOR_S: '1209600',
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
  });
  jest.spyOn(console, 'info').mockImplementation(() => undefined);
  jest.spyOn(console, 'error').mockImplementation(() => undefined);
});
afterEach(() => {
  for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
  Object.assign(process.env, before);
  jest.restoreAllMocks();
});

describe('processRecords in real time', () => {
  let database: TestDynamoDb;
  beforeAll(async () => {
    database = await startTestDynamoDb();
  });
  afterAll(() => database.stop());

  test('lets each record take effect once, over two instances of the function', async () => {
    process.env.AWS_ENDPOINT_URL_DYNAMODB = database.endpoint;
    const ran: string[] = [];
    const instance = () => processRecords(orders(({ value }) => void ran.push(value.id)));
    const batch = event({ 0: ids('a', 'b', 'a'), 1: ids('c') });

    const answers = await Promise.all([instance()(batch, context(20_000)), instance()(batch, context(20_000))]);

    expect(answers.map(failures)).toEqual([[], []]);
    expect(ran.sort()).toEqual(['a', 'b', 'c']);
  });

  test('lets each offset take effect once, over two instances of the function, without an identity', async () => {
    process.env.AWS_ENDPOINT_URL_DYNAMODB = database.endpoint;
    const ran: string[] = [];
    const instance = () =>
      processRecords(ledger(({ value, partition, offset }) => void ran.push(`${value.id}@${partition}-${offset}`)));
    const batch = event({ 10: ids('a', 'b', 'a'), 11: ids('c') });

    const answers = await Promise.all([instance()(batch, context(20_000)), instance()(batch, context(20_000))]);

    expect(answers.map(failures)).toEqual([[], []]);
    expect(ran.sort()).toEqual(['a@10-0', 'a@10-2', 'b@10-1', 'c@11-0']);
  });

  test('commits the writes of each record once, over two instances of the function', async () => {
    process.env.AWS_ENDPOINT_URL_DYNAMODB = database.endpoint;
    const instance = () =>
      processRecords(
        transactions(
          ({ value }) => ({
            Update: {
              TableName: 'Idempotency',
              Key: { id: `effect-${value.id}` },
              UpdateExpression: 'ADD n :one',
              ExpressionAttributeValues: { ':one': 1 },
            },
          }),
          { identity: ({ value }) => value.id, independent: true },
        ),
      );
    const batch = event({ 20: ids('p', 'q', 'p'), 21: ids('r', 'q') });

    const answers = await Promise.all([instance()(batch, context(20_000)), instance()(batch, context(20_000))]);

    expect(answers.map(failures)).toEqual([[], []]);
    const client = new DynamoDBClient({});
    const effects = ['p', 'q', 'r'].map((id) =>
      client.send(new GetItemCommand({ TableName: 'Idempotency', Key: { id: { S: `effect-${id}` } } })),
    );
    expect((await Promise.all(effects)).map(({ Item }) => Item?.n?.N)).toEqual(['1', '1', '1']);
    client.destroy();
  });

  test('what the table refuses is not written to the log: it holds payload', async () => {
    process.env.AWS_ENDPOINT_URL_DYNAMODB = database.endpoint;
    const written: unknown[] = [];
    for (const level of ['error', 'warn', 'info', 'log', 'debug'] as const) {
      jest.spyOn(console, level).mockImplementation((...given: unknown[]) => void written.push(...given));
    }
    jest.spyOn(process.stdout, 'write').mockImplementation((line) => written.push(line) > 0);
    // The console that is there when the modules are loaded is the one they may keep.
    jest.resetModules();
    const loaded = jest.requireActual<{ readonly processRecords: typeof processRecords }>('../../handlers');
    const handler = loaded.processRecords(
      transactions(
        ({ value }) => ({ Put: { TableName: 'Idempotency', Item: { id: 'x', card: '4111', of: value.id } } }),
        {
          identity: ({ value }) => value.id,
        },
      ),
    );
    await handler(event({ 30: ids('s') }), context(20_000));

    const answer = await handler(event({ 31: ids('s', 't') }), context(20_000));

    expect(failures(answer)).toEqual([]);
    expect(inspect(written, { depth: 10 })).not.toMatch(/4111|TransactItems/);
    expect(written).not.toEqual([]);
  });

  test('keeps a claim alive for as long as its record runs', async () => {
    process.env.AWS_ENDPOINT_URL_DYNAMODB = database.endpoint;
    const ran: string[] = [];
    const instance = (name: string) =>
      processRecords(
        orders(
          async () => {
            ran.push(name);
            await new Promise((resolve) => setTimeout(resolve, 3_600));
          },
          { leaseMs: 1_500, clockSkewMs: 500 },
        ),
      );
    const batch = event({ 0: ids('long') });

    const first = instance('first')(batch, context(20_000));
    await new Promise((resolve) => setTimeout(resolve, 200));
    const second = instance('second')(batch, context(20_000));

    // The second waits for about a lease, which does not run out.
    expect([failures(await first), failures(await second)]).toEqual([[], ['orders-0@0']]);
    expect(ran).toEqual(['first']);
  });
});

describe('A5: a process whose work outlives its invocation', () => {
  test('ends with code 1, without an answer, and says whose work it was', async () => {
    const database = await startTestDynamoDb();
    const folder = mkdtempSync(path.join(tmpdir(), 'msk-once-deaf-'));
    const file = path.join(folder, 'deaf.ts');
    writeFileSync(
      file,
      `import { json, processRecords } from ${JSON.stringify(path.join(PROJECT, 'handlers'))};
      const handler = processRecords({
        value: json(),
        identity: ({ offset }) => offset,
        process: () => new Promise((resolve) => setTimeout(resolve, 60_000)),
      });
      const endsAtMs = Date.now() + 2_000;
      handler(${JSON.stringify(event({ 0: ids('a') }))}, {
        invokedFunctionArn: 'a:b:c:d:e:f:g:Orders-partial',
        getRemainingTimeInMillis: () => endsAtMs - Date.now(),
      }).then((answer) => console.log('answered', answer));`,
    );
    const startedAtMs = Date.now();

    const ended = await promisify(execFile)(process.execPath, ['--import', 'tsx', file], {
      cwd: PROJECT,
      env: { ...process.env, AWS_ENDPOINT_URL_DYNAMODB: database.endpoint },
    }).catch((error: { code: number; stdout: string; stderr: string }) => error);
    const tookMs = Date.now() - startedAtMs;
    rmSync(folder, { recursive: true });
    await database.stop();

    expect(ended).toMatchObject({ code: 1 });
    expect(ended.stdout).not.toContain('answered');
    expect(ended.stdout).toContain('process() of orders-0@0 ran on 500 ms after its signal was aborted');
    expect(tookMs).toBeLessThan(20_000);
  });
});

describe('D2: a store that does not answer', () => {
  let server: Server;
  let requests = 0;
  beforeAll(async () => {
    server = createServer(() => {
      requests += 1;
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterAll(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  test('is given up in less than the reserve, asked thrice, and is an outage', async () => {
    process.env.AWS_ENDPOINT_URL_DYNAMODB = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const startedAtMs = Date.now();
    const effect = jest.fn();

    const answer = await processRecords(orders(effect))(event({ 0: ids('a') }), context(60_000));
    const tookMs = Date.now() - startedAtMs;

    expect(failures(answer)).toEqual(['orders-0@0']);
    expect(effect).not.toHaveBeenCalled();
    // A look-up and thrice a claim of 900 ms, two short pauses, and the release of what may be claimed, for a second.
    expect(tookMs).toBeLessThan(4 * 1_000 + 1_500);
    expect(requests).toBeGreaterThanOrEqual(3);
  });
});

describe('at its start', () => {
  test.each(['MSK_ONCE_TABLE', 'MSK_ONCE_MAPPINGS', 'MSK_ONCE_REMEMBER_FOR_S'])(
    'it refuses to be without %s',
    (name) => {
      delete process.env[name];

      expect(() => processRecords(orders(() => undefined))).toThrow(ERROR_CODES.environmentMissing);
    },
  );

  test('D5: it refuses when idempotency is disabled', () => {
    process.env.POWERTOOLS_IDEMPOTENCY_DISABLED = 'true';

    expect(() => processRecords(orders(() => undefined))).toThrow(ERROR_CODES.idempotencyDisabled);
  });

  test('it refuses options that cannot be used before it looks at the environment', () => {
    delete process.env.MSK_ONCE_TABLE;

    expect(() => processRecords({} as never)).toThrow(ERROR_CODES.optionsInvalid);
  });

  test('it reads the environment once: what changes later changes nothing', async () => {
    const handler = processRecords(orders(() => undefined));
    process.env.MSK_ONCE_MAPPINGS = '{}';

    expect(failures(await handler(event({}), context(5_000)))).toEqual([]);
  });
});
