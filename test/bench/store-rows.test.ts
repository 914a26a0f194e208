import type { Mode } from '../../bench/measure/scenarios';
import { type Measurement, storeRows, type Target } from '../../bench/report/store-rows';

const measured = (
  mode: Mode,
  round: number,
  recordsPerSecond: number,
  more: { inFlight?: number; target?: Target; batch?: number; redelivered?: boolean; cpuMsPerRecord?: number } = {},
): Measurement => ({
  scenario: { mode, inFlight: more.inFlight, redelivered: more.redelivered ?? mode.endsWith('-redelivered') },
  target: more.target ?? 'stub-4ms',
  round,
  batch: more.batch ?? 1_000,
  recordsPerSecond,
  cpuMsPerRecord: more.cpuMsPerRecord ?? 1,
  requestsPerRecord: mode === 'stock' ? 2 : 0.002,
  rssMb: 100,
  units: { writeUnitsPerRecord: mode === 'stock' ? 2 : 0.02, readUnitsPerRecord: 0 },
});
const stock = (round: number, inFlight: number, recordsPerSecond: number, more = {}) =>
  measured('stock', round, recordsPerSecond, { inFlight, ...more });

describe('a ratio', () => {
  // A slow machine is slow at both: 50 in the first round, 20 in the second, whatever the medians of each say.
  test('is formed inside a round, against the fastest of stock in that round', () => {
    const rows = storeRows([
      stock(1, 10, 80),
      stock(1, 50, 100),
      stock(2, 10, 1_000),
      stock(2, 50, 900),
      stock(3, 10, 90),
      stock(3, 50, 100),
      measured('ledger', 1, 5_000),
      measured('ledger', 2, 20_000),
      measured('ledger', 3, 3_000),
    ]);

    expect(rows.find(({ mode }) => mode === 'ledger')).toMatchObject({ ratioToStock: 30, ratioRange: [20, 50] });
  });

  test('of CPU is stock over ours', () => {
    const rows = storeRows([
      stock(1, 50, 100, { cpuMsPerRecord: 0.8 }),
      measured('ledger', 1, 5_000, { cpuMsPerRecord: 0.004 }),
    ]);

    expect(rows.find(({ mode }) => mode === 'ledger')?.cpuRatioToStock).toBeCloseTo(200, 9);
  });

  test('of a redelivered batch is formed with stock on a redelivered batch', () => {
    const rows = storeRows([
      stock(1, 50, 100),
      stock(1, 50, 400, { redelivered: true }),
      measured('ledger', 1, 4_000),
      measured('ledger-redelivered', 1, 4_000),
    ]);

    expect(rows.map(({ mode, ratioToStock }) => [mode, ratioToStock])).toEqual([
      ['stock', 1],
      ['ledger', 40],
      ['ledger-redelivered', 10],
    ]);
  });
});

describe('rows', () => {
  test('name the number in flight that was best for stock', () => {
    const [row] = storeRows([stock(1, 10, 90), stock(1, 50, 100), stock(1, 200, 95)]);

    expect(row).toMatchObject({ mode: 'stock', concurrency: 50, recordsPerSecond: 100, ratioToStock: 1 });
  });

  test("come with the stub's first, by mode, by batch", () => {
    const rows = storeRows([
      stock(1, 50, 100, { target: 'dynamodb-local' }),
      stock(1, 50, 100, { batch: 5_000 }),
      stock(1, 50, 100, { batch: 100 }),
      measured('identity', 1, 100, { batch: 100 }),
      measured('ledger', 1, 100, { batch: 100 }),
    ]);

    expect(rows.map(({ target, mode, batch }) => `${target} ${mode} ${batch}`)).toEqual([
      'stub-4ms stock 100',
      'stub-4ms stock 5000',
      'stub-4ms ledger 100',
      'stub-4ms identity 100',
      'dynamodb-local stock 1000',
    ]);
  });

  test('hold what a million records cost', () => {
    const rows = storeRows([stock(1, 50, 100), measured('ledger', 1, 100)]);

    expect(rows.map(({ dollarsPerMillion }) => dollarsPerMillion)).toEqual([1.25, 0.0125]);
  });
});
