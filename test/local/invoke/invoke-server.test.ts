/** Lambda's Invoke as its own client meets it. */
import { InvokeCommand, type InvokeCommandInput, LambdaClient } from '@aws-sdk/client-lambda';
import type { LocalServer } from '../../../local/aws/http-server';
import { openInvoke } from '../../../local/invoke/open-invoke';
import { SandboxPool } from '../../../local/invoke/sandbox-pool';
import { ARN, deploy, temporaryFolder } from '../worker/worker-fixture';

const folder = temporaryFolder();
let server: LocalServer;
let client: LambdaClient;

beforeAll(async () => {
  const lambda = deploy(folder.path, {
    'index.js': `
      let calls = 0;
      exports.handler = async (event, { invokedFunctionArn }) => {
        if (event.dies) process.exit(1);
        if (event.throws) throw new TypeError(event.throws);
        return { event, invokedFunctionArn, calls: ++calls, endpoint: process.env.ENDPOINT };
      };`,
  });
  server = await openInvoke({
    mappings: [{ logicalId: 'Flights', functionName: 'flights', invokedFunctionArn: ARN, function: lambda }],
    environment: { ENDPOINT: 'http://here' },
  });
  const credentials = { accessKeyId: 'a', secretAccessKey: 's' };
  client = new LambdaClient({ endpoint: server.endpoint, region: 'us-east-1', credentials, maxAttempts: 1 });
});

afterAll(async () => {
  client.destroy();
  await server.close();
  folder.remove();
});

async function invoke(event: unknown, more: Partial<InvokeCommandInput> = {}) {
  const Payload = Buffer.from(typeof event === 'string' ? event : JSON.stringify(event));
  const { Payload: answer, ...rest } = await client.send(
    new InvokeCommand({ FunctionName: 'flights:flights-partial', Payload, ...more }),
  );
  const text = Buffer.from(answer ?? []).toString();
  return { ...rest, answer: text === '' ? undefined : JSON.parse(text) };
}

test('a function answers under its alias, and the same process takes the next event', async () => {
  const { answer, StatusCode, FunctionError, ExecutedVersion } = await invoke({ a: 'ä' });

  expect([StatusCode, FunctionError, ExecutedVersion]).toEqual([200, undefined, '$LATEST']);
  expect(answer).toEqual({ event: { a: 'ä' }, invokedFunctionArn: ARN, calls: 1, endpoint: 'http://here' });
  expect((await invoke({})).answer.calls).toBe(2);
});

test.each([
  ['name and qualifier', { FunctionName: 'flights', Qualifier: 'flights-partial' }],
  ['the ARN of the alias', { FunctionName: ARN }],
  [
    'the ARN of the function and a qualifier',
    { FunctionName: ARN.replace(':flights-partial', ''), Qualifier: 'flights-partial' },
  ],
])('it is found by %s', async (_, names) => {
  expect((await invoke({}, names)).StatusCode).toBe(200);
});

test('an error of the function is an answer that says so, and so is its death; the next process is a new one', async () => {
  expect(await invoke({ throws: 'no' })).toMatchObject({
    FunctionError: 'Unhandled',
    answer: { errorType: 'TypeError', errorMessage: 'no' },
  });
  expect(await invoke({ dies: true })).toMatchObject({
    FunctionError: 'Unhandled',
    answer: { errorType: 'Runtime.ExitError' },
  });
  expect((await invoke({})).answer.calls).toBe(1);
});

test('a dry run runs nothing', async () => {
  expect(await invoke({ dies: true }, { InvocationType: 'DryRun' })).toMatchObject({
    StatusCode: 204,
    answer: undefined,
  });
});

test.each<[string, unknown, Partial<InvokeCommandInput>, string, number]>([
  ['another alias', {}, { FunctionName: 'flights:live' }, 'ResourceNotFoundException', 404],
  ['no alias', {}, { FunctionName: 'flights' }, 'ResourceNotFoundException', 404],
  ['another function', {}, { FunctionName: 'orders:flights-partial' }, 'ResourceNotFoundException', 404],
  ['what is no JSON', 'hello', {}, 'InvalidRequestContentException', 400],
  ['more than 6 MB', `"${'x'.repeat(6_291_455)}"`, {}, 'RequestTooLargeException', 413],
])('%s is refused as Lambda does', async (_, event, more, name, httpStatusCode) => {
  await expect(invoke(event, more)).rejects.toMatchObject({ name, $metadata: { httpStatusCode } });
});

test('sandboxes are used again, and there are never more than may be', async () => {
  const opened: number[] = [];
  const sandbox = { invoke: () => Promise.reject(new Error('unused')), stop: () => Promise.resolve() };
  const pool = new SandboxPool(2, (nth) => {
    opened.push(nth);
    return sandbox;
  });
  let end = () => {};
  const busy = new Promise<string>((resolve) => {
    end = () => resolve('ended');
  });

  const running = [pool.run(() => busy), pool.run(() => busy)];
  const third = await pool.run(() => busy);
  end();

  expect([third, await Promise.all(running), await pool.run(() => busy)]).toEqual([
    undefined,
    ['ended', 'ended'],
    'ended',
  ]);
  expect(opened).toEqual([1, 2]);
});
