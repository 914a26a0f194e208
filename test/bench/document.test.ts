import { readFileSync } from 'node:fs';
import path from 'node:path';
import { DOCUMENT, tables, withTables } from '../../bench/report/document';
import type { StoreRow } from '../../bench/report/store-rows';
import { readKept } from '../../bench/results-file';
import { PERFORMANCE_TARGETS } from '../../bench/targets';
import { PROJECT } from '../support/project';

describe('docs/performance.md', () => {
  const document = readFileSync(path.join(PROJECT, DOCUMENT), 'utf8');

  test('shows what the kept results give: else run `npm run bench -- table`', () => {
    expect(document).toBe(withTables(document, readKept()));
  });

  test('lists every target with its verdict', () => {
    const lines = document.split('\n');

    for (const { mode, batch, ratioToStock } of PERFORMANCE_TARGETS) {
      const start = `| ${mode} | ${batch.toLocaleString('en-US')} | `;
      const line = lines.find((each) => each.startsWith(start) && each.includes(`≥ ${ratioToStock})`));
      expect(line).toMatch(/: (met|missed|not measured)/);
    }
    expect(document).toMatch(/own CPU-ms per record, at 1,000 records \(≤ 0\.01\): .*(met|missed|not measured)/);
  });
});

describe('the tables', () => {
  const row: StoreRow = {
    mode: 'ledger',
    batch: 1_000,
    target: 'stub-4ms',
    ratioToStock: 71.26,
    ratioRange: [63.1, 76.4],
    requestsPerRecord: 0.002,
    cpuMsPerRecord: 0.01234,
    cpuRatioToStock: 55,
    cpuRatioRange: [50, 60],
    recordsPerSecond: 101_617,
    rssMb: 69,
    writeUnitsPerRecord: 0.02,
    readUnitsPerRecord: 0,
    dollarsPerMillion: 0.0125,
    lambdaDollarsPerMillion: 0.0003,
    stock: { concurrency: 50, recordsPerSecond: 1_425, requestsPerRecord: 2, cpuMsPerRecord: 0.7 },
  };
  const kept = {
    stores: {
      question: 'stores',
      rows: [row],
      machine: '2 × a processor',
      node: 'v20.0.0',
      versions: { esbuild: '1.2.3' },
      startedAt: '2026-11-21T20:00:00.000Z',
      seconds: 480,
      rounds: 5,
      seed: 1,
      loadBefore: 0.1,
      quick: false,
    },
  };
  const text = tables(kept);

  test.each([
    '| ledger | 1,000 | 71.3 (≥ 50): met | 0.002 (≤ 0.003): met | 0.0123 (≤ 0.003): met, with the engine on top |',
    '| ledger | stub-4ms | 1,000 | 102,000 | 71.3 | 63.1 – 76.4 | 0.002 | 0.0123 | 55 | 69 |',
    '| ledger | 1,000 | 0.02 | 0 | 0.0125 | 0.0003 |',
    '$0.625 per million write units',
    'Measured on 2026-11-21: 2 × a processor, Node.js v20.0.0, esbuild 1.2.3; 5 rounds, 8 minutes',
  ])('hold %s', (line) => {
    expect(text).toContain(line);
  });

  test('replace what stood between the marks, and nothing else', () => {
    const document = readFileSync(path.join(PROJECT, DOCUMENT), 'utf8');
    const [before = '', after = ''] = [document.split('<!-- Written')[0], document.split('<!-- End')[1]];

    const written = withTables(document, kept);

    expect(written.startsWith(before)).toBe(true);
    expect(written.endsWith(after)).toBe(true);
    expect(withTables(written, kept)).toBe(written);
  });

  test('need the marks', () => {
    expect(() => withTables('# Performance', kept)).toThrow('has lost its two marks');
  });
});
