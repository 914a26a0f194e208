/** `msk-once local --event`: one invocation with a captured event; and `--inspect`, with a debugger. */

import { DebuggerClient } from '../../local/worker/debugger-client';
import { freePort } from '../../support/free-ports';
import {
  ALL_DONE,
  Command,
  handler,
  local,
  numbered,
  processesIn,
  project,
  template,
  temporaryFolder,
  until,
} from './local-fixture';

const folder = temporaryFolder();
const debuggers: DebuggerClient[] = [];
afterEach(() => {
  for (const one of debuggers.splice(0)) one.close();
  expect(processesIn(folder.path)).toEqual([]);
});
afterAll(() => folder.remove());
jest.setTimeout(60_000);

// As AWS documents an event of Amazon MSK.
const EVENT = {
  eventSource: 'aws:kafka',
  eventSourceArn: 'arn:aws:kafka:eu-west-1:111122223333:cluster/shop/0a1b2c3d-2',
  bootstrapServers: 'b-1.shop.example:9098',
  records: {
    'orders-0': [41, 42].map((offset) => ({
      topic: 'orders',
      partition: 0,
      offset,
      timestamp: 1_790_000_000_000,
      timestampType: 'CREATE_TIME',
      key: 'azE=',
      value: 'eyJhIjoxfQ==',
      headers: [{ trace: [97, 98, -61, -85] }],
    })),
  },
};
const ARGV = ['--template', 'template.json', '--event', 'event.json'];

const withEvent = (code: string, event: string | object = EVENT, functionProperties: object = {}) =>
  project(folder.path, {
    'template.json': template({}, functionProperties),
    'code/index.js': code,
    'event.json': event,
    'orders.jsonl': numbered(1),
  });

test.each<[string, string, number, RegExp]>([
  ['a success', 'return { batchItemFailures: [] };', 0, /The service takes all 2 records for done\./],
  ['a partial answer', 'return { batchItemFailures: [failure(records[1])] };', 1, /delivers 1 record again: 0@42\./],
  [
    'an error',
    'throw new Error("no stock");',
    1,
    /Error: no stock \(index\.handler in .*delivers all 2 records again\./s,
  ],
  ['a wrong shape', 'return "ok";', 1, /returned "ok" instead of an object.*To mend it, return/s],
  [
    'an identifier of another event',
    'return { batchItemFailures: [{ itemIdentifier: { partition: "orders-0", offset: 7 } }] };',
    1,
    /names no record of this event.*delivers all 2 records again\./s,
  ],
])('%s is read as the service reads it', async (_, body, exitCode, words) => {
  const { code, out } = await local(withEvent(handler(body)), ARGV);

  expect(out).toMatch(words);
  expect(code).toBe(exitCode);
});

test('the function gets the event as it was captured', async () => {
  const cwd = withEvent('exports.handler = async (event) => { console.log("GOT " + JSON.stringify(event)); };');
  const { out } = await local(cwd, ARGV);

  expect(JSON.parse(/GOT (.*)/.exec(out)?.[1] ?? '')).toEqual(EVENT);
});

test.each<[string, string | object, RegExp]>([
  ['no JSON', '{', /event\.json: is no JSON/],
  ['no event of Kafka', { Records: [] }, /event\.json: has no records/],
  [
    'a record without its place',
    { records: { 'orders-0': [{ offset: 'x' }] } },
    /records\["orders-0"\]\[0\] has no topic/,
  ],
])('an event that is %s: exit code 2', async (_, event, words) => {
  const { code, err } = await local(withEvent(ALL_DONE, event), ARGV);

  expect([code, err]).toEqual([2, expect.stringMatching(words)]);
});

test('Ctrl-C while the function runs ends it', async () => {
  const command = new Command(
    withEvent(handler('console.log("in it"); await new Promise(() => setInterval(() => {}, 1e3));')),
    ARGV,
  );
  await command.until('in it');

  command.signal('SIGINT');

  expect((await command.ended).code).toBe(130);
});

describe('--inspect waits for a debugger, and its breakpoint holds the function longer than its time-out', () => {
  test.each([
    ['of a run', ['--template', 'template.json', '--records', 'orders.jsonl', '--once']],
    ['of an event', ARGV],
  ])('%s', async (_, argv) => {
    // Prepare
    const port = await freePort();
    const cwd = withEvent(handler('debugger; return { batchItemFailures: [] };'), EVENT, { Timeout: 1 });
    const command = new Command(cwd, [...argv, '--inspect', `${port}`]);
    await command.until(`ws://127.0.0.1:${port}/`);

    // Act
    const client = await DebuggerClient.attach(port);
    debuggers.push(client);
    client.send('Debugger.enable');
    client.send('Runtime.runIfWaitingForDebugger');
    await until(() => client.count('Debugger.paused') === 1, 'it stands at the breakpoint');
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    client.send('Debugger.resume');

    // Assess
    const { code, out } = await command.ended;
    expect(out).not.toContain('timed out');
    expect(code).toBe(0);
  });
});
