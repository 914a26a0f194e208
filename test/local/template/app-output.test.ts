import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { type AppOutputOptions, findAppOutput } from '../../../local/template/app-output';
import { refusal, temporaryFolder, write } from './template-fixture';

const folder = temporaryFolder();
afterAll(() => folder.remove());

function project(...files: readonly string[]): string {
  const directory = mkdtempSync(join(folder.path, 'project-'));
  write(directory, Object.fromEntries(files.map((file) => [file, { app: 'node app.js', output: 'made' }])));
  return directory;
}

describe('what is to be read is found', () => {
  test.each<[string, string[], AppOutputOptions, string]>([
    ['a folder that is named', ['made/manifest.json'], { app: 'made' }, 'made'],
    [
      'a template that is named',
      ['template.yaml', 'cdk.out/manifest.json'],
      { template: 'template.yaml' },
      'template.yaml',
    ],
    ['the output that cdk.json names', ['cdk.json', 'made/manifest.json', 'cdk.out/manifest.json'], {}, 'made'],
    ['cdk.out', ['cdk.out/manifest.json', 'template.yaml'], {}, 'cdk.out'],
    [
      'what sam build left, before its source',
      ['.aws-sam/build/template.yaml', 'template.yaml'],
      {},
      '.aws-sam/build/template.yaml',
    ],
    ['a template with the usual name', ['template.yml'], {}, 'template.yml'],
  ])('%s', (_, files, given, expected) => {
    // Prepare
    const directory = project(...files);

    // Act
    const found = findAppOutput({ ...given, directory });

    // Assess
    expect(found).toBe(join(directory, expected));
  });

  test.each<[string, string[], AppOutputOptions, string[]]>([
    ['both are named', [], { app: 'a', template: 'b' }, ['--app a and --template b', 'one of them']],
    ['the command of an app is named', [], { app: 'node app.js' }, ['--app is "node app.js"', 'not the command']],
    ['a file is named for a folder', ['t.json'], { app: 't.json' }, ['--app is "t.json", a file', '--template']],
    [
      'a folder is named for a file',
      ['made/t.json'],
      { template: 'made' },
      ['--template is "made", a folder', '--app'],
    ],
    ['the template is not there', [], { template: 't.json' }, ['--template is "t.json"', 'no such file']],
    ['nothing was synthesized', [], {}, ['cdk.out', '.aws-sam/build/template.yaml', 'cdk synth', 'sam build']],
    ['the app was not synthesized', ['cdk.json', 'template.yaml'], {}, ['made', 'cdk synth']],
  ])('or it is told what to do, if %s', (_, files, given, words) => {
    // Prepare
    const directory = project(...files);

    // Act
    const refused = refusal(() => findAppOutput({ ...given, directory }));

    // Assess
    expect(refused.code).toBe('MSK_ONCE_USAGE');
    for (const word of words) expect(refused.message).toContain(word);
  });
});
