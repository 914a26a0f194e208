import type { Mode } from './measure/scenarios';
import type { StoreRow } from './report/store-rows';

/** What a mode is to reach against the fastest stock configuration, on the stub. Source: the design, section 10. */
export interface PerformanceTarget {
  readonly mode: Mode;
  readonly batch: number;
  /** Times stock's records per second. */
  readonly ratioToStock: number;
  readonly requestsPerRecord?: number;
  readonly cpuMsPerRecord?: number;
}

export const PERFORMANCE_TARGETS: readonly PerformanceTarget[] = [
  { mode: 'ledger', batch: 100, ratioToStock: 5 },
  { mode: 'ledger', batch: 1_000, ratioToStock: 50, requestsPerRecord: 0.003, cpuMsPerRecord: 0.003 },
  { mode: 'ledger', batch: 5_000, ratioToStock: 200 },
  { mode: 'identity', batch: 1_000, ratioToStock: 12, requestsPerRecord: 0.085, cpuMsPerRecord: 0.04 },
  { mode: 'transaction', batch: 1_000, ratioToStock: 14, requestsPerRecord: 0.025, cpuMsPerRecord: 0.04 },
  { mode: 'drop-in', batch: 1_000, ratioToStock: 8, requestsPerRecord: 0.085, cpuMsPerRecord: 0.07 },
  { mode: 'ledger-redelivered', batch: 1_000, ratioToStock: 35, requestsPerRecord: 0.003 },
  { mode: 'identity-redelivered', batch: 1_000, ratioToStock: 15, requestsPerRecord: 0.015 },
];

/** End to end the engine may cost so much on top of a target, which is one of the store. Source: the same. */
export const ENGINE_CPU_MS_PER_RECORD = 0.01;

export type Verdict = 'met' | 'met, with the engine on top' | 'missed' | 'not measured';

export interface Judged {
  readonly target: PerformanceTarget;
  readonly row: StoreRow | undefined;
  readonly wall: Verdict;
  readonly requests: Verdict | undefined;
  readonly cpu: Verdict | undefined;
}

export function judgeTarget(target: PerformanceTarget, rows: readonly StoreRow[]): Judged {
  const row = rows.find(
    ({ mode, batch, target: server }) => mode === target.mode && batch === target.batch && server === 'stub-4ms',
  );
  const verdict = (isMet: (row: StoreRow) => boolean): Verdict => {
    if (row === undefined) return 'not measured';
    return isMet(row) ? 'met' : 'missed';
  };
  const { ratioToStock, requestsPerRecord, cpuMsPerRecord } = target;
  return {
    target,
    row,
    wall: verdict((measured) => measured.ratioToStock >= ratioToStock),
    requests:
      requestsPerRecord === undefined
        ? undefined
        : verdict((measured) => measured.requestsPerRecord <= requestsPerRecord),
    cpu: cpuMsPerRecord === undefined ? undefined : cpuVerdict(row, cpuMsPerRecord),
  };
}

/** What goes through `makeIdempotent` knows no engine of ours. */
function cpuVerdict(row: StoreRow | undefined, cpuMsPerRecord: number): Verdict {
  if (row === undefined) return 'not measured';
  if (row.cpuMsPerRecord <= cpuMsPerRecord) return 'met';
  if (row.mode === 'drop-in') return 'missed';
  return row.cpuMsPerRecord <= cpuMsPerRecord + ENGINE_CPU_MS_PER_RECORD ? 'met, with the engine on top' : 'missed';
}
