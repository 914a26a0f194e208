import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { LambdaFunction } from '../../../local/template/lambda-function';
import { ARN, deploy, isRunning, temporaryFolder, until, Workers } from './worker-fixture';

const folder = temporaryFolder();
const workers = new Workers();
afterEach(() => workers.killAll());
afterAll(() => folder.remove());

function start(source: string, overrides: Partial<LambdaFunction> = {}) {
  const lines: string[] = [];
  const lambda = deploy(folder.path, { 'index.mjs': source }, overrides);
  const worker = workers.start({ function: lambda, onOutput: (line) => lines.push(line) });
  return { worker, lines, lambda };
}

const options = { invokedFunctionArn: ARN, requestId: 'request-1' };
const NEVER = 'export const handler = async () => { await new Promise((resolve) => setTimeout(resolve, 60_000)); };';
const BUSY = 'export const handler = async () => { for (;;); };';

describe('a function that reaches its time-out is killed', () => {
  test.each([
    ['while it waits', NEVER],
    ['while it computes', BUSY],
  ])('%s', async (_, source) => {
    // Prepare
    const { worker } = start(source, { timeoutMs: 300 });

    // Act
    const result = await worker.invoke({}, options);

    // Assess
    expect(result).toMatchObject({
      kind: 'timeout',
      errorType: 'Sandbox.Timedout',
      errorMessage: 'RequestId: request-1 Error: Task timed out after 0.30 seconds',
    });
    expect(result.durationMs).toBeGreaterThanOrEqual(300);
    expect(result.durationMs).toBeLessThan(3000);
    expect(worker.alive).toBe(false);
    expect(isRunning(worker.pid)).toBe(false);
  });

  test('the time-out of an invocation wins over that of the function', async () => {
    // Prepare
    const { worker } = start(NEVER, { timeoutMs: 60_000 });

    // Act
    const result = await worker.invoke({}, { ...options, timeoutMs: 100 });

    // Assess
    expect(result).toMatchObject({ kind: 'timeout', errorMessage: expect.stringContaining('after 0.10 seconds') });
  });

  test('the time of loading does not count', async () => {
    // Prepare
    const slow = 'await new Promise((resolve) => setTimeout(resolve, 500)); export const handler = async () => 1;';
    const { worker } = start(slow, { timeoutMs: 300 });

    // Act
    const result = await worker.invoke({}, options);

    // Assess
    expect(result).toMatchObject({ kind: 'response', payload: 1 });
  });
});

describe('a process that ends in an invocation is a crash', () => {
  test.each([
    ['process.exit(3)', 3, null, 'RequestId: request-1 Error: Runtime exited with error: exit status 3'],
    ['process.exit(0)', 0, null, 'RequestId: request-1 Error: Runtime exited without providing a reason'],
    [
      'process.kill(process.pid, "SIGKILL")',
      null,
      'SIGKILL',
      'RequestId: request-1 Error: Runtime exited with error: signal: killed',
    ],
    ['process.abort()', null, 'SIGABRT', 'RequestId: request-1 Error: Runtime exited with error: signal: SIGABRT'],
  ])('%s', async (statement, exitCode, signal, errorMessage) => {
    // Prepare
    const { worker } = start(`export const handler = async () => { ${statement}; await new Promise(() => {}); };`);

    // Act
    const result = await worker.invoke({}, options);

    // Assess
    expect(result).toMatchObject({ kind: 'crash', errorType: 'Runtime.ExitError', exitCode, signal, errorMessage });
    expect(worker.alive).toBe(false);
  });

  test('kill() ends an invocation at once', async () => {
    // Prepare
    const { worker } = start(NEVER);
    await worker.ready;

    // Act
    const invocation = worker.invoke({}, options);
    worker.kill();

    // Assess
    expect(await invocation).toMatchObject({ kind: 'crash', exitCode: null, signal: 'SIGKILL' });
    expect(worker.alive).toBe(false);
    expect(await worker.exited).toEqual({ exitCode: null, signal: 'SIGKILL' });
  });

  test('what the function started dies with it', async () => {
    // Prepare
    const source = `
      import { spawn } from 'node:child_process';
      export const handler = async () => {
        console.log(spawn('/bin/sh', ['-c', 'sleep 60'], { stdio: 'inherit' }).pid);
        await new Promise((resolve) => setTimeout(resolve, 60_000));
      };`;
    const { worker, lines } = start(source);
    const invocation = worker.invoke({}, options);
    await until(() => lines.length > 0, 'the function has printed the id of its process');

    // Act
    worker.kill();
    await invocation;

    // Assess
    await until(() => !isRunning(Number(lines[0])), 'its process is gone');
  });

  test.each([
    [
      'an exception that nobody catches',
      'setTimeout(() => { throw new TypeError("late"); }, 5)',
      'TypeError',
      'late',
      129,
    ],
    [
      'a rejection that nobody handles',
      'Promise.reject(new Error("lost"))',
      'Runtime.UnhandledPromiseRejection',
      'Error: lost',
      128,
    ],
  ])('%s is reported, and ends the process', async (_, statement, errorType, errorMessage, exitCode) => {
    // Prepare
    const { worker, lines } = start(
      `export const handler = async () => { ${statement}; await new Promise((resolve) => setTimeout(resolve, 2000)); };`,
    );

    // Act
    const result = await worker.invoke({}, options);

    // Assess
    expect(result).toMatchObject({ kind: 'error', errorType, errorMessage, trace: expect.any(Array) });
    expect(worker.alive).toBe(false);
    expect(await worker.exited).toEqual({ exitCode, signal: null });
    expect(lines.join('\n')).toContain(errorMessage);
  });

  test('what fails after the answer does not spoil it, but ends the worker', async () => {
    // Prepare
    const { worker } = start(
      'export const handler = async () => { setTimeout(() => { throw new Error("afterwards"); }, 50); return 1; };',
    );

    // Act
    const result = await worker.invoke({}, options);
    const exit = await worker.exited;

    // Assess
    expect(result).toMatchObject({ kind: 'response', payload: 1 });
    expect(exit).toEqual({ exitCode: 129, signal: null });
    expect(worker.alive).toBe(false);
  });
});

describe('a function that cannot be loaded is an init error', () => {
  test.each([
    ['its module throws', 'throw new RangeError("no table");', 'RangeError', 'no table'],
    ['its module does not parse', 'export const = ;', 'Runtime.UserCodeSyntaxError', 'SyntaxError'],
    ['its module misses another', 'import "./missing.mjs";', 'Runtime.ImportModuleError', 'missing.mjs'],
    [
      'it exports something else',
      'export const other = async () => {};',
      'Runtime.HandlerNotFound',
      'index.handler is undefined or not exported',
    ],
    [
      'it exports no function',
      'export const handler = 3;',
      'Runtime.HandlerNotFound',
      'index.handler is not a function',
    ],
    [
      'its module ends the process',
      'process.exit(3);',
      'Runtime.ExitError',
      'Error: Runtime exited with error: exit status 3',
    ],
    ['its module waits for nothing', 'await new Promise(() => {});', 'Runtime.ExitError', 'Runtime exited'],
    [
      'its module leaves a rejection',
      'Promise.reject(new Error("lost")); await new Promise((r) => setTimeout(r, 2000));',
      'Runtime.UnhandledPromiseRejection',
      'lost',
    ],
  ])('%s', async (_, source, errorType, message) => {
    // Prepare
    const { worker } = start(source);

    // Act
    const result = await worker.invoke({}, options);

    // Assess
    expect(result).toMatchObject({ kind: 'init-error', errorType, errorMessage: expect.stringContaining(message) });
    expect(await worker.ready).toMatchObject({ kind: 'init-error', errorType });
    expect(worker.alive).toBe(false);
    await worker.exited;
  });

  test('a function that takes a callback is refused from nodejs24.x on', async () => {
    // Prepare
    const { worker } = start('export const handler = (event, context, callback) => callback();', {
      runtime: 'nodejs24.x',
    });

    // Act
    const result = await worker.invoke({}, options);

    // Assess
    expect(result).toMatchObject({ kind: 'init-error', errorType: 'Runtime.CallbackHandlerDeprecated' });
  });

  test('loading has a time-out of its own', async () => {
    // Prepare
    const lambda = deploy(folder.path, { 'index.mjs': 'await new Promise((resolve) => setTimeout(resolve, 60_000));' });
    const worker = workers.start({ function: lambda, initTimeoutMs: 200 });

    // Act
    const result = await worker.invoke({}, options);

    // Assess
    expect(result).toMatchObject({
      kind: 'init-error',
      errorMessage: 'INIT_REPORT Init Duration: 200.00 ms Phase: init Status: timeout',
    });
    expect(isRunning(worker.pid)).toBe(false);
  });

  test('a folder that is gone is one, too', async () => {
    // Prepare
    const lambda = { ...deploy(folder.path, {}), assetPath: join(folder.path, 'gone') };
    const worker = workers.start({ function: lambda });

    // Act
    const result = await worker.invoke({}, options);

    // Assess
    expect(result).toMatchObject({ kind: 'init-error' });
    expect(worker.alive).toBe(false);
  });
});

describe('a frozen worker', () => {
  test('does nothing until it is thawed, and its time goes on', async () => {
    // Prepare
    const source = `
      import { writeFileSync } from 'node:fs';
      export const handler = async (event, context) => {
        writeFileSync('begun', '');
        await new Promise((resolve) => setTimeout(resolve, 500));
        writeFileSync('effect', '');
        return context.getRemainingTimeInMillis();
      };`;
    const { worker, lambda } = start(source);
    const invocation = worker.invoke({}, options);
    await until(() => existsSync(join(lambda.assetPath, 'begun')), 'the handler runs');

    // Act
    worker.freeze();
    await new Promise((resolve) => setTimeout(resolve, 800));
    const effectWhileFrozen = existsSync(join(lambda.assetPath, 'effect'));
    worker.thaw();
    const result = await invocation;

    // Assess
    expect(effectWhileFrozen).toBe(false);
    expect(existsSync(join(lambda.assetPath, 'effect'))).toBe(true);
    expect(result.kind === 'response' && result.payload).toBeLessThanOrEqual(4200);
  });

  test('still reaches its time-out', async () => {
    // Prepare
    const { worker } = start(NEVER, { timeoutMs: 300 });
    await worker.ready;
    worker.freeze();

    // Act
    const result = await worker.invoke({}, options);

    // Assess
    expect(result.kind).toBe('timeout');
    expect(isRunning(worker.pid)).toBe(false);
  });

  test('can be stopped', async () => {
    // Prepare
    const { worker } = start(NEVER);
    await worker.ready;
    worker.freeze();

    // Act
    await worker.stop();

    // Assess
    expect(isRunning(worker.pid)).toBe(false);
  });
});

describe('the caller of a worker', () => {
  test('may not invoke twice at once', async () => {
    // Prepare
    const { worker } = start('export const handler = async (event) => event;');

    // Act
    const first = worker.invoke(1, options);
    const second = worker.invoke(2, options);

    // Assess
    await expect(second).rejects.toThrow('one invocation at a time');
    expect(await first).toMatchObject({ payload: 1 });
    expect(await worker.invoke(3, options)).toMatchObject({ payload: 3 });
  });

  test('may not invoke a dead worker, nor stop a busy one', async () => {
    // Prepare
    const { worker } = start(NEVER);
    await worker.ready;
    const invocation = worker.invoke({}, options);

    // Act, assess
    await expect(worker.stop()).rejects.toThrow('between invocations');
    worker.kill();
    await invocation;
    await expect(worker.invoke({}, options)).rejects.toThrow('dead');
  });

  test('stops an idle worker, whose exit listeners still run, and finds no temporary file left', async () => {
    // Prepare
    const source = `
      import { writeFileSync } from 'node:fs';
      process.on('exit', () => writeFileSync('left', ''));
      export const handler = async () => process.argv[1];`;
    const { worker, lambda } = start(source);
    const result = await worker.invoke({}, options);

    // Act
    await worker.stop();

    // Assess
    expect(await worker.exited).toEqual({ exitCode: 0, signal: null });
    expect(readFileSync(join(lambda.assetPath, 'left'), 'utf8')).toBe('');
    const program = result.kind === 'response' ? String(result.payload) : '';
    expect(program).toContain('msk-once-worker-');
    expect(existsSync(dirname(program))).toBe(false);
  });
});

describe('what a function prints', () => {
  test('arrives line by line, from both streams, the last one without its end', async () => {
    // Prepare
    const lines: string[] = [];
    const lambda = deploy(folder.path, {
      'index.mjs': `
        export const handler = async () => {
          console.log('one\\ntwo: Zürich');
          console.error('three');
          process.stdout.write('four');
        };`,
    });
    const worker = workers.start({ function: lambda, onOutput: (line, stream) => lines.push(`${stream}: ${line}`) });

    // Act
    await worker.invoke({}, options);
    await worker.stop();

    // Assess
    expect(lines.filter((line) => line.startsWith('stdout'))).toEqual([
      'stdout: one',
      'stdout: two: Zürich',
      'stdout: four',
    ]);
    expect(lines).toContain('stderr: three');
  });

  test.each([
    ['with a listener', true],
    ['without one', false],
  ])('may be megabytes, %s', async (_, listens) => {
    // Prepare
    const lines: string[] = [];
    const lambda = deploy(folder.path, {
      'index.mjs': `export const handler = async () => {
        for (let n = 0; n < 1_000; n += 1) {
          const text = Array.from({ length: 100 }, (_, m) => String(100 * n + m).padStart(80, 'x') + '\\n').join('');
          await new Promise((resolve) => process.stdout.write(text, resolve));
        }
        return 1;
      };`,
    });
    const onOutput = (line: string) => lines.push(line);
    const worker = workers.start(listens ? { function: lambda, onOutput } : { function: lambda });

    // Act
    const result = await worker.invoke({}, options);
    await worker.stop();

    // Assess
    expect(result).toMatchObject({ kind: 'response', payload: 1 });
    expect(lines).toHaveLength(listens ? 100_000 : 0);
    if (listens) expect([lines[0], lines.at(-1)]).toEqual(['0'.padStart(80, 'x'), '99999'.padStart(80, 'x')]);
  });

  test('in one endless line is left out but for its beginning, with a word', async () => {
    // Prepare
    const lines: string[] = [];
    const lambda = deploy(folder.path, {
      'index.mjs': `
        const print = (text) => new Promise((resolve) => process.stdout.write(text, resolve));
        export const handler = async () => {
          await print('first\\n');
          for (let n = 0; n < 50; n += 1) await print('ü'.repeat(500_000));
          await print('!\\nlast\\n');
          return 1;
        };`,
    });
    const onOutput = (line: string) => lines.push(line.length > 100 ? `${line[0]} × ${line.length}` : line);
    const worker = workers.start({ function: lambda, onOutput });

    // Act
    const result = await worker.invoke({}, { ...options, timeoutMs: 20_000 });
    await worker.stop();

    // Assess
    const leftOut = 25_000_001 - 262_144;
    expect(result).toMatchObject({ kind: 'response', payload: 1 });
    expect(lines).toEqual(['first', 'ü × 262144', `… ${leftOut} more characters of this line are left out.`, 'last']);
  });
});
