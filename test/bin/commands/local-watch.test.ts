/** `msk-once local --watch`: the app runs again when a file is saved, and the next record meets the new function. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  ALL_DONE,
  Command,
  handler,
  lines,
  local,
  processesIn,
  project,
  template,
  temporaryFolder,
} from './local-fixture';

const folder = temporaryFolder();
const commands: Command[] = [];
afterEach(async () => {
  for (const command of commands.splice(0)) {
    command.signal('SIGKILL');
    await command.ended;
  }
});
afterAll(() => folder.remove());
jest.setTimeout(60_000);

const says = (word: string) => handler(`for (const { value } of records) console.log('${word} ' + value);`);

/** An app as the CDK runs one: it is told where to write, and copies its handler as an asset. */
const APP = `
  const { cpSync, mkdirSync, readFileSync, writeFileSync } = require('node:fs');
  const out = process.env.CDK_OUTDIR;
  const code = readFileSync('handler/index.js', 'utf8');
  if (code.includes('BROKEN')) throw new Error('this app cannot be synthesized');
  const asset = 'asset.' + require('node:crypto').createHash('sha256').update(code).digest('hex');
  mkdirSync(out, { recursive: true });
  cpSync('handler', out + '/' + asset, { recursive: true });
  const template = JSON.parse(readFileSync('shape.json', 'utf8'));
  template.Resources.Consumer.Metadata = { 'aws:asset:path': asset, 'aws:asset:property': 'Code' };
  writeFileSync(out + '/Shop.template.json', JSON.stringify(template));
  writeFileSync(out + '/manifest.json', JSON.stringify({ version: '36.0.0', artifacts: { Shop: {
    type: 'aws:cloudformation:stack', environment: 'aws://unknown-account/unknown-region',
    properties: { templateFile: 'Shop.template.json' } } } }));
`;

function app(code: string, files: Readonly<Record<string, string>> = {}): string {
  return project(folder.path, {
    'cdk.json': { app: `${process.execPath} app.js` },
    'app.js': APP,
    'shape.json': template(),
    'handler/index.js': code,
    ...files,
  });
}

function watch(cwd: string): Command {
  const command = new Command(cwd, ['--watch', '--records', '-']);
  commands.push(command);
  return command;
}

test('saving the handler puts the new one to work; a synthesis that fails is told and the old one goes on', async () => {
  const cwd = app(says('first'));
  const save = (code: string) => writeFileSync(join(cwd, 'handler', 'index.js'), code);
  const command = watch(cwd);
  command.type(lines({ value: 'a' }));
  await command.until('first a');

  save(says('second'));
  await command.until('The new function is at work.');
  command.type(lines({ value: 'b' }));
  await command.until('second b');

  save('BROKEN');
  await command.until(/The function goes on as it was: the app of cdk\.json[\s\S]*this app cannot be synthesized/);
  command.type(lines({ value: 'c' }));
  await command.until('second c');

  save('throw new Error("broken at load");');
  await command.until(/at work\.[\s\S]*at work\./);
  command.type(lines({ value: 'd' }));
  await command.until(/init-error: Error: broken at load/);
  save(says('third'));
  await command.until('third d');
  await command.until('4 of 4 records resolved');

  command.signal('SIGINT');
  const { code, out } = await command.ended;
  expect(code).toBe(0);
  expect(out).toContain('4 done');
  expect(processesIn(cwd)).toEqual([]);
});

test('Ctrl-C while the app runs ends the app, too', async () => {
  const cwd = app(ALL_DONE, { 'app.js': 'process.chdir("handler"); setInterval(() => {}, 1000);' });
  const command = watch(cwd);
  while (processesIn(join(cwd, 'handler')).length === 0) await new Promise((resolve) => setTimeout(resolve, 20));

  command.signal('SIGINT');

  expect((await command.ended).code).toBe(130);
  expect(processesIn(cwd)).toEqual([]);
});

test.each<[string, Readonly<Record<string, string>>, readonly string[], number, RegExp]>([
  [
    'an app that fails at first',
    { 'handler/index.js': 'BROKEN' },
    [],
    1,
    /the app of cdk\.json .* failed:[\s\S]*cannot be synthesized/,
  ],
  ['a cdk.json without an app', { 'cdk.json': '{}' }, [], 1, /cdk\.json has undefined as its "app"/],
  ['a template of another origin', {}, ['--template', 'shape.json'], 2, /--watch runs the app of cdk\.json/],
  ['an end', {}, ['--once'], 2, /--once and --watch do not go together/],
])('%s is refused', async (_, files, argv, exitCode, words) => {
  const { code, err } = await local(app(ALL_DONE, files), ['--watch', '--records', '-', ...argv]);

  expect(err).toMatch(words);
  expect(code).toBe(exitCode);
});
