import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ERROR_CODES } from '../../contract/error-codes';

const ROOT = join(__dirname, '..', '..');
const PAGE = readFileSync(join(ROOT, 'docs', 'codecs.md'), 'utf8');
const EXAMPLES = [...PAGE.matchAll(/^```ts\n([\s\S]*?)^```/gm)].map(([, code = '']) => code);

const compile = (project: string) =>
  execFileSync(process.execPath, [join(ROOT, 'node_modules/@typescript/native/bin/tsc'), '-p', project], {
    encoding: 'utf8',
    stdio: 'pipe',
  });

describe('docs/codecs.md', () => {
  let project: string;
  const write = (path: string, content: string) => {
    mkdirSync(dirname(join(project, path)), { recursive: true });
    writeFileSync(join(project, path), content);
  };

  // A stranger's project, with msk-once as a package in it.
  beforeAll(() => {
    mkdirSync(join(ROOT, '.msk-once'), { recursive: true });
    project = mkdtempSync(join(ROOT, '.msk-once', 'codecs-'));
    const exports: Record<string, string> = {};
    for (const entry of ['handlers', 'handlers/avro', 'handlers/protobuf']) {
      exports[`./${entry}`] = `./${entry}/index.ts`;
      write(`node_modules/msk-once/${entry}/index.ts`, `export * from ${JSON.stringify(join(ROOT, entry))};\n`);
    }
    // A package of its own: below ours without one, `msk-once` would be ours, as it was built last.
    write('package.json', JSON.stringify({ name: 'shop' }));
    write('node_modules/msk-once/package.json', JSON.stringify({ name: 'msk-once', exports }));
    const compilerOptions = { types: ['node'], lib: ['ES2023'] };
    write(
      'tsconfig.json',
      JSON.stringify({
        extends: join(ROOT, 'tsconfig.json'),
        include: ['*.ts', join(ROOT, 'handlers/avro/*.d.ts')],
        exclude: [],
        compilerOptions,
      }),
    );
    EXAMPLES.forEach((code, index) => {
      write(`example-${index + 1}.ts`, code);
    });
  });
  afterAll(() => rmSync(project, { recursive: true, force: true }));

  test('every example compiles', () => {
    expect(EXAMPLES.length).toBeGreaterThanOrEqual(7);
    expect(() => compile(project)).not.toThrow();
  }, 60_000);

  test('an example that is wrong would not', () => {
    const broken = (EXAMPLES[0] ?? '').replace('value.cents', 'value.dollars');
    write('example-broken.ts', broken);

    try {
      expect(() => compile(project)).toThrow();
    } finally {
      rmSync(join(project, 'example-broken.ts'));
    }
  }, 60_000);

  test('every codec has an example', () => {
    for (const codec of ['json(', 'text(', 'bytes(', 'avro<', 'protobuf<', 'Codec<', 'key: text(']) {
      expect(EXAMPLES.some((code) => code.includes(codec))).toBe(true);
    }
  });

  test('every code on the page is one that there is', () => {
    const codes = PAGE.match(/MSK_ONCE_[A-Z_]+/g) ?? [];

    expect(codes.length).toBeGreaterThan(0);
    for (const code of codes) expect(Object.values(ERROR_CODES)).toContain(code);
  });
});
