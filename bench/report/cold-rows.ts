import type { Mode } from '../measure/scenarios';
import { NOISE, noisyVerdict } from './store-text';
import { figure, textTable } from './text-table';

/** A fresh process that loads a bundle and handles one batch; the median of processes. */
export interface ColdRow {
  readonly mode: Mode;
  readonly batch: number;
  readonly loadWallMs: number;
  readonly loadCpuMs: number;
  readonly firstWallMs: number;
  readonly firstCpuMs: number;
  readonly rssMb: number;
}

export function coldText(rows: readonly ColdRow[]): string {
  return textTable(
    ['mode', 'batch', 'load ms', 'load CPU-ms', 'first batch ms', 'CPU-ms', 'peak RSS MB'],
    rows.map((row) => [
      row.mode,
      String(row.batch),
      ...[row.loadWallMs, row.loadCpuMs, row.firstWallMs, row.firstCpuMs, row.rssMb].map(figure),
    ]),
  );
}

export function compareCold(rows: readonly ColdRow[], before: readonly ColdRow[]): string {
  // Against stock in the same run: another machine is slower at both.
  const share = (of: ColdRow, all: readonly ColdRow[]) => {
    const stock = all.find(({ mode, batch }) => mode === 'stock' && batch === of.batch);
    return stock && stock.firstCpuMs / of.firstCpuMs;
  };
  const pairs = rows.flatMap((row) => {
    const old = before.find(({ mode, batch }) => mode === row.mode && batch === row.batch);
    const [now, then] = [share(row, rows), old && share(old, before)];
    return row.mode === 'stock' || now === undefined || then === undefined ? [] : [{ mode: row.mode, now, then }];
  });
  if (pairs.length === 0) return 'Nothing to compare: no row stands in both.';
  const table = textTable(
    ['mode', 'CPU of the first batch against stock, before', 'now', ''],
    pairs.map(({ mode, now, then }) => [mode, `${figure(then)} x`, `${figure(now)} x`, noisyVerdict(now / then)]),
  );
  return `${table}\nWithin ${100 * NOISE} % is noise.`;
}
