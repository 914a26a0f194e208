import type { LocalError } from '../../../local/errors';

/** A statement of a policy as the template writes it, as far as it can be read. */
export interface Statement {
  readonly place: string;
  readonly isDeny: boolean;
  readonly actions: readonly string[];
  /** NotAction: it is about all other actions. */
  readonly exceptActions?: true;
  readonly resources: readonly ResourcePattern[];
  /** NotResource: it is about all other resources. */
  readonly exceptResources?: true;
  /** With a condition nobody can tell here whether it applies. */
  readonly isConditional: boolean;
  /** Written by the owner of the template, who can narrow it. */
  readonly isOwn: boolean;
}

/** What a statement names: `text` with `*` and `?`, or undefined where it cannot be read. */
export interface ResourcePattern {
  readonly text: string | undefined;
  /** As the template writes it. */
  readonly written: unknown;
}

/** All that a role may do. */
export interface Permissions {
  readonly place: string;
  readonly statements: readonly Statement[];
  /** Policies whose statements are not here. */
  readonly unread: readonly string[];
  /** What the service refuses in them. */
  readonly refused?: readonly LocalError[];
}
