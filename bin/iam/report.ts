import { reasonOf } from './reason-of';
import type { Statement } from './statement';
import { table } from './table';

export interface ExplainedStatement extends Statement {
  /** null: nobody knows. */
  readonly reason: string | null;
}

export function explain(statements: readonly Statement[]): ExplainedStatement[] {
  return statements.map((statement) => ({ ...statement, reason: reasonOf(statement) ?? null }));
}

const HEAD = ['who', 'sid', 'actions', 'resources', 'condition', 'reason'];
const WIDEST = [28, 24, 40, 64, 40, 60];

export function tableText(statements: readonly ExplainedStatement[]): string {
  const rows = statements.map(({ kind, who, sid, effect, actions, resources, principals, condition, reason }) => [
    `${who}\n(${kind})`,
    sid ?? '-',
    [...(effect === 'Allow' ? [] : [effect.toUpperCase()]), ...actions].join('\n'),
    [...resources, ...principals.map((principal) => `by ${principal}`)].join('\n'),
    condition ?? '-',
    reason ?? 'UNKNOWN',
  ]);
  return table(HEAD, rows, WIDEST);
}

/** What to say of the statements without a reason. */
export function unexplainedText(unexplained: readonly Statement[]): string {
  const names = unexplained.map(({ who, kind, sid, actions, resources }) => {
    const what = actions.length > 0 ? actions.join(', ') : resources.join(', ');
    return `  ${who} (${kind}), sid ${sid ?? '-'}: ${what}`;
  });
  const [statements, have] = unexplained.length === 1 ? ['statement', 'has'] : ['statements', 'have'];
  return `${unexplained.length} ${statements} ${have} no known reason (bin/iam/reasons):\n${names.join('\n')}`;
}
