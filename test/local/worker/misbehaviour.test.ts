/** Functions that do to their process what deployed functions can do to theirs: a clear end, and nobody left behind. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { LambdaFunction } from '../../../local/template/lambda-function';
import { ARN, deploy, isRunning, temporaryFolder, until, Workers } from './worker-fixture';

const folder = temporaryFolder();
const workers = new Workers();
afterEach(() => workers.killAll());
afterAll(() => folder.remove());

function start(source: string, overrides: Partial<LambdaFunction> = {}, file = 'index.mjs') {
  const lines: string[] = [];
  const lambda = deploy(folder.path, { [file]: source }, overrides);
  const worker = workers.start({ function: lambda, onOutput: (line) => lines.push(line) });
  return { worker, lines, lambda };
}

const options = { invokedFunctionArn: ARN, requestId: 'request-1' };

describe('a function that takes away what its runtime hangs on', () => {
  test.each([
    ['every listener of its process', 'process.removeAllListeners();'],
    ['the listeners of messages', "process.removeAllListeners('message');"],
  ])('%s: the next invocations go on, and what fails later is still seen', async (_, statement) => {
    // Prepare
    const { worker } = start(`
      ${statement}
      export const handler = async (n) => {
        ${statement}
        if (n === 3) await new Promise(() => {});
        return n;
      };`);

    // Act
    const results = [await worker.invoke(1, options), await worker.invoke(2, options), await worker.invoke(4, options)];
    await worker.stop();

    // Assess
    expect(results).toMatchObject([{ payload: 1 }, { payload: 2 }, { payload: 4 }]);
    expect(await worker.exited).toEqual({ exitCode: 0, signal: null });
  });

  test('its listener of uncaught errors: the process ends all the same', async () => {
    // Prepare
    const { worker } = start(`
      export const handler = async () => {
        process.removeAllListeners('uncaughtException');
        setTimeout(() => { throw new TypeError('late'); }, 5);
        await new Promise((resolve) => setTimeout(resolve, 2000));
      };`);

    // Act
    const result = await worker.invoke({}, options);

    // Assess
    expect(result).toMatchObject({
      kind: 'crash',
      exitCode: 1,
      errorMessage: expect.stringContaining('exit status 1'),
    });
    expect(worker.alive).toBe(false);
  });

  test.each([
    ['and waits', 'await new Promise((resolve) => setTimeout(resolve, 60_000));'],
    ['and returns', ''],
  ])('its channel, %s: a crash', async (_, then) => {
    // Prepare
    const { worker } = start(`export const handler = async () => { process.disconnect(); ${then} return 1; };`);

    // Act
    const result = await worker.invoke({}, options);

    // Assess
    expect(result).toMatchObject({ kind: 'crash', errorType: 'Runtime.ExitError' });
    await until(() => !isRunning(worker.pid), 'the process is gone');
  });
});

describe('a function that starts other processes', () => {
  const SLEEP = "['/bin/sh', ['-c', 'sleep 300'], { stdio: 'ignore', detached: true }]";

  test.each([
    ['in the background', SLEEP.replace('true', 'false')],
    ['in a session of their own', SLEEP],
  ])('%s: they end with its worker', async (_, given) => {
    // Prepare
    const { worker } = start(`
      import { spawn } from 'node:child_process';
      export const handler = async () => {
        const child = spawn(...${given});
        child.unref();
        return child.pid;
      };`);
    const result = await worker.invoke({}, options);
    const pid = result.kind === 'response' ? Number(result.payload) : 0;
    const before = isRunning(pid);

    // Act
    await worker.stop();

    // Assess
    expect(before).toBe(true);
    await until(() => !isRunning(pid), 'what it started is gone');
  });

  test('of which one holds its output: its end is seen all the same, and that one ends too', async () => {
    // Prepare
    const { worker, lines } = start(`
      import { spawn } from 'node:child_process';
      export const handler = async () => {
        spawn('/bin/sh', ['-c', 'echo $$; sleep 300 & echo $!; wait'], { stdio: 'inherit', detached: true }).unref();
        process.exit(4);
      };`);

    // Act
    const result = await worker.invoke({}, options);

    // Assess
    expect(result).toMatchObject({ kind: 'crash', exitCode: 4 });
    await worker.exited;
    await until(() => !lines.map(Number).some(isRunning), 'all of it is gone');
  });
});

test('a function that stops itself reaches its time-out', async () => {
  // Prepare
  const { worker } = start("export const handler = async () => { process.kill(process.pid, 'SIGSTOP'); };", {
    timeoutMs: 300,
  });

  // Act
  const result = await worker.invoke({}, options);

  // Assess
  expect(result.kind).toBe('timeout');
  expect(isRunning(worker.pid)).toBe(false);
});

test('a function that reads its standard input finds its end', async () => {
  // Prepare
  const { worker } = start(`
    import { readFileSync } from 'node:fs';
    export const handler = async () => {
      let streamed = '';
      for await (const chunk of process.stdin) streamed += chunk;
      return [readFileSync(0, 'utf8'), streamed];
    };`);

  // Act
  const result = await worker.invoke({}, options);

  // Assess
  expect(result).toMatchObject({ kind: 'response', payload: ['', ''] });
});

test.each([
  ['a message', 'new Error("m".repeat(20_000_000))'],
  ['a thrown text', '"m".repeat(20_000_000)'],
  ['a name', 'Object.assign(new Error("x"), { name: "m".repeat(20_000_000) })'],
])('an error with %s of megabytes arrives in short, with a word', async (_, thrown) => {
  // Prepare
  const { worker } = start(`export const handler = async () => { throw ${thrown}; };`);

  // Act
  const result = await worker.invoke({}, options);

  // Assess
  const text = JSON.stringify(result);
  expect(result.kind).toBe('error');
  expect(text.length).toBeLessThan(400_000);
  expect(text).toContain('more characters are left out');
  expect(worker.alive).toBe(true);
});

test('an answer of a hundred megabytes never leaves the process', async () => {
  // Prepare
  const { worker } = start('export const handler = async () => "x".repeat(100_000_000);');

  // Act
  const result = await worker.invoke({}, options);

  // Assess
  expect(result).toMatchObject({
    kind: 'error',
    errorType: 'Function.ResponseSizeTooLarge',
    errorMessage: expect.stringContaining('6291456 bytes'),
  });
});

describe('handlers that are not there, in the words of Lambda', () => {
  test.each([
    ['a module without exports', {}, 'index.js', '', 'index.handler', 'Runtime.HandlerNotFound'],
    ['in a folder', {}, 'src/app.js', 'exports.other = 1;', 'src/app.handler', 'Runtime.HandlerNotFound'],
    ['an ES module', {}, 'index.mjs', 'export default async () => 1;', 'index.handler', 'Runtime.HandlerNotFound'],
    ['a nested name', {}, 'index.js', 'exports.a = {};', 'index.a.b.c', 'Runtime.HandlerNotFound'],
  ])('%s', async (_, __, file, source, handler, errorType) => {
    // Prepare
    const { worker } = start(source, { handler }, file);

    // Act
    const result = await worker.invoke({}, options);

    // Assess
    const errorMessage = `${handler} is undefined or not exported`;
    expect(result).toMatchObject({ kind: 'init-error', errorType, errorMessage });
  });
});

test('what fails between two invocations is seen by the next caller, and leaves nothing behind', async () => {
  // Prepare
  const { worker, lambda } = start(`
    import { writeFileSync } from 'node:fs';
    export const handler = async () => {
      setTimeout(() => { writeFileSync('late', ''); throw new Error('afterwards'); }, 20);
      return 1;
    };`);

  // Act
  const result = await worker.invoke({}, options);
  await until(() => !worker.alive, 'the worker is dead');

  // Assess
  expect(result).toMatchObject({ payload: 1 });
  expect(existsSync(join(lambda.assetPath, 'late'))).toBe(true);
  await expect(worker.invoke({}, options)).rejects.toThrow('dead');
  await worker.exited;
  expect(isRunning(worker.pid)).toBe(false);
});
