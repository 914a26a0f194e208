import type { Fault } from '../../local/faults/fault';
import type { FaultName } from '../../local/faults/fault-definitions';

/** What they do to a plain effect nobody can take back: the function's own client would have to be made for it. */
const HARD_ON_EFFECTS: readonly FaultName[] = ['answer-lost', 'late-copy', 'delay'];

/**
 * The fault where the promise holds: those that double an effect, or hide one from user code, befall the requests to the
 * idempotency table, unless the fault itself says which requests it means.
 */
export function fairlyPlaced(fault: Fault, memoryTable: string): Fault {
  const { name, settings } = fault;
  const saysWhich = settings.table !== undefined || settings.operation !== undefined;
  return !HARD_ON_EFFECTS.includes(name) || saysWhich
    ? fault
    : { ...fault, settings: { ...settings, table: memoryTable } };
}
