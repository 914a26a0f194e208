import { LOCAL_ACCOUNT_ID } from '../../../local/template/local-values';
import type { Permissions, ResourcePattern, Statement } from './statement';

/** `unknown`: what decides it is not in the template, or cannot be read. */
export type Decision = 'granted' | 'missing' | 'denied' | 'unknown';

/** What an action is needed on. */
export interface Resource {
  /** An ARN, or `*` for what EC2 allows no resource for; undefined: not known here. */
  readonly text: string | undefined;
  /** Another way to name the same. */
  readonly or?: string;
  /** Of the account and region of the deployment, which a statement may write out and nobody knows here. */
  readonly isHere?: true;
  /** As the template writes it where it stands as a whole: equal writing means the same resource. */
  readonly written?: unknown;
}

type Answer = 'yes' | 'no' | 'maybe';

/** Whether the role may do this, as IAM decides it: one refusal outweighs all grants. */
export function decide({ statements, unread }: Permissions, action: string, resource: Resource): Decision {
  const answers = statements
    .filter((statement) => names(statement, action))
    .map((statement) => ({ ...statement, answer: covers(statement, resource) }))
    .filter((statement) => statement.answer !== 'no');
  const isSure = (statement: (typeof answers)[number]) => statement.answer === 'yes' && !statement.isConditional;
  const refusals = answers.filter(({ isDeny }) => isDeny);
  const grants = answers.filter(({ isDeny }) => !isDeny);
  if (refusals.some(isSure)) return 'denied';
  if (refusals.length > 0) return 'unknown';
  if (grants.some(isSure)) return 'granted';
  return grants.length > 0 || unread.length > 0 ? 'unknown' : 'missing';
}

/** Whether a statement is about the action. */
export function names({ actions, exceptActions }: Statement, action: string): boolean {
  return actions.some((one) => globs(one, action)) !== (exceptActions === true);
}

const OPPOSITE: Readonly<Record<Answer, Answer>> = { yes: 'no', no: 'yes', maybe: 'maybe' };

export function covers(
  { resources, exceptResources }: Pick<Statement, 'resources' | 'exceptResources'>,
  resource: Resource,
): Answer {
  const answers = resources.map((pattern) => answer(pattern, resource));
  const found = answers.find((one) => one === 'yes') ?? answers.find((one) => one === 'maybe') ?? 'no';
  return exceptResources ? OPPOSITE[found] : found;
}

function answer(pattern: ResourcePattern, { text, or, isHere, written }: Resource): Answer {
  if (pattern.text === '*') return 'yes';
  if (written !== undefined && JSON.stringify(pattern.written) === JSON.stringify(written)) return 'yes';
  if (pattern.text === undefined || text === undefined) return 'maybe';
  if (text === '*') return 'no';
  if (globs(pattern.text, text) || (or !== undefined && globs(pattern.text, or))) return 'yes';
  if (!isLocal(text) || !globs(anywhere(pattern.text), anywhere(text))) return 'no';
  return isHere ? 'yes' : 'maybe';
}

/** Account and region of the template's own resources are stand-ins for those of the deployment. */
function isLocal(arn: string): boolean {
  return arn.split(':')[4] === LOCAL_ACCOUNT_ID;
}

function anywhere(arn: string): string {
  const [head, partition, service, , , ...rest] = arn.split(':');
  return [head, partition, service, '', '', ...rest].join(':');
}

/** As IAM matches: `*` is any text, `?` any character, and actions know no case. */
export function globs(pattern: string, text: string): boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, pattern.startsWith('arn:') ? '' : 'i').test(text);
}
