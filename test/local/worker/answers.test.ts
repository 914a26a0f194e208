import { ARN, deploy, temporaryFolder, Workers } from './worker-fixture';

const folder = temporaryFolder();
const workers = new Workers();
afterEach(() => workers.killAll());
afterAll(() => folder.remove());

/** Invokes a handler, given as the source of index.mjs, once. */
async function invoke(source: string, event: unknown = {}, runtime = 'nodejs22.x') {
  const lambda = deploy(folder.path, { 'index.mjs': source }, { runtime });
  const worker = workers.start({ function: lambda });
  return { worker, result: await worker.invoke(event, { invokedFunctionArn: ARN, requestId: 'request-1' }) };
}

describe('what a handler gives comes back as Lambda sends it', () => {
  test.each([
    ['an async function', 'export const handler = async (event) => ({ got: event.records });', { got: 3 }],
    ['a promise', 'export const handler = (event) => Promise.resolve(event.records);', 3],
    ['nothing', 'export const handler = async () => {};', null],
    ['a value without JSON', 'export const handler = async () => () => 1;', null],
    ['a date', 'export const handler = async () => ({ at: new Date(0) });', { at: '1970-01-01T00:00:00.000Z' }],
    [
      'a callback',
      'export const handler = (event, _, callback) => setTimeout(callback, 5, null, event);',
      { records: 3 },
    ],
    ['context.succeed', 'export const handler = (event, context) => { context.succeed(event.records); };', 3],
    ['a callback never called', 'export const handler = (event, context, callback) => {};', null],
  ])('%s', async (_, source, payload) => {
    // Prepare, act
    const { result } = await invoke(source, { records: 3 });

    // Assess
    expect(result).toMatchObject({ kind: 'response', payload });
  });

  test('up to nodejs22.x a value that is no promise is lost, and the function is told so', async () => {
    // Prepare
    const output: string[] = [];
    const lambda = deploy(folder.path, { 'index.mjs': 'export const handler = () => ({ batchItemFailures: [1] });' });
    const worker = workers.start({ function: lambda, onOutput: (line) => output.push(line) });

    // Act
    const result = await worker.invoke({}, { invokedFunctionArn: ARN });
    await worker.stop();

    // Assess
    expect(result).toMatchObject({ kind: 'response', payload: null });
    expect(output.join('\n')).toContain('make the handler async');
  });

  test('from nodejs24.x on a value that is no promise is the answer', async () => {
    // Prepare, act
    const { result } = await invoke('export const handler = () => ({ ok: true });', {}, 'nodejs24.x');

    // Assess
    expect(result).toMatchObject({ kind: 'response', payload: { ok: true } });
  });

  test('a callback waits until nothing is left to happen', async () => {
    // Prepare
    const source = `
      export const handler = (event, context, callback) => {
        setTimeout(() => { event.late = true; }, 100);
        callback(null, event);
      };`;

    // Act
    const { result } = await invoke(source, {});

    // Assess
    expect(result).toMatchObject({ kind: 'response', payload: { late: true } });
  });

  test('a callback that must not wait answers at once', async () => {
    // Prepare
    const source = `
      export const handler = (event, context, callback) => {
        context.callbackWaitsForEmptyEventLoop = false;
        setTimeout(() => {}, 60_000);
        callback(null, 'now');
      };`;

    // Act
    const { result } = await invoke(source);

    // Assess
    expect(result).toMatchObject({ kind: 'response', payload: 'now' });
  });

  test('an answer just below 6 MB arrives, one above does not', async () => {
    // Prepare
    const lambda = deploy(folder.path, {
      'index.mjs': 'export const handler = async ({ length }) => "x".repeat(length);',
    });
    const worker = workers.start({ function: lambda });

    // Act
    const below = await worker.invoke({ length: 6 * 1024 * 1024 - 2 }, { invokedFunctionArn: ARN });
    const above = await worker.invoke({ length: 6 * 1024 * 1024 - 1 }, { invokedFunctionArn: ARN });

    // Assess
    expect(below.kind === 'response' && String(below.payload).length).toBe(6_291_454);
    expect(above).toMatchObject({ kind: 'error', errorType: 'Function.ResponseSizeTooLarge' });
    expect(worker.alive).toBe(true);
  });
});

describe('an error comes back with type, message and trace, and the worker goes on', () => {
  test.each([
    ['a rejection', 'async () => { throw new RangeError("too many"); }', 'RangeError', 'too many'],
    ['a throw', '() => { throw new TypeError("no such field"); }', 'TypeError', 'no such field'],
    [
      'an error of its own name',
      'async () => { const e = new Error("x"); e.name = "RecordsOpen"; throw e; }',
      'RecordsOpen',
      'x',
    ],
    ['a callback with an error', '(e, c, callback) => callback(new Error("failed"))', 'Error', 'failed'],
    ['a thrown text', 'async () => { throw "plain"; }', 'string', 'plain'],
    [
      'a BigInt in the result',
      'async () => ({ offset: 1n })',
      'Runtime.MarshalError',
      'Unable to stringify response body: Do not know how to serialize a BigInt',
    ],
    [
      'a circle in the result',
      'async () => { const a = {}; a.a = a; return a; }',
      'Runtime.MarshalError',
      'Unable to stringify response body',
    ],
    [
      'a promise that nothing will settle',
      'async () => { await new Promise(() => {}); }',
      'Runtime.NodeJsExit',
      'never settled',
    ],
  ])('%s', async (_, handler, errorType, message) => {
    // Prepare, act
    const { worker, result } = await invoke(`export const handler = ${handler};`);

    // Assess
    expect(result).toMatchObject({ kind: 'error', errorType, errorMessage: expect.stringContaining(message) });
    expect(worker.alive).toBe(true);
  });

  test('the trace names the file of the function', async () => {
    // Prepare, act
    const { result } = await invoke('export const handler = async () => { throw new Error("here"); };');

    // Assess
    expect(result.kind === 'error' && result.trace?.join('\n')).toContain('index.mjs:1');
  });

  test('one worker takes many invocations, failures among them, and keeps its memory', async () => {
    // Prepare
    const source =
      'let n = 0; export const handler = async () => { n += 1; if (n === 2) throw new Error("two"); return n; };';
    const worker = workers.start({ function: deploy(folder.path, { 'index.mjs': source }) });

    // Act
    const kinds: unknown[] = [];
    for (let i = 0; i < 3; i += 1) {
      const result = await worker.invoke({}, { invokedFunctionArn: ARN });
      kinds.push(result.kind === 'response' ? result.payload : result.kind);
    }

    // Assess
    expect(kinds).toEqual([1, 'error', 3]);
  });
});

describe('the context is the one of Lambda', () => {
  test('it names the function, the request and the alias, and counts down by the wall clock', async () => {
    // Prepare
    const source = `
      export const handler = async (event, context) => {
        const { getRemainingTimeInMillis, done, succeed, fail, ...rest } = context;
        const before = getRemainingTimeInMillis();
        await new Promise((resolve) => setTimeout(resolve, 100));
        return { ...rest, spent: before - getRemainingTimeInMillis(), before };
      };`;

    // Act
    const { result } = await invoke(source);

    // Assess
    expect(result).toMatchObject({
      payload: {
        awsRequestId: 'request-1',
        functionName: 'flights',
        functionVersion: '$LATEST',
        invokedFunctionArn: ARN,
        memoryLimitInMB: '256',
        logGroupName: '/aws/lambda/flights',
        logStreamName: expect.stringMatching(/^\d{4}\/\d\d\/\d\d\/\[\$LATEST\][0-9a-f]{32}$/),
        callbackWaitsForEmptyEventLoop: true,
      },
    });
    const { spent, before } = (result as { payload: { spent: number; before: number } }).payload;
    expect(spent).toBeGreaterThanOrEqual(95);
    expect(before).toBeGreaterThan(3000);
    expect(before).toBeLessThanOrEqual(5000);
  });
});
