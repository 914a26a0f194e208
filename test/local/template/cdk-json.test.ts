import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { readCdkJson } from '../../../local/template/cdk-json';
import { refusal, temporaryFolder, write } from './template-fixture';

const folder = temporaryFolder();
afterAll(() => folder.remove());

function project(files: Readonly<Record<string, unknown>>): string {
  const directory = mkdtempSync(join(folder.path, 'app-'));
  write(directory, files);
  return directory;
}

describe('cdk.json', () => {
  test('says how the app is run, and where it is synthesized to', () => {
    // Prepare
    const directory = project({
      'cdk.json': { app: 'npx tsx bin/app.ts', build: 'npx tsc', output: 'build/cdk', context: { a: 1, b: 1 } },
      'cdk.context.json': { b: 2, 'availability-zones:account=1': ['a'] },
    });

    // Act
    const found = readCdkJson(directory);

    // Assess
    expect(found).toEqual({
      file: join(directory, 'cdk.json'),
      app: 'npx tsx bin/app.ts',
      build: 'npx tsc',
      output: join(directory, 'build', 'cdk'),
      context: { a: 1, b: 1, 'availability-zones:account=1': ['a'] },
    });
  });

  test('leaves the rest to the defaults of the CDK', () => {
    // Prepare
    const directory = project({ 'cdk.json': { app: 'node app.js' } });

    // Act
    const { output, build, context } = readCdkJson(directory);

    // Assess
    expect({ output, build, context }).toEqual({ output: join(directory, 'cdk.out'), build: undefined, context: {} });
  });

  test.each<[string, Record<string, unknown>, string[]]>([
    ['it is not there', {}, ['cdk.json does not exist', 'folder of a CDK app']],
    ['it is no JSON', { 'cdk.json': '{' }, ['cdk.json is not JSON']],
    ['it is no object', { 'cdk.json': '[]' }, ['cdk.json is [], not an object']],
    ['it has no app', { 'cdk.json': {} }, ['has undefined as its "app"', 'npx tsx bin/app.ts']],
    ['its app is no text', { 'cdk.json': { app: 1 } }, ['has 1 as its "app"']],
    [
      'its app is a folder that is synthesized already',
      { 'cdk.json': { app: 'out' }, 'out/manifest.json': '{}' },
      ['has the folder "out" as its "app"', 'no command'],
    ],
    ['its output is no text', { 'cdk.json': { app: 'a', output: 1 } }, ['has 1 as its "output"']],
    ['its build is no text', { 'cdk.json': { app: 'a', build: [] } }, ['has [] as its "build"']],
    ['its context is no object', { 'cdk.json': { app: 'a', context: 1 } }, ['has 1 as its "context"']],
    [
      'what was looked up is no JSON',
      { 'cdk.json': { app: 'a' }, 'cdk.context.json': '{' },
      ['cdk.context.json is not JSON'],
    ],
  ])('is refused if %s', (_, files, words) => {
    // Prepare
    const directory = project(files);

    // Act
    const refused = refusal(() => readCdkJson(directory));

    // Assess
    expect(refused.code).toBe('MSK_ONCE_TEMPLATE_INVALID');
    expect(refused.message).toContain(directory);
    for (const word of words) expect(refused.message).toContain(word);
  });
});
