/** `msk-once judge FILE`: what it says of a history, and its exit code. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { judge } from '../../../bin/commands/judge';
import { readHistory } from '../../../local/oracle/read-history';

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

describe('--help says what FILE holds, to who has no source', () => {
  beforeEach(() => judge(['--help']));

  test('it leads to no file', () => {
    expect(said).not.toMatch(/\w\/\w|\.ts\b/);
  });

  test('its example is a history that keeps its promise', async () => {
    const example = join(directory, 'example.json');
    writeFileSync(example, /^ *\{"remember"[\s\S]*?\}\]\}$/m.exec(said)?.[0] ?? '');

    await expect(judge([example])).resolves.toBe(0);
  });

  test('it names every property of a history and of its records', () => {
    const missing = [...acceptedIn({ '?': 1 }), ...acceptedIn({ topic: [{ '?': 1 }] })].filter(
      (name) => !new RegExp(`\\b${name}\\b`).test(said),
    );

    expect(missing).toEqual([]);
  });

  test('it names every kind of observation, each with its own properties and no others', () => {
    const kinds = acceptedIn({ observations: [{ kind: '?' }] });
    const accepted = kinds.map((kind) => {
      const properties = acceptedIn({ observations: [{ kind, worker: 'w1', '?': 1 }] });
      return [kind, properties.filter((name) => !['kind', 'worker', 'atMs'].includes(name)).sort()];
    });

    expect(Object.fromEntries(kindsTold())).toEqual(Object.fromEntries(accepted));
  });
});

/** What the error names as accepted, about a history that has one thing wrong. */
function acceptedIn(wrong: object): string[] {
  const history = { remember: 'ledger', order: 'partition', topic: [], observations: [], committed: {} };
  try {
    readHistory(JSON.stringify({ ...history, ...wrong }));
  } catch (error) {
    const [, names = ''] = /accepted is (?:none: the properties are )?([^.]*)\./.exec((error as Error).message) ?? [];
    return names.split(', ');
  }
  throw new Error(`${JSON.stringify(wrong)} is accepted`);
}

/** The rows of the last table of the usage: a kind, its properties, and what it means; the first two may go on below. */
function kindsTold(): (readonly [kind: string, properties: string[]])[] {
  const [, table = ''] = /^What each kind of observation has\n([\s\S]*?)\n\n/m.exec(said) ?? [];
  return table.split(/\n(?= {2}\S)/).map((row) => {
    const cells = row.split('\n').map((line) => line.slice(19, 62).replace(/\[.*?\]/, ''));
    const names = cells.join(' ').match(/\b(?!or\b)\w+/g) ?? [];
    return [row.slice(2, 19).trim(), [...names].sort()] as const;
  });
}
