import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packagePlaces } from '../support/package-places';
import { blocksOf, run, writeProject } from '../support/stranger';

const { oldest } = packagePlaces();
const project = join(oldest, 'project');

beforeAll(() => writeProject(project, 'commonjs'));

const versionOf = (name: string) =>
  JSON.parse(readFileSync(join(oldest, 'node_modules', name, 'package.json'), 'utf8')).version;

test('the oldest versions that the ranges take are installed, each once', async () => {
  expect(versionOf('aws-cdk-lib')).toBe('2.238.0');
  expect(versionOf('constructs')).toBe('10.5.0');
  expect(versionOf('@aws-sdk/client-dynamodb')).toBe('3.1003.0');
  expect(versionOf('@aws-lambda-powertools/idempotency')).toBe('2.35.0');
  expect(versionOf('avsc')).toBe('5.7.9');
  expect(versionOf('protobufjs')).toBe('8.8.1');
  await expect(run('ls node_modules/msk-once', oldest)).resolves.not.toContain('node_modules');
});

test('with them everything compiles, is synthesized, and runs', async () => {
  await run('npx tsc', project);
  await run('npx tsx bin/app.ts', project, { CDK_OUTDIR: 'cdk.out' });
  await run('npx tsx bin/extended.ts', project, { CDK_OUTDIR: 'extended.out', CDK_VALIDATION: 'false' });
  const [, , tests = ''] = blocksOf('docs/install.md', 'sh');

  await expect(run(tests, project)).resolves.toMatch(/^# pass 5$/m);
});
