import type { Mode } from '../measure/scenarios';
import { NOISE, noisyVerdict } from './store-text';
import { figure, textTable } from './text-table';

/** CPU of one record, in microseconds; the median of processes. */
export interface EngineRow {
  readonly mode: Mode;
  readonly batch: number;
  /** The whole invocation over a store that answers at once. */
  readonly invocationUs: number;
  /** Reading the event. */
  readonly parseUs: number;
  /** Base64 and JSON of the value. */
  readonly decodeUs: number;
  /** The rest: lanes, claims, marks, user code's call, the answer. */
  readonly engineUs: number;
}

export function engineText(rows: readonly EngineRow[]): string {
  const table = textTable(
    ['mode', 'batch', 'invocation', '= parse', '+ decode', '+ engine'],
    rows.map(({ mode, batch, invocationUs, parseUs, decodeUs, engineUs }) => [
      mode,
      String(batch),
      figure(invocationUs),
      figure(parseUs),
      figure(decodeUs),
      figure(engineUs),
    ]),
  );
  return `${table}\nCPU-µs per record, over a store that answers at once.`;
}

export function compareEngine(rows: readonly EngineRow[], before: readonly EngineRow[]): string {
  const pairs = rows.flatMap((row) => {
    const old = before.find(({ mode, batch }) => mode === row.mode && batch === row.batch);
    return old === undefined ? [] : [{ row, old }];
  });
  if (pairs.length === 0) return 'Nothing to compare: no row stands in both.';
  // Another machine is faster or slower at everything: parsing, which is not the engine's, says by how much.
  const table = textTable(
    ['mode', 'batch', 'engine before', 'now', 'over parsing before', 'now', ''],
    pairs.map(({ row, old }) => [
      row.mode,
      String(row.batch),
      figure(old.engineUs),
      figure(row.engineUs),
      figure(old.engineUs / old.parseUs),
      figure(row.engineUs / row.parseUs),
      noisyVerdict(old.engineUs / old.parseUs / (row.engineUs / row.parseUs)),
    ]),
  );
  return `${table}\nWithin ${100 * NOISE} % is noise.`;
}
