import { LocalError } from '../../local/errors';
import { isRefused } from '../../local/template/template-error';
import { apart } from './apart';
import { error, type Finding, type Judgement, unknown } from './finding';
import type { Subject } from './subject';

/**
 * One idea that a template can break. What it reads and cannot be read makes it `unknown`, and never right; what no
 * deployment accepts is an error.
 */
export interface Rule {
  /** Kept for good: people name it in what they ignore. */
  readonly name: string;
  judge(subject: Subject): Iterable<Judgement | LocalError>;
}

/** All findings of the rules, what cannot be read told once for all rules that needed it. */
export function judged(rules: readonly Rule[], subject: Subject): Finding[] {
  const findings: Finding[] = [];
  for (const rule of rules) {
    for (const found of apart(() => rule.judge(subject))) {
      if (found instanceof LocalError) tellThrown(findings, rule.name, subject.id, found);
      else findings.push({ rule: rule.name, mappings: [subject.id], ...found });
    }
  }
  return findings;
}

function tellThrown(findings: Finding[], rule: string, mapping: string, thrown: LocalError): void {
  const problem = withoutCode(thrown.message);
  // The reader's messages begin with the place.
  const [, place = '', found = problem] = /^(Resources\.\S+|Globals\.\S+) (.*)$/s.exec(problem) ?? [];
  const judgement = isRefused(thrown)
    ? error(place, found, 'Its deployment fails.', 'Correct it.')
    : unknown(
        place,
        found,
        'What it decides was not judged.',
        'Put a value there that is known here, or look at it in the account.',
      );
  const at = findings.findIndex(
    (one) => one.severity === judgement.severity && one.place === place && one.found === found,
  );
  const told = findings[at];
  if (told === undefined) findings.push({ rule, mappings: [mapping], ...judgement });
  else if (told.rule !== rule && !told.also?.includes(rule))
    findings[at] = { ...told, also: [...(told.also ?? []), rule] };
}

function withoutCode(message: string): string {
  return message.replace(/ \(MSK_ONCE_[A-Z_]+\)$/, '');
}
