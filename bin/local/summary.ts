import { describeFaultReport } from '../../local/faults/fault-report';
import type { InputError } from '../../local/run/input-error';
import type { LocalReport, ReportedMapping } from '../../local/run/report';
import { counted } from './counted';

/** How the command came to its end. */
export type RunEnd =
  | { readonly kind: 'resolved'; readonly inputError: InputError | undefined }
  | { readonly kind: 'interrupted' }
  | { readonly kind: 'timed-out'; readonly timeoutMs: number }
  | { readonly kind: 'failed'; readonly error: unknown };

/** The end of a run for a person: what became of the records, and what is not well about it. */
export function summaryText(report: LocalReport, ended: RunEnd): string {
  const faults = report.faults.map((fault) => `  fault ${describeFaultReport(fault)}`);
  const problems = [...endProblems(ended), ...report.mappings.flatMap(mappingProblems)];
  const verdict = problems.length === 0 ? ['All is well.'] : ['NOT well:', ...problems.map((text) => `  ${text}`)];
  const seconds = `(${report.timing.seconds.toFixed(1)} s)`;
  return ['', ...report.mappings.map(mappingText), ...faults, ...verdict, seconds].join('\n');
}

function mappingText({ mapping, end, deliveries, outcomes, filtered }: ReportedMapping): string {
  const counts = Object.entries({ ...outcomes, filtered }).filter(([, count]) => count > 0);
  const became = counts.map(([outcome, count]) => `${count} ${outcome}`).join(', ') || 'no records';
  return `${mapping}: ${end}; ${became}; ${counted(deliveries, 'delivery', 'deliveries')}, repeats included`;
}

function endProblems(ended: RunEnd): string[] {
  switch (ended.kind) {
    case 'timed-out':
      return [`Not everything was resolved within ${ended.timeoutMs / 1_000} s; --timeout-s gives it more.`];
    case 'resolved':
      return ended.inputError ? [ended.inputError.message] : [];
    default:
      return [];
  }
}

function mappingProblems({ mapping, outcomes, lost, refused, blocked }: ReportedMapping): string[] {
  return [
    ...blocked.map(
      (text) =>
        `${mapping} is blocked at ${text}. Mend the function, or give the mapping an on-failure destination, which ends the retries.`,
    ),
    ...(lost > 0
      ? [`${mapping} lost ${counted(lost, 'record')}: they were given up, and no on-failure destination took them.`]
      : []),
    ...(refused > 0
      ? [
          `${mapping} got ${counted(refused, 'answer')} that the service would not have understood; see the errors above.`,
        ]
      : []),
    ...(outcomes.open > lost ? [`${mapping} leaves ${counted(outcomes.open - lost, 'record')} open.`] : []),
  ];
}
