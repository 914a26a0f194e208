import type { Mapping } from '../../contract/environment';
import { LEDGER_PREFIX } from '../../contract/idempotency-table';
import { ledgerSourceMissing } from '../errors';

/**
 * Key of a partition's item. It holds the given name of the cluster, never its brokers, which come and go.
 *
 * @throws ledgerSourceMissing where the mapping has no source
 */
export function ledgerId({ consumer, source, generation }: Mapping, topic: string, partition: number): string {
  if (source === undefined || source === '') throw ledgerSourceMissing({ consumer });
  return `${LEDGER_PREFIX}${consumer}#${source}#${generation}#${topic}#${partition}`;
}
