import { REASONS } from './reasons';
import type { Statement, StatementKind } from './statement';

/** Why there is a statement. */
export interface Reason {
  readonly kind: StatementKind;
  /** Of a mapping that shares its function with others, the sid may have the mapping's name behind it. undefined: none. */
  readonly sid?: string;
  readonly effect?: 'Deny';
  /** All that the reason is good for. */
  readonly actions: readonly string[];
  /** Whom it is good for; undefined: a statement without any. */
  readonly principals?: RegExp;
  readonly text: string;
}

/** undefined: nobody knows, and the statement should not be there, or have a reason. */
export function reasonOf(statement: Statement): string | undefined {
  return REASONS.find((reason) => explains(reason, statement))?.text;
}

function explains(reason: Reason, { kind, sid, effect, actions, principals }: Statement): boolean {
  return (
    reason.kind === kind &&
    (reason.effect ?? 'Allow') === effect &&
    (reason.sid === undefined ? sid === undefined : sid?.startsWith(reason.sid) === true) &&
    actions.length > 0 &&
    actions.every((action) => reason.actions.includes(action)) &&
    principals.every((principal) => reason.principals?.test(principal) === true)
  );
}
