import { keyTwice } from '../claims/distinct';
import type { Unknown } from '../store/unknown';
import type { Parked } from './parked';

/** Beside the mark, in one transaction. Source: DynamoDB API Reference, TransactWriteItems: at most 100 items. */
const MAXIMUM_PARKED = 99;

/** undefined where one transaction holds them beside a mark. Else the answer: the service would refuse the request. */
export function unparkable(parked: readonly Parked[]): Unknown | undefined {
  if (parked.length <= MAXIMUM_PARKED) return keyTwice(parked.map(({ id }) => id));
  const error = new Error(`A mark has ${parked.length} parked items, and may have ${MAXIMUM_PARKED}: report this bug`);
  return { kind: 'unknown', reason: 'refused', error };
}
