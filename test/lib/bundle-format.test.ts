import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { type NodejsFunctionProps, OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs';
import { KafkaProcessor, OnceFunction, Pollers } from '../../lib';
import { source } from './fixture/stack';

const HANDLER = join(__dirname, 'fixture', 'handler.ts');
const CJS = { format: OutputFormat.CJS };

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'msk-once-bundle-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** The folder of the one bundle of an app. */
function bundled(make: (scope: Stack) => void): string {
  const outdir = join(folder, 'cdk.out');
  const made = new App({ outdir });
  make(new Stack(made, 'Shop'));
  made.synth();
  return join(outdir, readdirSync(outdir).find((file) => file.startsWith('asset.')) as string);
}

const beginning = (asset: string) => readFileSync(join(asset, 'index.js'), 'utf8').slice(0, 100);

/** As Lambda does: the package beside index.js has no `type`, so it is CommonJS. */
function called(asset: string): string {
  const script = join(folder, 'run.cjs');
  writeFileSync(script, `require(${JSON.stringify(join(asset, 'index.js'))}).handler().then(console.log)`);
  return execFileSync(process.execPath, [script], { cwd: folder, encoding: 'utf8', stdio: 'pipe' });
}

class InCommonJs extends KafkaProcessor {
  protected override createFunction(settings: NodejsFunctionProps) {
    return super.createFunction({ ...settings, bundling: { ...settings.bundling, ...CJS } });
  }
}

describe('a bundle of CommonJS', () => {
  test.each<[string, (scope: Stack) => void]>([
    ['of a OnceFunction', (scope) => new OnceFunction(scope, 'Fn', { entry: HANDLER, bundling: CJS })],
    [
      'of a subclass of the processor',
      (scope) => {
        const pollers = Pollers.provisioned({ minimum: 1, maximum: 1 });
        new InCommonJs(scope, 'Orders', { entry: HANDLER, source: source(), pollers });
      },
    ],
  ])('%s starts', (_, make) => {
    const asset = bundled(make);

    expect(readdirSync(asset).sort()).toEqual(['index.js', 'index.js.map']);
    expect(beginning(asset)).not.toContain('import{');
    expect(called(asset)).toBe('DynamoDB\n');
  });

  test('keeps a banner of the user', () => {
    const asset = bundled(
      (scope) => new OnceFunction(scope, 'Fn', { entry: HANDLER, bundling: { ...CJS, banner: '/* (c) Shop */' } }),
    );

    expect(beginning(asset)).toMatch(/^\/\* \(c\) Shop \*\/\n"use strict"/);
  });
});
