import type { EveryPlace } from '../../local/faults/every-place';
import { describeFaultReport } from '../../local/faults/fault-report';
import { type FaultWithoutPlace, formatFaultWithoutPlace } from '../../local/faults/fault-text';
import type { PlacedRun } from './run-demo';

/** One run as a line, with what failed below it. */
export function placedRunText({ ok, fault, failedChecks }: PlacedRun): string {
  const line = `  ${ok ? 'ok    ' : 'FAILED'}  ${describeFaultReport(fault)}`;
  return [line, ...failedChecks.map((check) => `            ${check}`)].join('\n');
}

/** What came of a fault at every place. */
export function everyPlaceText(fault: FaultWithoutPlace, { verdicts, complete, ok }: EveryPlace<PlacedRun>): string {
  const happened = verdicts.filter((run) => run.fault.happened);
  const failed = verdicts.filter((run) => !run.ok);
  const rows: [string, number, string][] = [
    [
      'runs',
      verdicts.length,
      complete ? 'the last one without a place for the fault' : 'and not every place was tried',
    ],
    ['with the fault', happened.length, `${formatFaultWithoutPlace(fault)}, each time at another place`],
    ['failed', failed.length, failed.map((run) => run.fault.fault).join(' ')],
  ];
  const table = rows.map(([name, count, words]) => `  ${name.padEnd(26)}${String(count).padStart(7)}   ${words}`);
  const verdict = ok ? 'The verdict holds at every place.' : `The verdict does NOT hold at ${failed.length} places.`;
  return ['', ...table.map((row) => row.trimEnd()), '', verdict].join('\n');
}
