import { writeDenied } from '../errors';
import type { Unknown } from '../store/unknown';

/** Source: IAM User Guide, "Troubleshoot access denied error messages". */
const DENIED = /perform: (?<action>\S+) on resource: \S*:table\/(?<table>[^\s/]+)/;

/** The role may not write a table of the user's; undefined where that is not what has happened. */
export function unknownOfDenied(error: unknown, idempotencyTable: string): Unknown | undefined {
  if (!(error instanceof Error) || error.name !== 'AccessDeniedException') return undefined;
  const { action, table } = DENIED.exec(error.message)?.groups ?? {};
  if (action === undefined || table === undefined || table === idempotencyTable) return undefined;
  const explained = writeDenied({ table, action, reason: error.message }, { cause: error });
  return { kind: 'unknown', reason: 'refused', error: explained };
}
