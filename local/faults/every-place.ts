import type { Fault } from './fault';
import type { FaultReport } from './fault-report';
import type { FaultWithoutPlace } from './fault-text';

/** What one run came to. */
export interface RunVerdict {
  readonly ok: boolean;
  /** What became of the fault of this run. */
  readonly fault: FaultReport;
}

export interface EveryPlaceOptions<Verdict> {
  /** @default 1 */
  readonly from?: number;
  /** After so many runs it ends in any case. @default 10,000 */
  readonly limit?: number;
  /** So many runs go on side by side: most of a run is waiting. @default 1 */
  readonly atOnce?: number;
  /** Called as the runs end. */
  readonly onVerdict?: (verdict: Verdict, at: number) => void;
}

export interface EveryPlace<Verdict> {
  /** One for each place, in order. The last one is of a run in which the fault found no place, if that was reached. */
  readonly verdicts: readonly Verdict[];
  /** Whether every place of the run was tried. */
  readonly complete: boolean;
  readonly ok: boolean;
}

/** Runs with the fault at the first place, at the second … until a run ends before the fault's place has come. */
export async function everyPlace<Verdict extends RunVerdict>(
  fault: FaultWithoutPlace,
  run: (fault: Fault) => Promise<Verdict>,
  options: EveryPlaceOptions<Verdict> = {},
): Promise<EveryPlace<Verdict>> {
  const { from = 1, limit = 10_000, atOnce = 1, onVerdict = () => {} } = options;
  const found = new Map<number, Verdict>();
  /** The first place that no run has. */
  let end = Number.POSITIVE_INFINITY;
  let next = from;
  const goOn = async () => {
    while (next < end && next < from + limit) {
      const at = next;
      next += 1;
      const verdict = await run({ ...fault, at });
      if (verdict.fault.counted < at) end = Math.min(end, at);
      if (at > end) continue;
      found.set(at, verdict);
      onVerdict(verdict, at);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, goOn));
  const verdicts = [...found].filter(([at]) => at <= end).sort(([a], [b]) => a - b);
  return {
    verdicts: verdicts.map(([, verdict]) => verdict),
    complete: Number.isFinite(end),
    ok: verdicts.every(([, { ok }]) => ok),
  };
}
