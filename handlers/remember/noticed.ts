import type { Noticed } from '../engine/memory';
import type { Partition } from './partition';

/** What an operator wants to know of the ledger, where there is anything to know. */
export function noticedOf(partitions: readonly Partition<unknown>[]): Noticed {
  const holesClosed = partitions.reduce((sum, partition) => sum + partition.holesClosed, 0);
  const orderGap = partitions.filter(({ hasOrderGap }) => hasOrderGap).length;
  return { ...(holesClosed > 0 && { holesClosed }), ...(orderGap > 0 && { orderGap }) };
}
