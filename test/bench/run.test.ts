import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { engine } from '../../bench/engine';
import { readOptions } from '../../bench/options';
import type { Result } from '../../bench/question';
import type { ColdRow } from '../../bench/report/cold-rows';
import type { EngineRow } from '../../bench/report/engine-rows';
import type { StoreRow } from '../../bench/report/store-rows';
import { readResult } from '../../bench/results-file';
import { PROJECT } from '../support/project';

const folder = mkdtempSync(path.join(tmpdir(), 'msk-once-bench-test-'));
afterAll(() => rmSync(folder, { recursive: true }));

function bench(...argv: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', 'tsx', 'bench/run.ts', ...argv], {
    cwd: PROJECT,
    encoding: 'utf8',
    // No server is at port 9: what a developer happens to run changes nothing.
    env: { ...process.env, MSK_ONCE_DYNAMODB: 'http://127.0.0.1:9' },
  });
  return { status, stdout, stderr };
}

describe('the command line', () => {
  test('an unknown name lists the names', () => {
    const run = bench('store');

    expect(run).toMatchObject({ status: 2, stdout: '' });
    expect(run.stderr).toMatch(/no benchmark "store"; there are stores, engine, cold, table\./);
    expect(run.stderr).not.toMatch(/^ +at /m);
  });

  test('a server that is not there', () => {
    const run = bench('stores', '--target', 'dynamodb-local');

    expect(run.status).toBe(7);
    expect(run.stderr).toMatch(/does not answer at http:\/\/127\.0\.0\.1:9\. Start it with/);
  });

  test('help is no mistake', () => {
    const run = bench('stores', '--help');

    expect(run).toMatchObject({ status: 0, stdout: expect.stringContaining('--compare FILE'), stderr: '' });
  });

  test.each<[string, string[], RegExp]>([
    ['an unknown option', ['--fast'], /--fast/],
    ['no whole number', ['--rounds', '1.5'], /--rounds is "1\.5"; accepted is a whole number from 1 to 100/],
    ['a batch that Lambda never delivers', ['--batch', '10001'], /--batch is "10001"; accepted .* to 10000/],
    ['an unknown mode lists the modes', ['--mode', 'keys'], /--mode is "keys"; accepted is stock, ledger, identity, /],
    ['an unknown server', ['--target', 'aws'], /--target is "aws"; accepted is stub-4ms, dynamodb-local/],
    [
      'a file that cannot be written',
      ['--json', '/nowhere/result.json'],
      /--json \/nowhere\/result.json cannot be written/,
    ],
    ['a file that is not there', ['--compare', '/nowhere.json'], /--compare \/nowhere.json cannot be read/],
  ])('%s', (_, argv, text) => {
    expect(() => readOptions(argv)).toThrow(
      expect.objectContaining({ message: expect.stringMatching(text), exitCode: 2 }),
    );
  });

  test('a mode that has no engine of ours', async () => {
    const run = engine.run(readOptions(['--mode', 'stock']), () => undefined);

    await expect(run).rejects.toMatchObject({
      message: expect.stringContaining('the engine has ledger, identity, transaction'),
      exitCode: 2,
    });
  });

  test.each(['{"question": "cold", "rows": []}', '[]', 'null', '{'])('%s is nothing to compare with', (content) => {
    const file = path.join(folder, 'other.json');
    writeFileSync(file, content);

    expect(() => readResult(file, 'stores')).toThrow(expect.objectContaining({ exitCode: 2 }));
  });
});

describe('stores, made tiny', () => {
  const RECORDS = 20;
  const file = path.join(folder, 'stores.json');
  const tiny = ['stores', '--rounds', '1', '--batch', String(RECORDS), '--warm-up', '1'];

  // What each mode sends for 20 records over 10 partitions, by hand:
  // stock: put and update each. ledger: claim and mark of ten partitions, a request each.
  // identity: a look at 20 keys, 20 claims in a request, 20 completions in another.
  // transaction: the ten claims in a request, then for each partition 2 items and a mark, all doubled.
  // 99 % done: stock puts 19 in vain and has one new record; identity finds 19 done and has one new record.
  const BY_HAND: Readonly<Record<string, { requests: number; writeUnits: number; readUnits: number }>> = {
    stock: { requests: 2 * RECORDS, writeUnits: 2 * RECORDS, readUnits: 0 },
    ledger: { requests: 2, writeUnits: 10 + 10, readUnits: 0 },
    identity: { requests: 1 + 1 + 1, writeUnits: 2 * RECORDS, readUnits: RECORDS },
    transaction: { requests: 1 + 10, writeUnits: 10 + 10 * 2 * (2 + 1), readUnits: 0 },
    'drop-in': { requests: 2, writeUnits: 2 * RECORDS, readUnits: 0 },
    'ledger-redelivered': { requests: 2, writeUnits: 10 + 10, readUnits: 0 },
    'identity-redelivered': { requests: 1 + 1 + 1, writeUnits: 2, readUnits: RECORDS },
  };

  test('counts requests and units exactly, and says what a result needs to say', () => {
    const run = bench(...tiny, '--json', file);

    expect(run).toMatchObject({ status: 0, stderr: expect.stringContaining('DynamoDB Local does not run') });
    const result = JSON.parse(readFileSync(file, 'utf8')) as Result<StoreRow>;
    const counted = result.rows.map((row) => [
      row.mode,
      {
        requests: row.requestsPerRecord * RECORDS,
        writeUnits: (row.writeUnitsPerRecord ?? 0) * RECORDS,
        readUnits: (row.readUnitsPerRecord ?? 0) * RECORDS,
      },
    ]);
    expect(Object.fromEntries(counted)).toEqual(BY_HAND);
    expect(result).toMatchObject({
      question: 'stores',
      machine: expect.stringMatching(/\d+ × .*GiB/),
      node: process.version,
      versions: { '@aws-lambda-powertools/idempotency': expect.any(String) },
      rounds: 1,
      seed: 1,
    });
    const [stock] = result.rows;
    expect(stock).toMatchObject({ mode: 'stock', batch: RECORDS, target: 'stub-4ms', ratioToStock: 1 });
    expect([10, 50, 200]).toContain(stock?.concurrency);
    for (const row of result.rows) {
      expect(row.stock.requestsPerRecord).toBe(row.mode.endsWith('-redelivered') ? (RECORDS + 1) / RECORDS : 2);
    }
  }, 120_000);

  test('compares with an earlier result, requests to the last', () => {
    const before = JSON.parse(readFileSync(file, 'utf8')) as Result<StoreRow>;
    const rows = before.rows.map((row) => (row.mode === 'ledger' ? { ...row, requestsPerRecord: 0.05 } : row));
    const changed = path.join(folder, 'changed.json');
    writeFileSync(changed, JSON.stringify({ ...before, rows }));

    const run = bench(...tiny, '--mode', 'ledger', '--mode', 'drop-in', '--compare', changed);

    expect(run.status).toBe(0);
    expect(run.stdout).toMatch(/^ledger +stub-4ms +20 +0\.05 +0\.1 +MORE/m);
    expect(run.stdout).toMatch(/^drop-in +stub-4ms +20 +0\.1 +0\.1 +same/m);
  }, 60_000);
});

describe('the other benchmarks, made tiny', () => {
  test('engine shows parsing and decoding apart', () => {
    const file = path.join(folder, 'engine.json');

    const run = bench('engine', '--quick', '--mode', 'ledger', '--batch', '1000', '--json', file);

    expect(run.status).toBe(0);
    const { rows } = JSON.parse(readFileSync(file, 'utf8')) as Result<EngineRow>;
    expect(rows).toMatchObject([{ mode: 'ledger', batch: 1_000 }]);
    const [{ invocationUs, parseUs, decodeUs, engineUs }] = rows as [EngineRow];
    expect(Math.min(invocationUs, parseUs)).toBeGreaterThan(0);
    expect(parseUs + decodeUs + engineUs).toBeCloseTo(invocationUs, 6);
  }, 60_000);

  test('engine says where the time goes, by file and line', () => {
    const run = bench('engine', '--quick', '--mode', 'ledger', '--batch', '1000', '--profile');

    expect(run.status).toBe(0);
    expect(run.stderr).toMatch(/^\S.* handlers\/record\/json\.ts:\d+ +\d+\.\d % +\d+\.\d %$/m);
  }, 60_000);

  test('cold measures a process that did nothing before', () => {
    const file = path.join(folder, 'cold.json');

    const run = bench('cold', '--quick', '--batch', '20', '--mode', 'ledger', '--json', file);

    expect(run.status).toBe(0);
    const { rows } = JSON.parse(readFileSync(file, 'utf8')) as Result<ColdRow>;
    expect(rows.map(({ mode, batch }) => [mode, batch])).toEqual([
      ['stock', 20],
      ['ledger', 20],
    ]);
    for (const { loadCpuMs, firstCpuMs, rssMb } of rows)
      expect(Math.min(loadCpuMs, firstCpuMs, rssMb)).toBeGreaterThan(0);
  }, 60_000);
});
