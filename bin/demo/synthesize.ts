import { spawn } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { ERROR_CODES } from '../../contract/error-codes';
import { LocalError } from '../../local/errors';

const ROOT = join(__dirname, '..', '..');

/** Runs `cdk synth` on the reference app, as a deployment would, into a folder of its own. */
export async function synthesize(output: string, context: Readonly<Record<string, string>>): Promise<void> {
  const cdk = require.resolve('aws-cdk/bin/cdk', { paths: [ROOT] });
  const pairs = Object.entries(context).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const child = spawn(process.execPath, [cdk, 'synth', '--quiet', '--no-notices', '--output', output, ...pairs], {
    cwd: ROOT,
    env: {
      ...process.env,
      // cdk.json names the app's loader as npm scripts find it.
      PATH: [join(ROOT, 'node_modules', '.bin'), process.env.PATH].join(delimiter),
      CDK_VALIDATION: 'false',
      CDK_DISABLE_CLI_TELEMETRY: 'true',
      NODE_NO_WARNINGS: '1',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (code !== 0) {
    throw new LocalError(ERROR_CODES.templateInvalid, `cdk synth of the reference app failed:\n${text.trim()}`);
  }
}
