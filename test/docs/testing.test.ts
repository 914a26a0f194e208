import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { PROJECT } from '../support/project';

const run = promisify(execFile);
const DOCUMENT = readFileSync(join(PROJECT, 'docs', 'testing.md'), 'utf8');
const ENTRIES = ['flights', 'flights-ledger', 'flights-transaction'];

/** The code blocks of the document: each is a file, named in its first line. */
const files = [...DOCUMENT.matchAll(/```ts\n\/\/ (\S+)\n([\s\S]*?)```/g)].map(([, name = '', code = '']) => ({
  name,
  code,
}));

let project: string;
const write = (name: string, content: string) => {
  const file = join(project, name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
};

// A stranger's project: the files of the document, the examples, and msk-once as a package beside them.
beforeAll(() => {
  mkdirSync(join(PROJECT, '.msk-once'), { recursive: true });
  project = mkdtempSync(join(PROJECT, '.msk-once', 'testing-'));
  const exports = { './handlers': './handlers.ts', './testing': './testing.ts' };
  // A package of its own: below ours without one, `msk-once` would be ours, as it was built last.
  write('package.json', JSON.stringify({ name: 'shop' }));
  write('node_modules/msk-once/package.json', JSON.stringify({ name: 'msk-once', exports }));
  for (const entry of ['handlers', 'testing']) {
    write(`node_modules/msk-once/${entry}.ts`, `export * from ${JSON.stringify(join(PROJECT, entry, 'index'))};`);
  }
  cpSync(join(PROJECT, 'docs', 'examples', 'testing'), project, { recursive: true });
  for (const entry of ENTRIES) {
    write(`${entry}.ts`, `export * from ${JSON.stringify(join(PROJECT, 'handlers', 'entry', entry))};`);
  }
  for (const { name, code } of files) write(name, code);
  write('jest/orders.ts', "export * from '../orders';");
  write('jest/orders.test.ts', forJest(files.find(({ name }) => name === 'orders.test.ts')?.code ?? ''));
  write(
    'tsconfig.json',
    JSON.stringify({
      extends: join(PROJECT, 'tsconfig.json'),
      include: ['*.ts', 'jest/*.ts'],
      compilerOptions: { types: ['node', 'jest'], module: 'ESNext', moduleResolution: 'Bundler' },
    }),
  );
  write('jest.config.js', JEST_CONFIG);
});
afterAll(() => rmSync(project, { recursive: true, force: true }));

/** As the document says: under jest the import of `test` is left out. */
function forJest(code: string): string {
  const without = code.replace("import test from 'node:test';\n", '');
  if (without === code) throw new Error('orders.test.ts does not import test');
  return without;
}

const JEST_CONFIG = `module.exports = {
  testMatch: ['<rootDir>/jest/*.test.ts'],
  transform: { '^.+\\\\.ts$': [${JSON.stringify(require.resolve('@swc/jest'))}, { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' } }] },
  transformIgnorePatterns: [],
};`;

const env = () => {
  const { JEST_WORKER_ID: _, NODE_ENV: __, NODE_TEST_CONTEXT: ___, ...others } = process.env;
  return others;
};

test('every code block of the document is a file', () => {
  expect(files.length).toBe([...DOCUMENT.matchAll(/```ts/g)].length);
  expect(files.length).toBeGreaterThan(3);
});

test('the document and the examples compile', async () => {
  const compiler = join(PROJECT, 'node_modules', '@typescript', 'native', 'bin', 'tsc');

  await expect(
    run(process.execPath, [compiler, '-p', project]).catch(({ stdout }: { stdout: string }) => Promise.reject(stdout)),
  ).resolves.toBeDefined();
}, 120_000);

test('their tests pass under node:test', async () => {
  const suites = readdirSync(project).filter((name) => name.endsWith('.test.ts'));
  const { stdout } = await run(process.execPath, ['--import', 'tsx', '--test', '--test-reporter=tap', ...suites], {
    cwd: project,
    env: env(),
  }).catch((error: { stdout: string }) => error);
  const count = (what: string) => Number(new RegExp(`^# ${what} (\\d+)$`, 'm').exec(stdout)?.[1]);

  expect({ failed: count('fail') + count('cancelled') + count('skipped'), stdout }).toMatchObject({ failed: 0 });
  expect(suites.sort()).toEqual(
    ['flights.test.ts', ...files.map(({ name }) => name).filter((name) => name.endsWith('.test.ts'))].sort(),
  );
  expect(count('pass')).toBeGreaterThan(15);
}, 120_000);

test('the first of them passes under jest', async () => {
  const jest = join(PROJECT, 'node_modules', 'jest', 'bin', 'jest.js');
  const { stdout } = await run(
    process.execPath,
    [jest, '--json', '--rootDir', project, '-c', join(project, 'jest.config.js')],
    {
      cwd: project,
      env: env(),
    },
  ).catch((error: { stdout: string }) => error);

  expect(JSON.parse(stdout)).toMatchObject({ success: true, numPassedTests: 3, numTotalTests: 3 });
}, 120_000);
