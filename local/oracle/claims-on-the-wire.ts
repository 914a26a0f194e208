import { ATTRIBUTES, STATUS } from '../../contract/idempotency-table';
import { ledgerOnTheWire, ledgerPartition } from './ledger-on-the-wire';
import type { Observation } from './observation';
import { unreadable } from './wire/unreadable';
import type { Write } from './wire/write';

/** Who sent a write, and when. */
export interface Sender {
  readonly worker: string;
  /** When it was sent, milliseconds since the epoch. */
  readonly atMs: number;
}

type ClaimObservation = Extract<Observation, { readonly kind: 'claim' | 'lease' | 'mark' }>;

/**
 * What an accepted write on an idempotency table says, whoever wrote it. undefined: it concerns no claim, lease or mark.
 *
 * Of an identity, in Powertools' record layout: a claim begins something in progress, a mark completes it, and
 * everything else that moves the lease is a lease; a record that is deleted was given back. Of a partition: see
 * `ledgerOnTheWire`.
 */
export function claimOnTheWire(write: Write, sender: Sender): ClaimObservation | undefined {
  const { worker, atMs } = sender;
  const identity = write.key[ATTRIBUTES.id]?.S;
  if (identity === undefined)
    throw unreadable('A write on the idempotency table', write, 'one that names its item by id');
  const partition = ledgerPartition(identity);
  if (partition !== undefined) return ledgerOnTheWire(write, partition, sender);
  if (write.kind === 'delete') return { kind: 'lease', worker, identity, leaseUntilMs: 0 };
  const lost = [ATTRIBUTES.status, ATTRIBUTES.inProgressExpiration].find((name) => write.computes.includes(name));
  if (lost !== undefined) throw unreadable(`The attribute ${lost} of a claim`, write.sets, 'a value in the request');
  const status = write.sets[ATTRIBUTES.status]?.S;
  if (status === STATUS.completed) {
    const expiration = numberOf(write, ATTRIBUTES.expiration);
    return {
      kind: 'mark',
      worker,
      identity,
      ...(expiration !== undefined && { rememberedUntilMs: expiration * 1_000 }),
    };
  }
  const leaseUntilMs = leaseEnd(write);
  if (status === STATUS.inProgress) {
    if (leaseUntilMs === undefined)
      throw unreadable('The lease of a claim', write.sets, 'an end of it, or of its record');
    return { kind: 'claim', worker, identity, atMs, leaseUntilMs };
  }
  return leaseUntilMs === undefined ? undefined : { kind: 'lease', worker, identity, leaseUntilMs };
}

/** A record without a lease is nobody else's until it expires. */
function leaseEnd(write: Write): number | undefined {
  const lease = numberOf(write, ATTRIBUTES.inProgressExpiration);
  if (lease !== undefined || write.sets[ATTRIBUTES.status] === undefined) return lease;
  const expiration = numberOf(write, ATTRIBUTES.expiration);
  return expiration === undefined ? undefined : expiration * 1_000;
}

function numberOf({ sets }: Write, name: string): number | undefined {
  const value = sets[name];
  if (value === undefined) return undefined;
  const number = Number(value.N ?? Number.NaN);
  if (!Number.isFinite(number)) throw unreadable(`The attribute ${name}`, value, 'a number');
  return number;
}
