import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { buildSync } from 'esbuild';
import { deploy, isRunning, temporaryFolder, until } from './worker-fixture';

const ROOT = resolve(__dirname, '../../..');
const folder = temporaryFolder();
const parents: ChildProcess[] = [];
const orphans: number[] = [];
afterEach(() => {
  for (const parent of parents.splice(0)) parent.kill('SIGKILL');
  for (const pid of orphans.splice(0)) if (isRunning(pid)) process.kill(pid, 'SIGKILL');
});
afterAll(() => folder.remove());

/** As it is shipped: one CommonJS file for each source file, so that a parent needs no loader of TypeScript. */
const dist = join(folder.path, 'dist');
beforeAll(() => {
  const sources = ['contract', 'local', 'local/worker', 'local/worker/runtime', 'local/template'].flatMap((path) =>
    readdirSync(join(ROOT, path))
      .filter((name) => name.endsWith('.ts'))
      .map((name) => join(ROOT, path, name)),
  );
  symlinkSync(join(ROOT, 'node_modules'), join(folder.path, 'node_modules'));
  buildSync({ entryPoints: sources, outdir: dist, outbase: ROOT, format: 'cjs', platform: 'node', target: 'node20' });
});

const IDLE = 'export const handler = async () => 1;';
const BUSY = 'export const handler = async () => { console.log("busy"); for (;;); };';

/** A process of its own that starts a worker, prints the worker's id, and goes on as told. */
async function startParent(handler: string, then: string) {
  const lambda = deploy(folder.path, { 'index.mjs': handler }, { timeoutMs: 60_000 });
  const script = join(lambda.assetPath, 'parent.cjs');
  writeFileSync(
    script,
    `const { startWorker } = require(${JSON.stringify(join(dist, 'local/worker/worker.js'))});
     const worker = startWorker({ function: ${JSON.stringify(lambda)}, onOutput: (line) => console.log(line) });
     const invoke = () => worker.invoke({}, { invokedFunctionArn: 'arn' });
     void worker.ready.then(async () => { ${then} console.log('pid ' + worker.pid); });`,
  );
  const parent = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'ignore'] });
  parents.push(parent);
  const ended = once(parent, 'exit');
  let output = '';
  parent.stdout.on('data', (chunk) => {
    output += chunk;
  });
  await until(() => /pid \d+\n/.test(output), 'the parent has started its worker');
  const pid = Number(/pid (\d+)/.exec(output)?.[1]);
  orphans.push(pid);
  return { parent, pid, ended, output: () => output };
}

describe('no worker outlives the process that started it', () => {
  test.each([
    ['idle', IDLE, ''],
    ['frozen', IDLE, 'worker.freeze();'],
  ])('when that is killed while the worker is %s', async (_, handler, then) => {
    // Prepare
    const { parent, pid } = await startParent(handler, `${then} console.log('set');`);
    const before = isRunning(pid);

    // Act
    parent.kill('SIGKILL');

    // Assess
    expect(before).toBe(true);
    await until(() => !isRunning(pid), 'the worker is gone');
  });

  test('when that is killed while the worker computes and cannot see it', async () => {
    // Prepare
    const { parent, pid, output } = await startParent(BUSY, 'void invoke();');
    await until(() => output().includes('busy'), 'the handler computes');

    // Act
    parent.kill('SIGKILL');

    // Assess
    await until(() => !isRunning(pid), 'the worker is gone');
  });

  test('nor does what its function started, in whatever session', async () => {
    // Prepare
    const starts = `
      import { spawn } from 'node:child_process';
      const start = (detached) => spawn('/bin/sh', ['-c', 'sleep 300; :'], { stdio: 'ignore', detached });
      export const handler = async () => {
        for (const detached of [false, true, true]) console.log('started ' + start(detached).pid);
      };`;
    const { parent, output } = await startParent(starts, 'await invoke();');
    await until(() => output().split('started').length === 4, 'the function has started three');
    const started = [...output().matchAll(/started (\d+)/g)].map(([, id]) => Number(id));
    orphans.push(...started);
    const before = started.map(isRunning);

    // Act
    parent.kill('SIGKILL');

    // Assess
    expect(before).toEqual([true, true, true]);
    await until(() => !started.some(isRunning), 'all of them are gone');
  });

  test.each([
    ['exits', 'setTimeout(() => process.exit(0), 50);', undefined, 0],
    ['fails', 'setTimeout(() => { throw new Error("on purpose"); }, 50);', undefined, 1],
    ['exits in a signal handler', "process.on('SIGTERM', () => process.exit(5));", 'SIGTERM', 5],
    ['ends by a signal', '', 'SIGTERM', null],
    ['is interrupted', '', 'SIGINT', null],
  ] as const)('when that %s', async (_, then, signal, exitCode) => {
    // Prepare
    const { parent, pid, ended } = await startParent(IDLE, then);

    // Act
    if (signal !== undefined) parent.kill(signal);
    const [code] = await ended;

    // Assess
    expect(code).toBe(exitCode);
    await until(() => !isRunning(pid), 'the worker is gone');
  });
});

describe('compiled', () => {
  test('the worker runs from its own files, without a temporary one', async () => {
    // Prepare
    const handler = 'export const handler = async () => process.argv[1];';

    // Act
    const then = 'console.log(JSON.stringify(await invoke())); await worker.stop();';
    const { ended, output } = await startParent(handler, then);
    const [code] = await ended;

    // Assess
    expect(code).toBe(0);
    expect(output()).toContain(`"payload":${JSON.stringify(join(dist, 'local/worker/runtime/bootstrap.js'))}`);
  });
});
