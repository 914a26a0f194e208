/** How `msk-once local` ends when it is told to: nobody left behind, nothing kept, whatever it was doing. */
import { join } from 'node:path';
import { isRunning } from '../../local/worker/worker-fixture';
import {
  ALL_DONE,
  Command,
  handler,
  lines,
  numbered,
  processesIn,
  project,
  readReport,
  template,
  temporaryFolder,
  until,
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

const ENDLESS = ['--template', 'template.json', '--records', '-'];
const HANGS = handler('console.log("in the batch"); await new Promise(() => setInterval(() => {}, 1000));');

function start(code: string, argv: readonly string[] = ENDLESS): { command: Command; cwd: string } {
  const cwd = project(folder.path, {
    'template.json': template({}, { Timeout: 60 }),
    'code/index.js': code,
    'orders.jsonl': numbered(2, { partition: 0 }),
  });
  const command = new Command(cwd, argv);
  commands.push(command);
  return { command, cwd };
}

/** Below the folder nobody is at work any more; the guard of the orphans ends by itself. */
async function nobodyIsLeft(cwd: string): Promise<void> {
  await until(() => processesIn(cwd).length === 0, 'all processes are gone');
}

test('endless: it goes on after the input has ended, and Ctrl-C ends it by its verdict, with a report', async () => {
  const { command, cwd } = start(ALL_DONE, [...ENDLESS, '--report', 'report.json']);
  command.type(lines({ value: 1 }, { value: 2 }));
  command.endInput();
  await command.until(/answered/);

  command.signal('SIGINT');
  const ended = await command.ended;

  expect([ended.code, ended.out]).toEqual([0, expect.stringContaining('All is well.')]);
  expect(readReport(cwd, ended)).toMatchObject({ ok: true, mappings: [{ outcomes: { done: 2 } }] });
  await nobodyIsLeft(cwd);
});

test('endless: Ctrl-C while the input is open and a batch is running: records are open, exit code 1', async () => {
  const { command, cwd } = start(HANGS);
  command.type(lines({ value: 1 }));
  await command.until('in the batch');
  const [worker = -1] = processesIn(join(cwd, 'code'));

  command.signal('SIGINT');
  const { code, out } = await command.ended;

  expect(code).toBe(1);
  expect(out).toContain('Stopping; once more ends it at once.');
  expect(out).toContain('leaves 1 record open');
  expect(isRunning(worker)).toBe(false);
  await nobodyIsLeft(cwd);
});

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const)('--once: %s in the middle of a batch ends with %i', async (signal, exitCode) => {
  const { command, cwd } = start(HANGS, ['--template', 'template.json', '--records', 'orders.jsonl', '--once']);
  await command.until('in the batch');

  command.signal(signal);
  const { code } = await command.ended;

  expect(code).toBe(exitCode);
  await nobodyIsLeft(cwd);
});

test('SIGTERM while a worker is being started', async () => {
  const slow = 'const until = Date.now() + 5000; while (Date.now() < until); exports.handler = async () => null;';
  const { command, cwd } = start(slow, ['--template', 'template.json', '--records', 'orders.jsonl', '--once']);
  await command.until('▶');
  await until(() => processesIn(join(cwd, 'code')).length > 0, 'the worker is there');

  command.signal('SIGTERM');
  const { code } = await command.ended;

  expect(code).toBe(143);
  await nobodyIsLeft(cwd);
});

test('SIGTERM at any time of the start: it ends, and nobody is left', async () => {
  for (const afterMs of [200, 600, 1_000, 1_400]) {
    const { command, cwd } = start(ALL_DONE);
    command.type(lines({ value: 1 }));
    await new Promise((resolve) => setTimeout(resolve, afterMs));
    command.signal('SIGTERM');

    const { code, signal } = await command.ended;

    // Before anything of it is at work, the signal ends it by itself.
    expect([code === 0 || code === 1, signal === 'SIGTERM']).toContain(true);
    await nobodyIsLeft(cwd);
  }
});

test('a second Ctrl-C ends it at once, in the middle of what it was waiting for', async () => {
  const { command, cwd } = start(HANGS, [...ENDLESS, '--fault', 'delay@1,ms=60000']);
  command.type(lines({ value: 1 }));
  await command.until('in the batch');

  command.signal('SIGINT');
  await command.until('Stopping');
  command.signal('SIGINT');
  const { code, signal } = await command.ended;

  // The first one may have come to its end before, and nobody listen to the second one any more.
  expect([1, 130, 'SIGINT']).toContain(code ?? signal);
  await nobodyIsLeft(cwd);
});

test('a kill -9 of the command leaves no worker', async () => {
  const { command, cwd } = start(HANGS);
  command.type(lines({ value: 1 }));
  await command.until('in the batch');

  command.signal('SIGKILL');
  await command.ended;

  await nobodyIsLeft(cwd);
});

test('a reader that goes away ends it, without a stack', async () => {
  const { command, cwd } = start(handler('console.log("spoken"); return null;'), [...ENDLESS, '--json']);
  command.type(lines({ value: 1 }));
  await command.until('spoken');

  command.closeOutput();
  command.type(lines({ value: 2 }));
  const { err } = await command.ended;

  expect(err).not.toMatch(/^\s+at /m);
  await nobodyIsLeft(cwd);
});
