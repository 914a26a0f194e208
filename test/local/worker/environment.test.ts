import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LambdaFunction } from '../../../local/template/lambda-function';
import { ARN, deploy, temporaryFolder, Workers } from './worker-fixture';

const folder = temporaryFolder();
const workers = new Workers();
afterEach(() => workers.killAll());
afterAll(() => folder.remove());

const SHOW = `export const handler = async () => ({
  env: process.env, cwd: process.cwd(), execArgv: process.execArgv, send: typeof process.send,
});`;

async function show(overrides: Partial<LambdaFunction>, environment: Record<string, string> = {}) {
  const lambda = deploy(folder.path, { 'index.mjs': SHOW }, overrides);
  const worker = workers.start({ function: lambda, environment });
  const result = await worker.invoke({}, { invokedFunctionArn: ARN });
  if (result.kind !== 'response') throw new Error(JSON.stringify(result));
  return {
    lambda,
    shown: result.payload as { env: Record<string, string>; cwd: string; execArgv: string[]; send: string },
  };
}

describe("a worker's environment", () => {
  test("is the template's, the runtime's own and what is added, and nothing else", async () => {
    // Prepare
    process.env.MSK_ONCE_LEAK = 'from the parent';
    process.env.NODE_OPTIONS = '--max-old-space-size=4096';

    // Act
    const { lambda, shown } = await show(
      { environment: { COUNTERS_TABLE: 'Counters' } },
      { AWS_ENDPOINT_URL_DYNAMODB: 'http://127.0.0.1:18000' },
    );
    delete process.env.NODE_OPTIONS;
    delete process.env.MSK_ONCE_LEAK;

    // Assess
    expect(shown.env).toEqual({
      COUNTERS_TABLE: 'Counters',
      AWS_ENDPOINT_URL_DYNAMODB: 'http://127.0.0.1:18000',
      _HANDLER: 'index.handler',
      LAMBDA_TASK_ROOT: lambda.assetPath,
      AWS_REGION: 'us-east-1',
      AWS_DEFAULT_REGION: 'us-east-1',
      AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs22.x',
      AWS_LAMBDA_FUNCTION_NAME: 'flights',
      AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '256',
      AWS_LAMBDA_LOG_GROUP_NAME: '/aws/lambda/flights',
      AWS_LAMBDA_LOG_STREAM_NAME: expect.any(String),
      AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
      AWS_ACCESS_KEY_ID: expect.stringMatching(/^[A-Za-z0-9]+$/),
      AWS_SECRET_ACCESS_KEY: expect.stringMatching(/^[A-Za-z0-9]+$/),
      AWS_CONFIG_FILE: '/dev/null',
      AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
      LANG: 'en_US.UTF-8',
      PATH: '/usr/local/bin:/usr/bin:/bin',
      TZ: ':UTC',
    });
    expect(shown.cwd).toBe(lambda.assetPath);
    expect(shown.execArgv).toEqual([]);
    expect(shown.send).toBe('undefined');
  });

  test('takes what the template may set, and not what is reserved', async () => {
    // Prepare, act
    const { shown } = await show(
      { environment: { TZ: 'Europe/Berlin', AWS_REGION: 'eu-west-1', A: 'template', B: 'template' } },
      { B: 'added' },
    );

    // Assess
    expect(shown.env).toMatchObject({ TZ: 'Europe/Berlin', AWS_REGION: 'us-east-1', A: 'template', B: 'added' });
  });

  test('applies NODE_OPTIONS of the template', async () => {
    // Prepare
    const lambda = deploy(
      folder.path,
      { 'index.mjs': 'export const handler = async () => { throw new Error("x"); };' },
      { environment: { NODE_OPTIONS: '--stack-trace-limit=1' } },
    );
    const worker = workers.start({ function: lambda });

    // Act
    const result = await worker.invoke({}, { invokedFunctionArn: ARN });

    // Assess
    expect(result.kind === 'error' && result.trace).toHaveLength(2);
  });
});

describe('a handler is found as Lambda finds it', () => {
  const CJS = 'exports.handler = async () => "cjs";';
  const ESM = 'export const handler = async () => "esm";';
  test.each<[string, Record<string, string>, string, unknown]>([
    ['index.mjs', { 'index.mjs': ESM }, 'index.handler', 'esm'],
    ['index.js as CommonJS', { 'index.js': CJS }, 'index.handler', 'cjs'],
    [
      'index.js in a package of modules',
      { 'index.js': ESM, 'package.json': '{"type":"module"}' },
      'index.handler',
      'esm',
    ],
    ['index.cjs', { 'index.cjs': CJS }, 'index.handler', 'cjs'],
    ['a nested file', { 'dist/app/index.mjs': ESM }, 'dist/app/index.handler', 'esm'],
    [
      'a nested name',
      { 'index.mjs': 'export const orders = { handler: async () => "nested" };' },
      'index.orders.handler',
      'nested',
    ],
    ['index.js before index.mjs', { 'index.js': CJS, 'index.mjs': ESM }, 'index.handler', 'cjs'],
    [
      'a CommonJS chunk',
      { 'index.js': 'exports.handler = require("./chunk.js").handler;', 'chunk.js': CJS },
      'index.handler',
      'cjs',
    ],
    [
      'a package of modules inside the code',
      {
        'index.mjs': 'export { handler } from "inner";',
        'node_modules/inner/package.json': '{"type":"module","exports":"./main.js"}',
        'node_modules/inner/main.js': ESM,
      },
      'index.handler',
      'esm',
    ],
  ])('%s', async (_, files, handler, payload) => {
    // Prepare
    const worker = workers.start({ function: deploy(folder.path, files, { handler }) });

    // Act
    const result = await worker.invoke({}, { invokedFunctionArn: ARN });

    // Assess
    expect(result).toMatchObject({ kind: 'response', payload });
  });

  test.each([
    ['no such file', 'main.handler', 'Runtime.ImportModuleError', "Cannot find module 'main'"],
    ['no function named', 'index', 'Runtime.MalformedHandlerName', "'index' is not a valid handler name"],
    ['a path out of the code', '../index.handler', 'Runtime.MalformedHandlerName', 'not a valid handler name'],
  ])('or not: %s', async (_, handler, errorType, message) => {
    // Prepare
    const worker = workers.start({ function: deploy(folder.path, { 'index.mjs': ESM }, { handler }) });

    // Act
    const result = await worker.invoke({}, { invokedFunctionArn: ARN });

    // Assess
    expect(result).toMatchObject({ kind: 'init-error', errorType, errorMessage: expect.stringContaining(message) });
  });

  test('a package.json above the code, which is not deployed, does not count', async () => {
    // Prepare
    writeFileSync(join(folder.path, 'package.json'), '{"type":"module"}');
    const files = { 'index.js': 'exports.handler = require("./chunk").handler;', 'chunk.js': CJS };
    const worker = workers.start({ function: deploy(folder.path, files) });

    // Act
    const result = await worker.invoke({}, { invokedFunctionArn: ARN });

    // Assess
    expect(result).toMatchObject({ kind: 'response', payload: 'cjs' });
  });
});
