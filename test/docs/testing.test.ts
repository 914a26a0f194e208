import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { promisify } from 'node:util';
import { buildSync } from 'esbuild';
import { PROJECT } from '../support/project';
import { blocksOf } from '../support/stranger';

const run = promisify(execFile);
const DOCUMENT = readFileSync(join(PROJECT, 'docs', 'testing.md'), 'utf8');
const FLIGHTS = ['flights', 'flights-ledger', 'flights-transaction'];
const ENTRIES = ['handlers', 'testing'];

/** The code blocks of the document: each is a file, named in its first line. */
const files = [...DOCUMENT.matchAll(/```ts\n\/\/ (\S+)\n([\s\S]*?)```/g)].map(([, name = '', code = '']) => ({
  name,
  code,
}));

const SUITES = files.map(({ name }) => name).filter((name) => name.endsWith('.test.ts'));

/** A folder of the project for each type of module that package.json can name. */
const TYPES = ['commonjs', 'module'] as const;

/** Of the project that docs/install.md shows. */
const { compilerOptions: SHOWN_OPTIONS } = JSON.parse(
  blocksOf('docs/install.md', 'json')
    .find((block) => block.startsWith('// tsconfig.json\n'))
    ?.replace(/^.*\n/, '') ?? '',
);
const TSCONFIG = {
  compilerOptions: {
    ...SHOWN_OPTIONS,
    // What is shown compiles for who is stricter, too.
    ...{ exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true, noUnusedLocals: true },
    // The source of msk-once stands here for its types, and needs more than they do.
    lib: ['es2023', 'dom'],
  },
  include: TYPES,
};
/** What the document says of jest. */
const [, MODULE_NAMES = 'missing'] = /`moduleNameMapper: (\{.*?\})`/.exec(DOCUMENT) ?? [];

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
  const source = (folder: string, path: string) => JSON.stringify(relative(join(project, folder), join(PROJECT, path)));
  // A package of its own: below ours without one, `msk-once` would be ours, as it was built last.
  write('package.json', JSON.stringify({ name: 'shop' }));
  const exports = ENTRIES.map((entry) => [`./${entry}`, { import: forImport(entry), default: `./${entry}.ts` }]);
  write(
    'node_modules/msk-once/package.json',
    JSON.stringify({ name: 'msk-once', exports: Object.fromEntries(exports) }),
  );
  for (const entry of ENTRIES) {
    write(
      `node_modules/msk-once/${entry}.ts`,
      `export * from ${source('node_modules/msk-once', `${entry}/index.js`)};`,
    );
  }
  buildModules(join(project, 'node_modules', 'msk-once'));
  for (const type of TYPES) {
    write(`${type}/package.json`, JSON.stringify({ type }));
    cpSync(join(PROJECT, 'docs', 'examples', 'testing'), join(project, type), { recursive: true });
    for (const entry of FLIGHTS) {
      write(`${type}/${entry}.ts`, `export * from ${source(type, `handlers/entry/${entry}.js`)};`);
    }
    for (const { name, code } of files) write(`${type}/${name}`, code);
    // In one process, since each takes most of its time to start.
    write(`${type}/document.ts`, SUITES.map((name) => `import './${name.replace(/ts$/, 'js')}';`).join('\n'));
  }
  write('jest/orders.ts', "export * from '../commonjs/orders.js';");
  write('jest/orders.test.ts', forJest(files.find(({ name }) => name === 'orders.test.ts')?.code ?? ''));
  write('tsconfig.json', JSON.stringify(TSCONFIG));
  write('jest.config.js', JEST_CONFIG);
});
afterAll(() => rmSync(project, { recursive: true, force: true }));

/** The types are those of CommonJS, as in the package. */
const forImport = (entry: string) => ({ types: `./${entry}.ts`, default: `./${entry}.mjs` });

/** ES modules that share their parts, as the package has them. */
function buildModules(outdir: string): void {
  buildSync({
    entryPoints: Object.fromEntries(ENTRIES.map((entry) => [entry, join(PROJECT, entry, 'index.ts')])),
    outdir,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    packages: 'external',
    format: 'esm',
    platform: 'node',
    target: 'node20',
  });
}

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
  moduleNameMapper: ${MODULE_NAMES},
};`;

const env = () => {
  const { JEST_WORKER_ID: _, NODE_ENV: __, NODE_TEST_CONTEXT: ___, ...others } = process.env;
  return others;
};

test('every code block of the document is a file', () => {
  expect(files.length).toBe([...DOCUMENT.matchAll(/```ts/g)].length);
  expect(files.length).toBeGreaterThan(3);
});

test('the document and the examples compile in the project of docs/install.md, of CommonJS and of ES modules', async () => {
  const compiler = join(PROJECT, 'node_modules', '@typescript', 'native', 'bin', 'tsc');

  await expect(
    run(process.execPath, [compiler, '-p', project]).catch(({ stdout }: { stdout: string }) => Promise.reject(stdout)),
  ).resolves.toBeDefined();
}, 120_000);

/** What is printed, and how many tests passed. */
async function underNodeTest(file: string): Promise<{ stdout: string; passed: number }> {
  const { stdout } = await run(process.execPath, ['--import', 'tsx', '--test', '--test-reporter=tap', file], {
    cwd: project,
    env: env(),
  }).catch((error: { stdout: string }) => error);
  const count = (what: string) => Number(new RegExp(`^# ${what} (\\d+)$`, 'm').exec(stdout)?.[1]);
  expect({ failed: count('fail') + count('cancelled') + count('skipped'), stdout }).toMatchObject({ failed: 0 });
  return { stdout, passed: count('pass') };
}

test('the tests of the examples pass under node:test', async () => {
  const { passed } = await underNodeTest('commonjs/flights.test.ts');

  expect(passed).toBe(8);
}, 120_000);

test.each(TYPES)(
  'the tests of the document pass under node:test, type %s',
  async (type) => {
    const { stdout, passed } = await underNodeTest(`${type}/document.ts`);

    expect(SUITES).toHaveLength(5);
    expect(passed).toBe(11);
    // The finished handler asked for its database: its records are not open for another reason.
    expect(stdout).toContain('"reasons":{"MSK_ONCE_STORE_UNAVAILABLE":1}');
  },
  120_000,
);

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
