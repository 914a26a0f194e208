import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { ERROR_CODES } from '../../contract/error-codes';
import { processRecords } from '../../handlers';
import { PROJECT } from '../support/project';
import { startTestDynamoDb, type TestDynamoDb } from '../support/test-dynamodb';
import { ARN, event, failures, ids, orders } from '../support/virtual-world';

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

    expect(ended).toMatchObject({ code: 1, stdout: '' });
    expect(ended.stderr).toContain('process() of orders-0@0 ran on 500 ms after its signal was aborted');
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
    // Thrice 900 ms and two short pauses, and the release of what may be claimed, which is not waited for.
    expect(tookMs).toBeLessThan(3 * 1_000 + 1_500);
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
