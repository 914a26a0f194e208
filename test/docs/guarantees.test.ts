import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CELLS, GUARANTEES, linesOf } from '../support/guarantees';
import { WAYS } from '../support/table-world';

const ROOT = join(__dirname, '..', '..');

/** The crash points that the page has to speak of, whatever else it speaks of. */
const POINTS: readonly RegExp[] = [
  /^before the claim$/,
  /^claim sent, no answer$/,
  /^claimed, before the start$/,
  /^running$/,
  /^effect sent, not accepted$/,
  /^effect happened, before the mark$/,
  /^mark sent, no answer$/,
  /^mark durable, before the answer$/,
  /^after the answer, before the commit of the offset$/,
  /^time-out$/,
  /^frozen and thawed past its lease$/,
  /^rebalance/,
  /^late copy of an old request$/,
  /^table down/,
  /^topic recreated$/,
  /^LATEST start read from the beginning later$/,
  /TTL/,
  /^clocks differ by clockSkewMs$/,
  /^clocks differ by more/,
  /^restored table$/,
];

interface Named {
  readonly file: string;
  readonly title: string;
}

/** Tests that a text names: the file in backticks, and its title in double quotes. */
function namedIn(text: string): Named[] {
  return [...text.matchAll(/`(test\/[^`]+)` "([^"]+)"/g)].map(([, file = '', title = '']) => ({ file, title }));
}

/** Whether the source has a test, or a group of tests, with that title, written as it stands there. */
function hasTest(source: string, title: string): boolean {
  const literal = title.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
  return new RegExp(String.raw`(?:\b(?:test|describe)|\))\(\s*(['"\`])${literal}\1`).test(source);
}

describe('the check itself', () => {
  const source = "test('one', () => {});\ntest.each([1])(\n  'two %s',\n  () => {});\n// test three\nconst x = 'four';";

  test.each(['one', 'two %s'])('finds the test "%s"', (title) => expect(hasTest(source, title)).toBe(true));
  test.each(['on', 'two', 'three', 'four'])('finds no test "%s"', (title) =>
    expect(hasTest(source, title)).toBe(false),
  );
});

describe('docs/guarantees.md', () => {
  const lines = linesOf(GUARANTEES);

  test.each(POINTS)('has a line for %s', (point) => {
    expect(lines.filter((line) => point.test(line.point)).length).toBeGreaterThanOrEqual(1);
  });

  test('has each line once', () => {
    expect(new Set(lines.map(({ point }) => point)).size).toBe(lines.length);
  });

  test.each(lines.flatMap((line) => WAYS.map((way) => [line.point, way, line] as const)))(
    '%s, %s: says what happens, in its own words',
    (_, way, { cells, why }) => {
      expect(CELLS).toContain(cells[way]);
      expect(why).not.toBe('');
    },
  );

  test.each(lines.map((line) => [line.point, line] as const))(
    '%s: names the test of that name',
    (point, { heldBy }) => {
      expect(namedIn(heldBy)).toContainEqual({ file: 'test/scenarios/crash-points.test.ts', title: point });
    },
  );

  const named = namedIn(GUARANTEES);
  test.each(named.map(({ file, title }) => [file, title] as const))('%s has the test "%s"', (file, title) => {
    const path = join(ROOT, file);

    expect([file, existsSync(path)]).toEqual([file, true]);
    expect([title, hasTest(readFileSync(path, 'utf8'), title)]).toEqual([title, true]);
  });

  test('every line of every table but the first names a test', () => {
    const tables = GUARANTEES.split('\n\n').filter((block) => block.startsWith('|'));
    for (const table of tables.slice(1)) {
      let last = '';
      for (const row of table.trimEnd().split('\n').slice(2)) {
        const heldBy = row.split('|').at(-2)?.trim() ?? '';
        if (heldBy !== 'the same') last = heldBy;
        expect([row, namedIn(last).length]).toEqual([row, 1]);
      }
    }
  });

  test('every schedule of the parking points has its line', () => {
    const source = readFileSync(join(ROOT, 'test/scenarios/parking-points.test.ts'), 'utf8');
    const titles = [...source.matchAll(/^ {2}test\('([^']+)'/gm)].map(([, title]) => title);
    const points = [
      ...GUARANTEES.matchAll(/^\| (.+?) \| (?:once|again) \| [^|]+ \| `test\/scenarios\/parking-points/gm),
    ];

    expect(points.map(([, point]) => point)).toEqual(titles);
  });

  test('every schedule of the crash points has its line', () => {
    const source = readFileSync(join(ROOT, 'test/scenarios/crash-points.test.ts'), 'utf8');
    const titles = [...source.matchAll(/^ {2}test\('([^']+)'/gm)].map(([, title]) => title);

    expect(lines.map(({ point }) => point)).toEqual(titles);
  });
});
