import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { BUNDLED } from '../../contract/bundle';
import type { Letter, LetterPointer } from '../../contract/letter';
import { REDRIVE_OUTCOMES, type RedriveEvent, type RedriveResponse } from '../../contract/redrive';
import { letterOf } from '../../handlers/dead-letters/letter';
import { objectKey } from '../../handlers/dead-letters/object-key';
import { readLetter } from '../../handlers/dead-letters/read-letter';
import { readEnvironment } from '../../handlers/environment';
import { parkedId } from '../../handlers/parking/parked';
import { json } from '../../handlers/record/json';
import { parseEvent } from '../../handlers/record/parse-event';
import { redriveAnswer } from '../../handlers/redrive/redrive-answer';
import { lettersOf } from '../../handlers/redrive/redrive-event';
import { PROJECT } from '../support/project';

const PAGE = readFileSync(path.join(PROJECT, 'docs', 'dead-letters.md'), 'utf8');
const blocks = (language: string) =>
  [...PAGE.matchAll(new RegExp(`^\`\`\`${language}\n([\\s\\S]*?)^\`\`\``, 'gm'))].map(([, code = '']) => code);

const [LETTER = '', POINTER = '', REDRIVE = '', REDRIVEN = '', SWITCHES = ''] = blocks('json');
const letter = readLetter(LETTER) as Letter;
const pointer = readLetter(POINTER) as LetterPointer;

describe('the letter on the page', () => {
  test('is what the runtime makes of that record', async () => {
    const { topic, partition, offset } = letter.record;
    const event = { eventSource: 'aws:kafka', records: { [`${topic}-${partition}`]: [letter.record] } };
    const record = parseEvent(event)[0]?.records[0];
    const error = await Promise.resolve(record?.value as Buffer)
      .then((value) => json().decode(value))
      .catch((thrown: unknown) => thrown);
    const mapping = { consumer: letter.consumer, source: letter.source ?? '', generation: 1 };

    const made = letterOf({
      id: parkedId(mapping, topic, partition, offset),
      caller: mapping,
      record: record?.delivered as Letter['record'],
      error,
      attempts: 1,
      firstFailureMs: Date.parse(letter.firstFailure),
      lastFailureMs: Date.parse(letter.lastFailure),
      functionVersion: '12',
    });

    expect({ ...made, error: letter.error }).toEqual(letter);
    expect(made.error).toMatchObject({ code: letter.error.code, name: letter.error.name });
    expect(Object.keys(made.error)).toEqual(Object.keys(letter.error));
    expect(made.error.message).toBe(letter.error.message);
    expect(letter.error.stack).toContain(`${letter.error.name}: ${letter.error.message}\n    at `);
  });

  test('has each of its members explained', () => {
    const explained = [...PAGE.matchAll(/^\| (`\w+`(?:, `\w+`)*) \|/gm)].flatMap(([, names = '']) =>
      names.split(', ').map((name) => name.replaceAll('`', '')),
    );

    expect(explained).toEqual(expect.arrayContaining(Object.keys(letter)));
  });
});

test('the pointer on the page leads to where the letter with its id is', () => {
  expect(pointer.mskOnce).toBe('letter-pointer/1');
  expect(pointer.s3.key).toBe(objectKey('large', pointer.id));
});

describe('the redrive on the page', () => {
  const event = JSON.parse(REDRIVE) as RedriveEvent;
  const answer = JSON.parse(REDRIVEN) as RedriveResponse;

  test('is an event that the function of the letter takes', () => {
    const { consumer, source = '' } = letter;
    const caller = { consumer, source, generation: 1, mapping: 'Orders', mode: 'partial' } as const;

    expect(parseEvent(event)).toHaveLength(1);
    expect(lettersOf(event, caller)).toEqual([letter.id]);
  });

  test('has an answer of that shape', () => {
    const error = new TypeError('customer 17 is not known');
    const { topic, partition, offset } = letter.record;
    const states = [{ record: { topic, partition, offset }, outcome: 'parked', isAbsent: false, error } as const];
    const { consumer, source = '' } = letter;
    const caller = { consumer, source, generation: 1, mapping: 'Orders', mode: 'partial' } as const;

    expect(redriveAnswer(event.mskOnce.redrive.letters, caller, [{ states }])).toEqual(answer);
  });

  test('has every outcome explained', () => {
    const [, section = ''] = PAGE.split('### What the function does\n');
    const explained = [...section.matchAll(/^\| `(\w+)` \|/gm)].map(([, outcome]) => outcome);

    expect(explained).toEqual(expect.arrayContaining([...REDRIVE_OUTCOMES]));
  });
});

test('each form of the variable on the page is read', () => {
  const forms = [...PAGE.matchAll(/^\| `((?:sqs:|s3:)[^`]+)` \|/gm)].map(([, form = '']) => form);
  const places = forms.map((form) => {
    const MSK_ONCE_DEAD_LETTERS = form
      .replace('<queue URL>', 'https://sqs.eu-west-1.amazonaws.com/111122223333/q')
      .replace('<bucket>', 'letters')
      .replace('<prefix>', 'dead');
    const required = { MSK_ONCE_TABLE: 'I', MSK_ONCE_MAPPINGS: '{"a":{"consumer":"c","generation":1}}' };
    const variables = { ...required, MSK_ONCE_REMEMBER_FOR_S: '1209600', MSK_ONCE_DEAD_LETTERS };
    return Object.keys(readEnvironment(variables).deadLetters?.place ?? {});
  });

  expect(places).toEqual([['queue'], ['queue', 'bucket'], ['bucket']]);
});

test('the definitions on the page are the ones that the bundle knows', () => {
  expect(Object.keys(JSON.parse(SWITCHES)).toSorted()).toEqual(Object.values(BUNDLED).toSorted());
});

describe('what the page shows to read a letter without us', () => {
  const runs = (program: string) => spawnSync(program, ['--version']).status === 0;
  /** Without the program nothing can be said of it, and the reason is printed. */
  const withProgram = (program: string) => {
    if (runs(program)) return test;
    console.info(`${program} is not installed: its lines of docs/dead-letters.md are not run`);
    return test.skip;
  };
  let folder: string;

  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'msk-once-letter-'));
    writeFileSync(path.join(folder, 'letter.json'), LETTER);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  withProgram('jq')('jq', () => {
    const [commands = ''] = blocks('sh');

    const output = execFileSync('bash', ['-ec', commands], { cwd: folder, encoding: 'utf8' });

    expect(output.trim().split('\n')).toEqual([
      'orders-2@4711 MSK_ONCE_VALUE_UNDECODABLE, 1 attempts, last 2026-11-02T09:15:04.002Z',
      '{"order":4711,"amount":"12,50 €"',
    ]);
  });

  withProgram('python3')('Python', () => {
    const [script = ''] = blocks('python');

    const env = { ...process.env, PYTHONIOENCODING: 'utf-8', PYTHONUTF8: '1' };
    const output = execFileSync('python3', ['-c', script], { cwd: folder, encoding: 'utf8', env });

    expect(output.trim()).toBe(`b'4711' {"order":4711,"amount":"12,50 €" [('clerk', 'Zoë')]`);
  });
});
