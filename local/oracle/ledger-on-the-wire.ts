import { LEDGER_ATTRIBUTES, LEDGER_PREFIX } from '../../contract/idempotency-table';
import type { Sender } from './claims-on-the-wire';
import { readRuns } from './ledger-runs';
import type { Claimed, Leased, Marked } from './observation';
import { unreadable } from './wire/unreadable';
import type { WireValue, Write } from './wire/write';

/** The partition of a ledger item; undefined: its key is none of a ledger. */
export function ledgerPartition(id: string): number | undefined {
  if (!id.startsWith(LEDGER_PREFIX)) return undefined;
  // A consumer may have a # in its name; a topic may not.
  const [, partition] = /^ledger#.+#[^#]+#\d+#[^#]+#(\d+)$/.exec(id) ?? [];
  if (partition === undefined) {
    throw unreadable('The key of a ledger item', id, 'ledger#<consumer>#<source>#<generation>#<topic>#<partition>');
  }
  return Number(partition);
}

/**
 * What an accepted write on a ledger item says (protocol section 4): whoever sets the owner claims the partition, whoever
 * writes runs marks them, and everything else that moves the lease is a lease. A mark names all runs, of before too.
 */
export function ledgerOnTheWire(
  write: Write,
  partition: number,
  { worker, atMs }: Sender,
): Claimed | Marked | Leased | undefined {
  if (write.kind === 'delete') return { kind: 'lease', worker, partition, leaseUntilMs: 0 };
  const { owner, runs, leaseUntilMs: lease } = LEDGER_ATTRIBUTES;
  const lost = [owner, runs, lease].find((name) => write.computes.includes(name));
  if (lost !== undefined) throw unreadable(`The attribute ${lost} of a ledger`, write.sets, 'a value in the request');
  const leaseUntilMs = leaseEnd(write);
  if (write.sets[owner] !== undefined) {
    if (leaseUntilMs === undefined) throw unreadable('The claim of a partition', write.sets, 'an end of its lease');
    return { kind: 'claim', worker, partition, atMs, leaseUntilMs };
  }
  const written = write.sets[runs];
  if (written !== undefined || write.removes.includes(runs)) {
    const closes = written === undefined ? [] : readRuns(bytesOf(written));
    return { kind: 'mark', worker, partition, closes, ...(leaseUntilMs !== undefined && { leaseUntilMs }) };
  }
  return leaseUntilMs === undefined ? undefined : { kind: 'lease', worker, partition, leaseUntilMs };
}

function leaseEnd({ sets }: Write): number | undefined {
  const value = sets[LEDGER_ATTRIBUTES.leaseUntilMs];
  if (value === undefined) return undefined;
  const number = Number(value.N ?? Number.NaN);
  if (!Number.isFinite(number)) throw unreadable('The lease of a ledger', value, 'a number');
  return number;
}

function bytesOf(value: WireValue): Uint8Array {
  if (typeof value.B !== 'string') throw unreadable('The runs of a ledger', value, 'a binary');
  return Buffer.from(value.B, 'base64');
}
