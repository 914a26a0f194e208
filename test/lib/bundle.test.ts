import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { DeadLetters, OnceFunction } from '../../lib';
import { processor } from './fixture/stack';

describe('the bundle that is deployed', () => {
  const folder = mkdtempSync(join(tmpdir(), 'msk-once-bundle-'));
  let asset: string;

  beforeAll(() => {
    const app = new App({ outdir: join(folder, 'cdk.out') });
    processor(new Stack(app, 'Shop'));
    app.synth();
    const name = readdirSync(app.outdir).find((file) => file.startsWith('asset.')) as string;
    asset = join(app.outdir, name);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test('is one minified ES module beside its source map', () => {
    expect(readdirSync(asset).sort()).toEqual(['index.mjs', 'index.mjs.map']);
    const lines = readFileSync(join(asset, 'index.mjs'), 'utf8').split('\n');
    expect(lines[0]).toBe("import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);");
    expect(JSON.parse(readFileSync(join(asset, 'index.mjs.map'), 'utf8'))).not.toHaveProperty('sourcesContent');
  });

  test('runs where no package is installed, the SDK included', () => {
    // From a file: `node -e` has a global `require`, which would hide a missing one.
    const script = join(folder, 'run.mjs');
    writeFileSync(
      script,
      `import { handler } from ${JSON.stringify(join(asset, 'index.mjs'))};
console.log(await handler());`,
    );

    const output = execFileSync(process.execPath, [script], { cwd: folder, encoding: 'utf8', stdio: 'pipe' });

    expect(output).toBe('DynamoDB\n');
  });
});

test('of the settings of a bundle those of the user win, and the others stay', () => {
  const outdir = mkdtempSync(join(tmpdir(), 'msk-once-bundle-'));
  try {
    const app = new App({ outdir });
    const entry = join(__dirname, 'fixture', 'clients.ts');
    const define = { MSK_ONCE_BUNDLED_S3: 'false' };
    new OnceFunction(new Stack(app, 'Shop'), 'Fn', { entry, bundling: { minify: false, sourceMap: false, define } });
    app.synth();
    const [asset] = readdirSync(outdir).filter((file) => file.startsWith('asset.'));

    expect(readdirSync(join(outdir, asset as string))).toEqual(['index.mjs']);
    const text = readFileSync(join(outdir, asset as string, 'index.mjs'), 'utf8');
    expect(text).toContain('createRequire as __cr');
    expect(text).toContain('async function handler()');
    expect(text).not.toContain('MSK_ONCE_BUNDLED_S3');
  } finally {
    rmSync(outdir, { recursive: true });
  }
});

test.each<[string, DeadLetters | undefined, string[]]>([
  ['by default: a queue and a bucket', undefined, ['sqs', 's3']],
  ['a queue without an overflow', DeadLetters.sqs({ overflow: false }), ['sqs']],
  ['a bucket', DeadLetters.s3(), ['s3']],
])('holds the clients of the stores that are configured: %s', async (_, deadLetters, clients) => {
  const outdir = mkdtempSync(join(tmpdir(), 'msk-once-bundle-'));
  try {
    const app = new App({ outdir });
    const entry = join(__dirname, 'fixture', 'clients.ts');
    processor(new Stack(app, 'Shop'), { entry, ...(deadLetters && { deadLetters }) });
    app.synth();
    const [asset] = readdirSync(outdir).filter((file) => file.startsWith('asset.'));

    const script = `import(${JSON.stringify(join(outdir, asset as string, 'index.mjs'))})
      .then(({ handler }) => handler()).then((found) => console.log(JSON.stringify(found)))`;
    const output = execFileSync(process.execPath, ['-e', script], { encoding: 'utf8', stdio: 'pipe' });

    expect(JSON.parse(output)).toEqual(clients);
  } finally {
    rmSync(outdir, { recursive: true });
  }
});
