/** docs/errors.md, and that every error of what is shipped has its place there. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Stack } from 'aws-cdk-lib';
import { UsageError } from '../../bin/usage';
import { ERROR_CODES } from '../../contract/error-codes';
import { DOCUMENT, withTable } from '../../docs/error-table/document';
import { entriesOf } from '../../docs/error-table/entries';
import { readErrors } from '../../docs/error-table/read-errors';
import { PropsError } from '../../lib/private/props-error';
import { LocalError } from '../../local/errors';
import { TestingError } from '../../testing/errors';
import { CODELESS, fits, isBug } from '../support/codeless-errors';
import { readSource, sourceFiles } from '../support/imports';
import { plainErrorsIn } from '../support/plain-errors';
import { PROJECT } from '../support/project';

const sources = readErrors(PROJECT);

describe('docs/errors.md', () => {
  const document = readFileSync(path.join(PROJECT, DOCUMENT), 'utf8');

  test('is what the sources say: else run `npm run errors`', () => {
    expect(document).toBe(withTable(document, entriesOf(sources)));
  });

  test.each(Object.values(ERROR_CODES))('%s has one row: its meaning, its class, and what to do', (code) => {
    const rows = document.split('\n').filter((line) => line.startsWith(`| \`${code}\` |`));

    expect(rows).toEqual([
      expect.stringMatching(
        /^\| `MSK_ONCE_\w+` \| .+[.] \| (start|permanent|transient|outage|synth|command|test)( or \w+)* \| .+[.] \|$/,
      ),
    ]);
  });
});

/** Defined for parts that do not stand yet. Whoever throws one takes it out of here. */
const AWAITED: readonly string[] = [];

describe('every error of the table', () => {
  test.each(sources.definitions.map(({ name }) => name))('%s is thrown by the runtime', (name) => {
    expect(sources.used.has(name)).toBe(!AWAITED.includes(name));
  });

  test('that the runtime raises is made by its definition, so that class and remedy are those of the table', () => {
    const codeNames = new Set(sources.definitions.map(({ codeName }) => codeName));
    const elsewhere = sourceFiles(['handlers'])
      .filter((file) => !file.startsWith('handlers/errors/'))
      .filter((file) => /new OnceError\(/.test(readSource(file)));

    expect(codeNames.size).toBeGreaterThan(0);
    expect(elsewhere).toEqual([]);
  });
});

describe('every message of what is shipped ends with its code', () => {
  // Those of the runtime: test/handlers/errors/messages.test.ts.
  test.each([
    ['lib', new PropsError(new Stack(), { prop: 'batchSize', received: 0, accepted: 'from 1', change: 'Raise it.' })],
    ['local', new LocalError(ERROR_CODES.usage, 'The topic x exists.')],
    ['bin', new UsageError('--seed is x; accepted is a number.', 'Usage: x')],
    ['testing', new TestingError(ERROR_CODES.usage, 'The value is missing.')],
  ])('%s', (_, { message }) => {
    expect(message).toMatch(/[.] \(MSK_ONCE(_[A-Z]+)+\)$/);
  });

  const made = sourceFiles(['contract', 'handlers', 'lib', 'local', 'bin', 'testing']).flatMap((file) =>
    plainErrorsIn(readSource(file)).map((error) => ({ file, ...error })),
  );

  test('and an error without one is never the last that a person reads', () => {
    const unjudged = made.filter((error) => !isBug(error) && !CODELESS.some((judged) => fits(judged, error)));

    expect(unjudged.map(({ file, line, name, text }) => `${file}:${line} ${name} ${text}`)).toEqual([]);
  });

  test.each(CODELESS)('but one that still stands in $files: $why', (judged) => {
    expect(made.some((error) => fits(judged, error))).toBe(true);
  });
});

describe('plain errors are seen', () => {
  test.each<[string, string]>([
    ["throw new Error('x');", "Error 'x'"],
    ["throw Error('x');", "Error 'x'"],
    ['throw new RangeError(`holds 1`);', 'RangeError `holds 1`'],
    ["reject(Object.assign(new Error('x'), { name: 'y' }));", "Error 'x'"],
    ["const a = new AggregateError([], 'x');", 'AggregateError []'],
    ['class Odd extends TypeError {}', 'Odd extends Error'],
    ['const Odd = class extends Error {};', ' extends Error'],
  ])('%s', (text, expected) => {
    expect(plainErrorsIn(text).map(({ name, text: message }) => `${name} ${message}`)).toEqual([expected]);
  });

  test('and those with a code are none', () => {
    expect(plainErrorsIn("throw new LocalError(ERROR_CODES.usage, 'x'); class A extends LocalError {}")).toEqual([]);
  });
});
