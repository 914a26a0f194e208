import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DIFFERENCES } from './stock-differences';
import { type Bench, openBench } from './support';

const GUIDE = readFileSync(join(__dirname, '..', '..', '..', 'docs', 'powertools.md'), 'utf8');

let bench: Bench;
beforeEach(async () => {
  jest.spyOn(console, 'warn').mockImplementation(() => undefined);
  bench = await openBench();
});
afterEach(async () => {
  jest.restoreAllMocks();
  await bench.close();
});

// A newer one, which `.ci/newest-powertools` puts in its place, may have mended some of them.
if (process.env.MSK_ONCE_POWERTOOLS === undefined) {
  describe('the stock layer of the pinned version shows the flaw', () => {
    test.each(DIFFERENCES)('$line', async ({ run, stock }) => {
      expect(await run({ bench, layer: (client) => bench.stock(client) })).toEqual(stock);
    });
  });
}

describe('OncePersistenceLayer holds', () => {
  test.each(DIFFERENCES)('$line', async ({ run, once }) => {
    const layer = (awsSdkV3Client = bench.database.client) => bench.once({ awsSdkV3Client });

    expect(await run({ bench, layer })).toEqual(once);
  });
});

test('the table of the guide has these lines, and no other', () => {
  const rows = [...GUIDE.matchAll(/^\| (.+?) \|.*\|$/gm)].map(([, line]) => line);

  expect(rows.filter((row) => DIFFERENCES.some(({ line }) => line === row))).toEqual(
    DIFFERENCES.map(({ line }) => line),
  );
  const table = GUIDE.slice(GUIDE.indexOf('| What holds |'), GUIDE.indexOf('\n\n', GUIDE.indexOf('| What holds |')));
  expect(table.trim().split('\n')).toHaveLength(DIFFERENCES.length + 2);
});
