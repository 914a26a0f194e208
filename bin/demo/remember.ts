import type { Promised } from '../../local/oracle/promise';

/** The ways of remembering that the reference app has a function for. */
export type Remember = Promised['remember'];

/** The first is the default, here as in the app. */
export const REMEMBERS: readonly Remember[] = ['transaction', 'ledger', 'identity'];

/** What the run is judged by. By airport, though the function promises more: its order is that of the partition. */
export function promisedBy(remember: Remember): Promised {
  return { remember, order: 'key', ...(remember === 'transaction' && { identity: true }) };
}
