import { createServer } from 'node:net';
import type { InspectOptions } from '../../../local/worker/worker';
import { freePorts } from '../../support/free-ports';
import { DebuggerClient } from './debugger-client';
import { ARN, deploy, isRunning, temporaryFolder, until, Workers } from './worker-fixture';

const folder = temporaryFolder();
const workers = new Workers();
const debuggers: DebuggerClient[] = [];
afterEach(async () => {
  for (const one of debuggers.splice(0)) one.close();
  await workers.killAll();
});
afterAll(() => folder.remove());

async function start(
  source: string,
  timeoutMs: number,
  given: Partial<InspectOptions> & { initTimeoutMs?: number } = {},
) {
  const { initTimeoutMs = 10_000, ...inspect } = given;
  const port = await freePorts(1);
  const lines: string[] = [];
  const worker = workers.start({
    function: deploy(folder.path, { 'index.mjs': source }, { timeoutMs }),
    onOutput: (line) => lines.push(line),
    inspect: { port, ...inspect },
    initTimeoutMs,
  });
  return { worker, lines, port };
}

async function attach(port: number): Promise<DebuggerClient> {
  const client = await DebuggerClient.attach(port);
  debuggers.push(client);
  return client;
}

const options = { invokedFunctionArn: ARN, requestId: 'request-1' };
const paused = (client: DebuggerClient, times = 1) =>
  until(() => client.count('Debugger.paused') === times, 'it stands at the breakpoint');
const longerThan = (ms: number) => new Promise((resolve) => setTimeout(resolve, 1.5 * ms));

const STOPS = `
  export const handler = async (event, context) => {
    const before = context.getRemainingTimeInMillis();
    debugger;
    return { before, after: context.getRemainingTimeInMillis() };
  };`;

describe('a debugger', () => {
  test('finds the process at the port that was asked for, which is printed', async () => {
    const { worker, lines, port } = await start(STOPS, 1_000);
    await worker.ready;

    const client = await attach(port);

    await until(() => lines.length > 0, 'the line has come');
    expect(lines[0]).toMatch(new RegExp(`^Debugger listening on ws://127\\.0\\.0\\.1:${port}/[0-9a-f-]{36}$`));
    expect(client.isOpen).toBe(true);
  });

  test('may hold the process longer than its time-out; the function finds its time as it was', async () => {
    const { worker, port } = await start(STOPS, 1_000);
    await worker.ready;
    const client = await attach(port);
    client.send('Debugger.enable');
    await until(() => client.count('Debugger.scriptParsed') > 0, 'it listens');
    const invocation = worker.invoke({}, options);
    await paused(client);

    await longerThan(1_000);
    client.send('Debugger.resume');
    const result = await invocation;

    expect(result.kind).toBe('response');
    const { before, after } = (result as { payload: { before: number; after: number } }).payload;
    expect(before).toBeLessThanOrEqual(1_000);
    expect(after).toBeGreaterThan(0);
    expect(after).toBeLessThanOrEqual(before);
  });

  test('that goes away lets the process go on, and its time too', async () => {
    const { worker, port } = await start(
      'export const handler = async () => { debugger; await new Promise((r) => setTimeout(r, 60_000)); };',
      500,
    );
    await worker.ready;
    const client = await attach(port);
    client.send('Debugger.enable');
    await until(() => client.count('Debugger.scriptParsed') > 0, 'it listens');
    const invocation = worker.invoke({}, options);
    await paused(client);
    await longerThan(500);

    client.close();

    expect(await invocation).toMatchObject({ kind: 'timeout' });
  });

  test('may be waited for: the function is loaded when it has attached, and its breakpoint is hit', async () => {
    const source = 'export const handler = async () => {\n  const n = 1;\n  return n;\n};';
    const { worker, port } = await start(source, 1_000, { waitForDebugger: true, initTimeoutMs: 500 });
    await longerThan(500);
    const client = await attach(port);
    client.send('Debugger.enable');
    client.send('Debugger.setBreakpointByUrl', { urlRegex: '.*index\\.mjs$', lineNumber: 2 });
    client.send('Runtime.runIfWaitingForDebugger');
    const invocation = worker.invoke({}, options);

    await paused(client);
    client.send('Debugger.resume');

    expect(await worker.ready).toBeUndefined();
    expect(await invocation).toMatchObject({ kind: 'response', payload: 1 });
  });
});

describe('with a debugger that holds nothing', () => {
  test.each([
    ['an endless loop', 'for (;;);'],
    ['a wait', 'await new Promise((resolve) => setTimeout(resolve, 60_000));'],
  ])('%s reaches its time-out', async (_, statement) => {
    const { worker, port } = await start(`export const handler = async () => { ${statement} };`, 500);
    await worker.ready;
    const client = await attach(port);
    client.send('Debugger.enable');

    const result = await worker.invoke({}, options);

    expect(result).toMatchObject({ kind: 'timeout' });
    expect(isRunning(worker.pid)).toBe(false);
  });

  test('a process that ends does not wait for it', async () => {
    const { worker, port } = await start('export const handler = async () => process.exit(3);', 20_000);
    await worker.ready;
    const client = await attach(port);
    client.send('Debugger.enable');
    await until(() => client.count('Debugger.scriptParsed') > 0, 'it listens');

    const result = await worker.invoke({}, options);

    expect(result).toMatchObject({ kind: 'crash', exitCode: 3 });
    await until(() => !client.isOpen, 'the debugger knows');
  });
});

describe('the port', () => {
  test('is free for the next worker', async () => {
    const { worker, port } = await start(STOPS, 1_000);
    await worker.ready;
    await attach(port);
    await worker.stop();
    const next = workers.start({ function: deploy(folder.path, { 'index.mjs': STOPS }), inspect: { port } });

    const results = [await next.invoke({}, options), await next.invoke({}, options)];

    expect(results.map(({ kind }) => kind)).toEqual(['response', 'response']);
  });

  test('that something else uses is an init error that says so', async () => {
    const port = await freePorts(1);
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(port, '127.0.0.1', resolve));
    const worker = workers.start({ function: deploy(folder.path, { 'index.mjs': STOPS }), inspect: { port } });

    const result = await worker.invoke({}, options);
    await new Promise((resolve) => other.close(resolve));

    expect(result).toMatchObject({
      kind: 'init-error',
      errorMessage: `The debugger's port ${port} cannot be opened: something else uses it. End that program, or choose another port.`,
    });
    expect(worker.alive).toBe(false);
    expect(isRunning(worker.pid)).toBe(false);
  });
});
