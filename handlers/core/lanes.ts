import type { RawRecord } from '../record/parse-event';

export type Order = 'partition' | 'key' | 'none';

/**
 * Splits the records of one partition into lanes (protocol O1): a lane runs one record after the other and stops at its
 * first open one. Keyless records share a lane under `key`.
 */
export function planLanes<T extends { readonly record: Pick<RawRecord, 'key'> }>(
  records: readonly T[],
  order: Order,
): (readonly T[])[] {
  if (order === 'partition') return [records];
  if (order === 'none') return records.map((record) => [record]);
  const lanes = new Map<string | undefined, T[]>();
  for (const state of records) {
    const key = state.record.key?.toString('base64');
    const lane = lanes.get(key);
    if (lane) lane.push(state);
    else lanes.set(key, [state]);
  }
  return [...lanes.values()];
}
