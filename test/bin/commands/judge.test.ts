/** `msk-once judge FILE`: what it says of a history, and its exit code. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { judge } from '../../../bin/commands/judge';

const directory = mkdtempSync(join(tmpdir(), 'msk-once-test-judge-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const EFFECT = { kind: 'effect', worker: 'w1', partition: 0, offset: 0 };

function file(...observations: object[]): string {
  const name = join(directory, 'history.json');
  const topic = [{ partition: 0, offset: 0, identity: 'a' }];
  writeFileSync(
    name,
    JSON.stringify({ remember: 'ledger', order: 'partition', topic, observations, committed: { 0: 1 } }),
  );
  return name;
}

let said = '';
beforeEach(() => {
  said = '';
  jest.spyOn(process.stdout, 'write').mockImplementation((text) => {
    said += String(text);
    return true;
  });
});
afterEach(() => jest.restoreAllMocks());

test('a history that keeps its promise: exit code 0', async () => {
  expect(await judge([file(EFFECT)])).toBe(0);
  expect(said).toContain('The promise is kept.');
});

test('one that breaks it: exit code 1, with the rule, the observation and what happened', async () => {
  expect(await judge([file(EFFECT, EFFECT)])).toBe(1);
  expect(said).toContain('twice at observation 1: 0@0 took effect once more by w1, and nothing admits it');
  expect(said).toContain('The promise is broken once.');
});

test('all findings as JSON', async () => {
  const json = join(directory, 'findings.json');

  await judge([file(EFFECT, EFFECT), '--json', json]);

  expect(JSON.parse(readFileSync(json, 'utf8'))).toMatchObject({
    records: 1,
    effects: 2,
    twice: 1,
    violations: [{ rule: 'twice', at: 1, unit: '0@0' }],
  });
});

test.each<[string, () => string[], string]>([
  ['no file', () => [], 'FILE is missing; accepted is one.'],
  ['two files', () => [file(), file()], 'FILE stands 2 times; accepted is one.'],
  ['a file that is not there', () => [join(directory, 'nothing')], 'cannot be read'],
  ['an unknown option', () => [file(), '--frobnicate'], 'frobnicate'],
  ['a report that cannot be written', () => [file(), '--json', directory], 'cannot be written: it is a folder'],
  [
    'a file that is no history',
    () => [file({ kind: 'nothing', worker: 'w1' })],
    'observations[0].kind of the history is "nothing"',
  ],
])('%s: exit code 2', async (_, argv, words) => {
  await expect(judge(argv())).rejects.toMatchObject({ message: expect.stringContaining(words), exitCode: 2 });
});

test('--help: usage and exit code 0', async () => {
  expect(await judge(['--help'])).toBe(0);
  expect(said).toContain('Usage: msk-once judge FILE');
});
