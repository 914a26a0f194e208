/** `msk-once local` over records: what it reads, what it reports, what it prints where. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import {
  ALL_DONE,
  handler,
  lambda,
  lines,
  local,
  mapping,
  numbered,
  project,
  reported,
  template,
  temporaryFolder,
} from './local-fixture';

const folder = temporaryFolder();
afterAll(() => folder.remove());
jest.setTimeout(60_000);

const FROM_FILE = ['--template', 'template.json', '--records', 'orders.jsonl', '--once'];
const FROM_STDIN = ['--template', 'template.json', '--records', '-', '--once'];

function orders(code: string, records = numbered(25), properties: object = {}): string {
  return project(folder.path, {
    'template.json': template(properties),
    'code/index.js': code,
    'orders.jsonl': records,
  });
}

describe('records of a file', () => {
  test('come to the function, and the report says what became of each', async () => {
    const { code, err, report } = await reported(orders(ALL_DONE), FROM_FILE);

    expect([code, err]).toEqual([0, '']);
    expect(report).toEqual({
      version: 1,
      ok: true,
      seed: 1,
      options: expect.arrayContaining([{ row: 6, name: 'partial-response', value: 'listed' }]),
      mappings: [
        {
          mapping: 'Orders',
          function: 'Consumer',
          topic: 'orders',
          consumerGroup: 'Orders',
          end: 'resolved',
          deliveries: 25,
          outcomes: { done: 25, duplicate: 0, parked: 0, open: 0 },
          filtered: 0,
          lost: 0,
          refused: 0,
          blocked: [],
        },
      ],
      records: expect.any(Array),
      refusedResponses: [],
      faults: [],
      documents: [],
      letters: [],
      timing: { startedAt: expect.stringMatching(/^\d{4}-.*Z$/), seconds: expect.any(Number) },
    });
    expect(report.records).toHaveLength(25);
    expect(new Set(report.records.map(({ partition, offset }) => `${partition}@${offset}`)).size).toBe(25);
    for (const record of report.records) {
      expect(record).toEqual({
        topic: 'orders',
        partition: expect.any(Number),
        offset: expect.any(Number),
        deliveries: 1,
        outcome: 'done',
      });
    }
  });

  test('come in the same batches with the same seed, and in others with another', async () => {
    const cwd = orders(handler('console.log("batch", records.map(({ value }) => value).join()); return null;'));
    const batches = async (seed: string) => {
      const { out } = await local(cwd, [...FROM_FILE, '--json', '--seed', seed]);
      return out.match(/"batch [^\n]*/g);
    };

    const [first, again, other] = [await batches('7'), await batches('7'), await batches('8')];

    expect(first).toEqual(again);
    expect(first).not.toEqual(other);
    expect(first?.length).toBeGreaterThan(2);
  });
});

test('records of standard input: partitions, keys, headers and tombstones arrive as the lines have them', async () => {
  const cwd = orders(
    handler(`for (const one of records) console.log('got', JSON.stringify({
      p: one.partition, k: one.key, v: event.records[one.array].find(({ offset }) => offset === one.offset).value, h: one.headers }));
    return {};`),
  );
  const input = lines(
    { partition: 2, key: 'a', value: 'x', headers: { trace: 'é' } },
    { partition: 0, key: 'b', value: null },
  );

  const { code, out } = await local(cwd, FROM_STDIN, input);

  expect(code).toBe(0);
  expect(out).toContain('got {"p":2,"k":"YQ==","v":"eA==","h":[{"trace":[-61,-87]}]}');
  expect(out).toContain('got {"p":0,"k":"Yg==","h":[]}');
});

test('--json: each line of standard output is JSON, and the last one says how it ended', async () => {
  const { code, out, err } = await local(orders(ALL_DONE), [...FROM_FILE, '--json']);

  const events = out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(code).toBe(0);
  expect(err).toContain('All is well.');
  expect(events.map(({ type }) => type)).toEqual(
    expect.arrayContaining(['produced', 'started', 'delivered', 'answered']),
  );
  expect(events.every(({ at }) => !Number.isNaN(Date.parse(at)))).toBe(true);
  expect(events.at(-1)).toMatchObject({ type: 'ended', end: 'resolved', ok: true });
});

describe('what the function does not close', () => {
  const FAILS_FIRST = handler(`
    globalThis.seen ??= new Set();
    const failed = records.filter(({ value }) => value === '{"id":3}' && !seen.has(value) && seen.add(value));
    return { batchItemFailures: failed.map(failure) };`);

  test('comes again, and only that with partial-response=listed', async () => {
    const { code, report } = await reported(orders(FAILS_FIRST), [...FROM_FILE, '--choose', 'retry-base-ms=1']);

    expect(code).toBe(0);
    expect(report.records.filter(({ deliveries }) => deliveries === 2)).toHaveLength(1);
    expect(report.mappings[0]?.deliveries).toBe(26);
  });

  test('with all behind it with partial-response=checkpoint; the report names the choice', async () => {
    const cwd = orders(FAILS_FIRST, numbered(8, { partition: 0 }));
    const { report } = await reported(cwd, [
      ...FROM_FILE,
      '--choose',
      'partial-response=checkpoint',
      '--choose=retry-base-ms=1',
    ]);

    expect(report.options).toContainEqual({ row: 6, name: 'partial-response', value: 'checkpoint' });
    expect(report.records.map(({ deliveries }) => deliveries)).toEqual([1, 1, 1, 2, 2, 2, 2, 2]);
  });

  test('for ever blocks its partition: exit code 1, and the records behind it are open', async () => {
    const poison = handler(
      `return { batchItemFailures: records.filter(({ value }) => value === '{"id":1}').map(failure) };`,
    );
    const cwd = orders(poison, numbered(4, { partition: 0 }), { BatchSize: 2 });
    const quick = ['--choose', 'retry-base-ms=1', '--choose', 'blocked-after-retries=2'];
    const { code, out, report } = await reported(cwd, [...FROM_FILE, ...quick]);

    expect(code).toBe(1);
    expect(report.records.map(({ deliveries, outcome }) => [deliveries, outcome])).toEqual([
      [1, 'done'],
      [3, 'open'],
      [0, 'open'],
      [0, 'open'],
    ]);
    expect(report.mappings[0]).toMatchObject({ end: 'blocked', blocked: ['partition 0, offset 1: partial response'] });
    expect(out).toMatch(/Orders is blocked at partition 0, offset 1.*Mend the function/);
  });

  test('with --json the last line calls a run blocked, not resolved', async () => {
    const cwd = orders(handler('throw new Error("no stock");'), numbered(1));
    const { out } = await local(cwd, [...FROM_FILE, '--json', '--choose', 'blocked-after-retries=0']);

    expect(JSON.parse(out.trim().split('\n').at(-1) ?? '')).toMatchObject({ type: 'ended', end: 'blocked', ok: false });
  });

  test('is parked at the on-failure destination, whose document is in the report', async () => {
    const queue = { Letters: { Type: 'AWS::SQS::Queue', Properties: {} } };
    const cwd = project(folder.path, {
      'template.json': template(
        {
          MaximumRetryAttempts: 1,
          DestinationConfig: { OnFailure: { Destination: { 'Fn::GetAtt': ['Letters', 'Arn'] } } },
        },
        {},
        queue,
      ),
      'code/index.js': handler('throw new Error("no stock");'),
      'orders.jsonl': numbered(3, { partition: 0 }),
    });

    const { code, out, report } = await reported(cwd, [...FROM_FILE, '--choose', 'retry-base-ms=1']);

    expect(code).toBe(0);
    expect(report.records.map(({ deliveries, outcome }) => [deliveries, outcome])).toEqual(
      Array(3).fill([2, 'parked']),
    );
    expect(report.documents).toMatchObject([
      {
        destination: { kind: 'sqs' },
        document: { requestContext: { condition: 'RetryAttemptsExhausted', approximateInvokeCount: 2 } },
      },
    ]);
    expect(out).toContain('RetryAttemptsExhausted');
  });

  test('is parked by the function itself in the queue of the template, and its letter is in the report', async () => {
    // As the runtime does it: the letter, and then its parked item.
    const park = handler(`
      const call = (endpoint, target, input) => fetch(endpoint, {
        method: 'POST',
        headers: {
          'content-type': 'application/x-amz-json-1.0',
          'x-amz-target': target,
          authorization: 'AWS4-HMAC-SHA256 Credential=toy/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0',
        },
        body: JSON.stringify(input),
      });
      const { AWS_ENDPOINT_URL_SQS, AWS_ENDPOINT_URL_DYNAMODB, LETTERS, MSK_ONCE_TABLE } = process.env;
      for (const { topic, partition, offset } of records.slice(0, 1)) {
        const id = ['parked', 'shop', 'u', 1, topic, partition, offset].join('#');
        const MessageBody = JSON.stringify({ mskOnce: 'letter/1', id });
        await call(AWS_ENDPOINT_URL_SQS, 'AmazonSQS.SendMessageBatch', { QueueUrl: LETTERS, Entries: [{ Id: '0', MessageBody }] });
        const Item = { id: { S: id }, outcome: { S: 'parked' } };
        await call(AWS_ENDPOINT_URL_DYNAMODB, 'DynamoDB_20120810.PutItem', { TableName: MSK_ONCE_TABLE, Item });
      }
      return { batchItemFailures: [] };`);
    const stores = {
      Letters: { Type: 'AWS::SQS::Queue', Properties: { MessageRetentionPeriod: 1_209_600 } },
      Memory: {
        Type: 'AWS::DynamoDB::Table',
        Properties: {
          KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
          AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
        },
      },
    };
    const Environment = { Variables: { LETTERS: { Ref: 'Letters' }, MSK_ONCE_TABLE: { Ref: 'Memory' } } };
    const cwd = project(folder.path, {
      'template.json': template({}, { Environment }, stores),
      'code/index.js': park,
      'orders.jsonl': numbered(2, { partition: 0 }),
    });

    const { code, report } = await reported(cwd, [
      '--template',
      'template.json',
      '--records',
      'orders.jsonl',
      '--once',
    ]);

    expect(code).toBe(0);
    expect(report.records.map(({ outcome }) => outcome)).toEqual(['parked', 'done']);
    expect(report.letters).toEqual([{ mskOnce: 'letter/1', id: 'parked#shop#u#1#orders#0#0' }]);
  });

  test('is lost without one, with exit code 1', async () => {
    const cwd = orders(handler('throw new Error("no stock");'), numbered(2), { MaximumRetryAttempts: 0 });
    const { code, report } = await reported(cwd, FROM_FILE);

    expect(code).toBe(1);
    expect(report.mappings[0]).toMatchObject({ lost: 2, outcomes: { open: 2 } });
  });
});

test('several mappings and functions of one template at once, each with the records of its topic', async () => {
  const cwd = project(folder.path, {
    'template.json': {
      Resources: {
        First: lambda('./first'),
        Second: lambda('./second'),
        Orders: mapping('First'),
        OrdersToo: mapping('Second'),
        Payments: mapping('Second', { Topics: ['payments'] }),
      },
    },
    'first/index.js': ALL_DONE,
    'second/index.js': ALL_DONE,
    'all.jsonl': numbered(4, { topic: 'orders' }) + numbered(2, { topic: 'payments' }),
  });

  const { code, report } = await reported(cwd, ['--template', 'template.json', '--records', 'all.jsonl', '--once']);

  expect(code).toBe(0);
  expect(report.mappings.map(({ mapping, function: name, outcomes }) => [mapping, name, outcomes.done])).toEqual([
    ['Orders', 'First', 4],
    ['OrdersToo', 'Second', 4],
    ['Payments', 'Second', 2],
  ]);
});

test('--env is stronger than the variables of the template', async () => {
  const cwd = project(folder.path, {
    'template.json': template({}, { Environment: { Variables: { STAGE: 'production', LEVEL: 'warn' } } }),
    'code/index.js': handler('console.log("env", process.env.STAGE, process.env.LEVEL, process.env.EXTRA);'),
    'orders.jsonl': numbered(1),
  });

  const { out } = await local(cwd, [...FROM_FILE, '--env', 'STAGE=test', '--env', 'EXTRA=a=b']);

  expect(out).toContain('env test warn a=b');
});

test('a mapping from LATEST gets what is written after its start, and so does a filtered one what passes', async () => {
  const cwd = orders(ALL_DONE, numbered(6), {
    StartingPosition: 'LATEST',
    FilterCriteria: { Filters: [{ Pattern: '{"value":{"id":[1,2]}}' }] },
  });
  const { code, report } = await reported(cwd, FROM_FILE);

  expect(code).toBe(0);
  expect(report.records).toHaveLength(2);
  expect(report.mappings[0]).toMatchObject({ filtered: 4, outcomes: { done: 2, open: 0 } });
});

test('what lies before the timestamp that a mapping starts at is none of its records, and not open', async () => {
  const at = (seconds: number, partition: number) => ({ value: seconds, partition, timestamp: seconds * 1_000 });
  const cwd = orders(ALL_DONE, lines(at(100, 0), at(101, 1), at(102, 0), at(103, 1), at(100, 2)), {
    StartingPosition: 'AT_TIMESTAMP',
    StartingPositionTimestamp: 102,
  });
  const { code, report } = await reported(cwd, FROM_FILE);

  expect(report.records.map(({ partition, offset, outcome }) => [partition, offset, outcome])).toEqual([
    [0, 1, 'done'],
    [1, 1, 'done'],
  ]);
  expect(report.mappings[0]).toMatchObject({ end: 'resolved', outcomes: { done: 2, open: 0 } });
  expect(code).toBe(0);
});

describe('faults', () => {
  const table = {
    Memory: {
      Type: 'AWS::DynamoDB::Table',
      Properties: {
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
        BillingMode: 'PAY_PER_REQUEST',
      },
    },
  };
  /** Puts each record, without the SDK and without trying again. */
  const PUTS = handler(`
    for (const { array, offset } of records) {
      const answer = await fetch(process.env.AWS_ENDPOINT_URL_DYNAMODB, {
        method: 'POST',
        headers: { 'x-amz-target': 'DynamoDB_20120810.PutItem', 'content-type': 'application/x-amz-json-1.0',
          authorization: 'AWS4-HMAC-SHA256 Credential=mskonce/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0' },
        body: JSON.stringify({ TableName: process.env.TABLE, Item: { id: { S: array + offset } } }),
      });
      if (!answer.ok) throw new Error(await answer.text());
    }
    return null;`);
  const cwd = () =>
    project(folder.path, {
      'template.json': template({}, { Environment: { Variables: { TABLE: { Ref: 'Memory' } } } }, table),
      'code/index.js': PUTS,
      'orders.jsonl': numbered(4, { partition: 0 }),
    });

  test.each([
    ['answer-lost@2,how=close', 'answer-lost@2'],
    ['kill-after@3', 'kill-after@3'],
    ['duplicate-delivery@1', 'duplicate-delivery@1'],
  ])('%s happens: the batch comes again, and all is well', async (fault, words) => {
    const { code, out, report } = await reported(cwd(), [
      ...FROM_FILE,
      '--fault',
      fault,
      '--choose',
      'retry-base-ms=1',
    ]);

    expect([code, out]).toEqual([0, expect.stringContaining(`fault: ${words}`)]);
    expect(report.faults).toMatchObject([{ name: words.split('@')[0], happened: true }]);
    expect(report.records.map(({ deliveries, outcome }) => [deliveries, outcome])).toEqual(Array(4).fill([2, 'done']));
  });
});

describe('--explain', () => {
  const NAMES = 36;

  test('one line for each row: name, value, accepted values, tag, row', async () => {
    const { code, out, err } = await local('/', ['--explain']);

    const printed = out.trim().split('\n');
    expect([code, err]).toEqual([0, '']);
    expect(printed).toHaveLength(NAMES);
    const heads = printed.map((line) =>
      /^([a-z][a-z0-9-]*): (\S+); accepted: ([^;]+); (documented|inferred|unknown); row (\d+)/.exec(line),
    );
    expect(heads.map((head) => Number(head?.[5]))).toEqual(Array.from({ length: NAMES }, (_, index) => index + 1));
    expect(new Set(heads.map((head) => head?.[1])).size).toBe(NAMES);
  });

  test('shows the value that --choose puts in force, and what a template makes of it', async () => {
    const argv = ['--explain', '--choose', 'partial-response=checkpoint', '--template', 'template.json'];
    const { out } = await local(orders(ALL_DONE), argv);

    expect(out).toMatch(
      /^partial-response: checkpoint; accepted: listed \| checkpoint; unknown; row 6; in this mapping/m,
    );
  });
});

test('--fault help lists the faults and starts nothing', async () => {
  const { code, out } = await local('/', ['--fault', 'help']);

  expect(code).toBe(0);
  expect(out).toMatch(/answer-lost@N/);
  expect(out).toMatch(/kill-after@N/);
});

test('--timeout-s gives up with exit code 4, and the report is written', async () => {
  const cwd = orders(handler('await new Promise(() => setInterval(() => {}, 1000));'), numbered(2));

  const { code, out, report } = await reported(cwd, [...FROM_FILE, '--timeout-s', '2']);

  expect(code).toBe(4);
  expect(out).toContain('--timeout-s gives it more');
  expect(report).toMatchObject({ ok: false, mappings: [{ end: 'stopped', outcomes: { open: 2 } }] });
});

test('help says how, and what is found without options is what cdk.json names', async () => {
  const cwd = orders(ALL_DONE);

  const { code, out, err } = await local(cwd, ['--help']);
  const found = await local(cwd, ['--records', 'orders.jsonl', '--once']);

  expect([code, err]).toEqual([0, '']);
  expect(out).toMatch(/Usage: msk-once local[\s\S]*--choose NAME=VALUE[\s\S]*Exit codes/);
  expect(found.code).toBe(0);
  expect(existsSync(join(cwd, 'report.json'))).toBe(false);
});
