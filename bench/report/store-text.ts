import { median } from './statistics';
import type { StoreRow } from './store-rows';
import { exact, figure, textTable } from './text-table';

export function storeText(rows: readonly StoreRow[]): string {
  const table = textTable(
    [
      'mode',
      'target',
      'batch',
      'records/s',
      'x stock',
      'range',
      'req/rec',
      'CPU-ms/rec',
      'x CPU',
      'WRU/rec',
      '$/M',
      'RSS MB',
      'server',
    ],
    rows.map((row) => [
      row.concurrency === undefined ? row.mode : `${row.mode} (${row.concurrency} in flight)`,
      row.target,
      String(row.batch),
      figure(row.recordsPerSecond),
      figure(row.ratioToStock),
      `${figure(row.ratioRange[0])}-${figure(row.ratioRange[1])}`,
      exact(row.requestsPerRecord),
      figure(row.cpuMsPerRecord),
      figure(row.cpuRatioToStock),
      exact(row.writeUnitsPerRecord),
      figure(row.dollarsPerMillion),
      figure(row.rssMb),
      row.serverBusy === undefined ? '–' : `${Math.round(100 * row.serverBusy)} %`,
    ]),
  );
  const busiest = Math.max(0, ...rows.map(({ serverBusy = 0 }) => serverBusy));
  const note = `server: share of the time in which the stub computed; at ${Math.round(100 * busiest)} % at most.`;
  return busiest === 0 ? table : `${table}\n${note}`;
}

/** Ratios of CPU and speed that lie nearer to 1 than this say nothing: two runs on one machine differ by as much. */
export const NOISE = 0.25;

/** Requests are exact: any difference is a change. Times are compared as ratios to stock, which holds across machines. */
export function compareStores(rows: readonly StoreRow[], before: readonly StoreRow[]): string {
  const pairs = rows.flatMap((row) => {
    const old = before.find(
      ({ mode, batch, target }) => mode === row.mode && batch === row.batch && target === row.target,
    );
    return old === undefined || row.mode === 'stock' ? [] : [{ row, old }];
  });
  if (pairs.length === 0) return 'Nothing to compare: no row stands in both.';
  const table = textTable(
    [
      'mode',
      'target',
      'batch',
      'req/rec before',
      'now',
      '',
      'CPU ratio before',
      'now',
      '',
      'x stock before',
      'now',
      '',
    ],
    pairs.map(({ row, old }) => [
      row.mode,
      row.target,
      String(row.batch),
      exact(old.requestsPerRecord),
      exact(row.requestsPerRecord),
      exactVerdict(row.requestsPerRecord, old.requestsPerRecord),
      figure(old.cpuRatioToStock),
      figure(row.cpuRatioToStock),
      noisyVerdict(row.cpuRatioToStock / old.cpuRatioToStock),
      figure(old.ratioToStock),
      figure(row.ratioToStock),
      noisyVerdict(row.ratioToStock / old.ratioToStock),
    ]),
  );
  const overall = median(pairs.map(({ row, old }) => row.cpuRatioToStock / old.cpuRatioToStock));
  return `${table}\nMedian of the CPU ratios, now over before: ${figure(overall)}. Within ${100 * NOISE} % is noise.`;
}

function exactVerdict(now: number, before: number): string {
  if (Math.abs(now - before) < 1e-9) return 'same';
  return now < before ? 'fewer' : 'MORE';
}

export function noisyVerdict(ratio: number): string {
  if (ratio > 1 + NOISE) return 'better';
  return ratio < 1 / (1 + NOISE) ? 'WORSE' : 'noise';
}
