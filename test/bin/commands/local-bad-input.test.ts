/** What bad input gets from `msk-once local`: a clear message, the right exit code, and nobody left behind. */
import { readFileSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { freePort } from '../../support/free-ports';
import {
  ALL_DONE,
  handler,
  lambda,
  local,
  mapping,
  numbered,
  processesIn,
  project,
  reported,
  template,
  temporaryFolder,
} from './local-fixture';

const folder = temporaryFolder();
afterEach(() => expect(processesIn(folder.path)).toEqual([]));
afterAll(() => folder.remove());
jest.setTimeout(90_000);

const ONCE = ['--template', 'template.json', '--records', 'orders.jsonl', '--once'];
const QUICK = ['--choose', 'retry-base-ms=1', '--choose', 'blocked-after-retries=1'];

function orders(code: string, records = numbered(2, { partition: 0 }), functionProperties: object = {}): string {
  return project(folder.path, {
    'template.json': template({}, functionProperties),
    'code/index.js': code,
    'orders.jsonl': records,
  });
}

describe('a function that cannot be loaded ends the run with exit code 1, its place and its error', () => {
  test.each([
    ['throws at load', 'throw new TypeError("no configuration");', 'TypeError: no configuration'],
    ['exits at load', 'process.exit(3);', 'exit status 3'],
    ['has no handler', 'exports.other = () => {};', 'index.handler'],
  ])('one that %s', async (_, code, words) => {
    const cwd = orders(code);
    const { code: exit, err } = await local(cwd, [...ONCE, '--choose', 'retry-base-ms=1']);

    expect(exit).toBe(1);
    expect(err).toContain(words);
    expect(err).toContain(`The function Consumer (index.handler in ${join(cwd, 'code')}, nodejs22.x) cannot be loaded`);
    expect(err).not.toMatch(/^\s+at /m);
  });
});

describe('a function that ends badly blocks its partition, with exit code 1 and the reason', () => {
  test.each([
    ['never resolves', 'await new Promise(() => setInterval(() => {}, 1000));', /Task timed out after 1\.00 seconds/],
    ['exits', 'process.exit(0);', /Runtime exited without providing a reason/],
    ['throws no error', 'throw undefined;', /blocked at partition 0/],
  ])('one that %s', async (_, body, words) => {
    const cwd = orders(handler(body), numbered(2, { partition: 0 }), { Timeout: 1 });
    const { code, out, report } = await reported(cwd, [...ONCE, ...QUICK]);

    expect(code).toBe(1);
    expect(out).toMatch(words);
    expect(report).toMatchObject({ ok: false, mappings: [{ end: 'blocked', outcomes: { open: 2, done: 0 } }] });
  });
});

test('a function that prints megabytes is heard out, with long lines cut, and its answer counts', async () => {
  const cwd = orders(
    handler(`
      process.stdout.write('x'.repeat(8 << 20) + '\\n');
      for (let n = 0; n < 20_000; n += 1) console.log('line', n);
      return null;`),
  );

  const { code, out, report } = await reported(cwd, ONCE);

  expect(code).toBe(0);
  const isHeard = (words: string) => out.includes(words);
  expect(isHeard('line 19999')).toBe(true);
  expect(isHeard('8126464 more characters of this line are left out')).toBe(true);
  expect(report.mappings[0]?.outcomes.done).toBe(2);
});

describe('answers that are no report', () => {
  // Reference, section 3.3. `comes again`: the service takes the whole batch for failed.
  const ANSWERS: readonly (readonly [
    name: string,
    answer: string,
    outcome: 'done' | 'open',
    refused: RegExp | undefined,
  ])[] = [
    ['Null', 'null', 'done', undefined],
    ['Undefined', 'undefined', 'done', undefined],
    ['Empty', '{}', 'done', undefined],
    ['NullList', '{ batchItemFailures: null }', 'done', undefined],
    ['EmptyList', '{ batchItemFailures: [] }', 'done', undefined],
    ['Array', '[]', 'done', /returned \[\] instead of an object/],
    ['Text', '"ok"', 'done', /returned "ok" instead of an object/],
    ['Number', '7', 'done', /returned 7 instead of an object/],
    ['Misnamed', '{ batchItemFailure: [] }', 'done', /without batchItemFailures \(it has batchItemFailure\)/],
    ['NoIdentifier', '{ batchItemFailures: [{}] }', 'open', /the entry \{\} has no itemIdentifier/],
    ['NullIdentifier', '{ batchItemFailures: [{ itemIdentifier: null }] }', 'open', /has no itemIdentifier/],
    [
      'TextIdentifier',
      '{ batchItemFailures: [{ itemIdentifier: "NullIdentifier-0" }] }',
      'open',
      /has no itemIdentifier/,
    ],
    ['Sqs', '{ batchItemFailures: [{ itemIdentifier: records[0].topic + "@0" }] }', 'open', /has no itemIdentifier/],
    [
      'TextOffset',
      '{ batchItemFailures: [{ itemIdentifier: { partition: records[0].array, offset: "0" } }] }',
      'open',
      /names no record/,
    ],
    [
      'OtherPartition',
      '{ batchItemFailures: [{ itemIdentifier: { partition: "orders-9", offset: 0 } }] }',
      'open',
      /names no record/,
    ],
    [
      'OtherOffset',
      '{ batchItemFailures: [{ itemIdentifier: { partition: records[0].array, offset: 99 } }] }',
      'open',
      /names no record/,
    ],
  ];

  test('each is read as the service reads it, and those it cannot read are told with place and remedy', async () => {
    // Prepare: a function and a mapping for each answer, all in one run
    const files: Record<string, string | object> = { 'orders.jsonl': numbered(1, { partition: 0 }) };
    const resources: Record<string, object> = {};
    for (const [name, answer] of ANSWERS) {
      files[`${name}/index.js`] = handler(`return ${answer};`);
      resources[`${name}Function`] = lambda(`./${name}`);
      resources[name] = mapping(`${name}Function`);
    }
    const cwd = project(folder.path, { ...files, 'template.json': { Resources: resources } });

    // Act
    const { code, report } = await reported(cwd, [...ONCE, ...QUICK]);

    // Assess
    expect(code).toBe(1);
    const found = report.mappings.map(({ mapping: name, outcomes }) => {
      const texts = report.refusedResponses.filter((refused) => refused.mapping === name).map(({ text }) => text);
      return { name, outcome: outcomes.done === 1 ? 'done' : 'open', text: texts[0] };
    });
    expect(found).toEqual(
      ANSWERS.map(([name, , outcome, refused]) => ({
        name,
        outcome,
        text: refused === undefined ? undefined : expect.stringMatching(refused),
      })),
    );
    for (const { mapping: name, text } of report.refusedResponses) {
      expect(text).toContain(`(index.handler of ${name}Function, behind ${name})`);
      expect(text).toContain('To mend it, return {"batchItemFailures"');
    }
  });

  test('a report to a mapping that does not ask for reports is told, with the remedy', async () => {
    const cwd = project(folder.path, {
      'template.json': template({ FunctionResponseTypes: [] }),
      'code/index.js': handler('return { batchItemFailures: records.map(failure) };'),
      'orders.jsonl': numbered(2),
    });
    const { code, report } = await reported(cwd, ONCE);

    expect(code).toBe(1);
    expect(report.refusedResponses[0]?.text).toMatch(/does not set ReportBatchItemFailures.*Set FunctionResponseTypes/);
  });
});

describe('a records file with a wrong line', () => {
  const WRONG = `${numbered(2)}{"value": oops}\n${numbered(1)}`;

  test('runs nothing: the line, and exit code 2', async () => {
    const { code, out, err } = await local(orders(ALL_DONE, WRONG), ONCE);

    expect(code).toBe(2);
    expect(err).toMatch(/orders\.jsonl:3 is no JSON/);
    expect(out).not.toContain('▶');
  });

  test.each([
    [
      'a topic that no mapping reads',
      numbered(1, { topic: 'payments' }),
      /orders\.jsonl:1: .*"payments".*they read orders/,
    ],
    [
      'a partition that is not there',
      numbered(1, { partition: 4 }),
      /orders\.jsonl:1: partition is 4.*from 0 to 3; --partitions/,
    ],
  ])('%s: so, too', async (_, records, words) => {
    const { code, err } = await local(orders(ALL_DONE, records), ONCE);

    expect([code, err]).toEqual([2, expect.stringMatching(words)]);
  });

  test('of standard input: what came before it is delivered and reported, and exit code 2', async () => {
    const argv = ['--template', 'template.json', '--records', '-'];
    const { code, out, report } = await reported(orders(ALL_DONE), argv, WRONG);

    expect(code).toBe(2);
    expect(out).toContain('standard input:3 is no JSON');
    expect(report.mappings[0]).toMatchObject({ end: 'resolved', outcomes: { done: 2, open: 0 } });
  });
});

describe('options', () => {
  test.each<[string, readonly string[], RegExp]>([
    ['an unknown one', ['--frobnicate'], /--frobnicate/],
    ['nothing to deliver', ['--template', 'template.json'], /There is nothing to deliver/],
    ['a choice that there is not', ['--choose', 'weather=fine'], /no choice "weather"; there are null-key-value/],
    [
      'a value of a choice that there is not',
      ['--choose', 'partial-response=maybe'],
      /accepted is listed \| checkpoint/,
    ],
    [
      'a choice without a value',
      ['--choose', 'partial-response'],
      /--choose is "partial-response"; accepted is NAME=VALUE/,
    ],
    ['a fault that there is not', ['--fault', 'flood@1'], /no fault "flood"; accepted is one of/],
    ['a fault without a place', ['--fault', 'kill-after'], /it needs a place, as in kill-after@17/],
    ['a time-out without --once', ['--records', '-', '--timeout-s', '3'], /--timeout-s belongs to --once/],
    [
      'two sources',
      ['--event', 'orders.jsonl', '--records', 'orders.jsonl'],
      /--event and --records do not go together/,
    ],
    ['a broker that is none', ['--broker', 'kafka://here'], /--broker is "kafka:\/\/here"; accepted is HOST:PORT/],
    ['a database that is no URL', ['--dynamodb', 'here'], /--dynamodb is "here"/],
    [
      'a report in a folder that is not there',
      ['--report', 'nowhere/report.json'],
      /--report nowhere\/report\.json cannot be written/,
    ],
    ['records that are not there', ['--records', 'nowhere.jsonl'], /--records nowhere\.jsonl cannot be read/],
    [
      'an app that is not there',
      ['--app', 'nowhere', ...ONCE.slice(2)],
      /--app is "nowhere", and there is no such folder/,
    ],
    ['a template that is not there', ['--template', 'nowhere.json', ...ONCE.slice(2)], /--template is "nowhere\.json"/],
    ['a mapping that is not there', [...ONCE, '--mapping', 'Nothing'], /is called "Nothing".*There are: Orders/],
    ['a parameter that is not there', [...ONCE, '--parameter', 'Stage=x'], /Stage/],
  ])('%s: exit code 2', async (_, argv, words) => {
    const { code, err } = await local(orders(ALL_DONE), argv);

    expect(err).toMatch(words);
    expect(code).toBe(2);
    expect(err).not.toMatch(/^\s+at /m);
  });
});

describe('a template', () => {
  test.each<[string, object, RegExp]>([
    ['without a mapping', { Resources: { Consumer: lambda('./code') } }, /no Kafka event source mapping/],
    [
      'with a token that cannot be resolved',
      template({ Topics: [{ 'Fn::ImportValue': 'SharedTopic' }] }),
      /Orders.*Topics[\s\S]*ImportValue/,
    ],
    [
      'that the service would refuse',
      template({ BatchSize: 20_000 }),
      /Resources\.Orders\.Properties\.BatchSize.*20000.*10000/,
    ],
    [
      'of another runtime',
      template({}, { Runtime: 'python3.13' }),
      /Consumer.*Runtime is "python3\.13".*Only Node\.js/,
    ],
  ])('%s: exit code 1 and the place', async (_, content, words) => {
    const cwd = project(folder.path, {
      'template.json': content,
      'code/index.js': ALL_DONE,
      'orders.jsonl': numbered(1),
    });
    const { code, err } = await local(cwd, ONCE);

    expect(err).toMatch(words);
    expect(code).toBe(1);
  });
});

describe('servers', () => {
  const servers: Server[] = [];
  const sockets: Socket[] = [];
  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy();
    await Promise.all(servers.splice(0).map((server) => new Promise((resolve) => server.close(resolve))));
  });
  async function listening(onConnection: (socket: Socket) => void): Promise<number> {
    const port = await freePort();
    const server = createServer((socket) => {
      sockets.push(socket);
      socket.on('error', () => {});
      onConnection(socket);
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    return port;
  }
  const withBroker = (port: number) => ['--template', 'template.json', '--once', '--broker', `127.0.0.1:${port}`];

  test('a broker that is not there: exit code 7', async () => {
    const port = await freePort();
    const { code, err } = await local(orders(ALL_DONE), withBroker(port));

    expect([code, err]).toEqual([7, expect.stringContaining(`No Kafka broker answers at 127.0.0.1:${port}`)]);
  });

  test('a port that speaks something else: exit code 7', async () => {
    const port = await listening((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    const { code, err } = await local(orders(ALL_DONE), withBroker(port));

    expect([code, err]).toEqual([7, expect.stringMatching(/does not speak Kafka.*--broker-config/)]);
  });

  test('a database that says nothing: exit code 7', async () => {
    const port = await listening(() => {});
    const { code, err } = await local(orders(ALL_DONE), [...ONCE, '--dynamodb', `http://127.0.0.1:${port}`]);

    expect([code, err]).toEqual([7, expect.stringMatching(/No DynamoDB answers.*said nothing for 5 s.*--dynamodb/)]);
  });

  test('a debugger port that something else uses: exit code 2, before anything runs', async () => {
    const port = await listening((socket) => socket.destroy());
    const { code, out, err } = await local(orders(ALL_DONE), [...ONCE, '--inspect', `${port}`]);

    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(new RegExp(`debugger's port ${port} cannot be opened: something else uses it.*--inspect PORT`));
  });
});

test('a broker configuration that is wrong names its field, with exit code 2', async () => {
  const cwd = orders(ALL_DONE);
  const file = join(cwd, 'orders.jsonl');
  const { code, err } = await local(cwd, ['--template', 'template.json', '--broker-config', file]);

  expect(readFileSync(file, 'utf8')).toBe(numbered(2, { partition: 0 }));
  expect([code, err]).toEqual([2, expect.stringContaining('orders.jsonl')]);
});
