import { relative } from 'node:path';
import { EXIT } from '../../contract/error-codes';
import type { Checked } from './check-template';
import type { Finding, Severity } from './finding';

/** `ok`: everything could be read, and nothing is to be said about it. */
export type Verdict = 'ok' | 'warnings' | 'unknown' | 'errors';

export function verdictOf({ findings }: Pick<Checked, 'findings'>): Verdict {
  const has = (wanted: Severity) => findings.some(({ severity }) => severity === wanted);
  if (has('error')) return 'errors';
  if (has('unknown')) return 'unknown';
  return has('warning') ? 'warnings' : 'ok';
}

/** What is not known is never passed off as right: its exit code is another one. */
export function exitCodeOf(verdict: Verdict, strict: boolean): number {
  if (verdict === 'ok') return EXIT.ok;
  if (verdict === 'errors' || strict) return EXIT.failed;
  return verdict === 'unknown' ? EXIT.partlyDone : EXIT.ok;
}

/** One line for each finding, errors first, and one that sums up. */
export function textOf(checked: Checked): string {
  const order: readonly Severity[] = ['error', 'unknown', 'warning'];
  const lines = order.flatMap((severity) => checked.findings.filter((one) => one.severity === severity).map(lineOf));
  const counts = order.map((severity) => [
    severity,
    checked.findings.filter((one) => one.severity === severity).length,
  ]);
  const sum = checked.findings.length === 0 ? 'nothing to say' : counts.map(([name, n]) => `${n} ${name}`).join(', ');
  const what = `${relative(process.cwd(), checked.file)} (${checked.mappings.join(', ')})`;
  return [...lines, `${what}: ${sum}`].join('\n');
}

function lineOf({ severity, rule, also = [], place, found, why, change }: Finding): string {
  const rules = [rule, ...also].join(', ');
  return `${severity.padEnd(7)}  ${rules}: ${[place, found, why, change].filter((part) => part !== '').join(' ')}`;
}

export function jsonOf(checked: Checked): string {
  return JSON.stringify({ version: 1, verdict: verdictOf(checked), ...checked }, undefined, 2);
}
