import type { RawRecord } from '../record/parse-event';

export type Order = 'partition' | 'key' | 'none';

/**
 * Splits the records of one event, in planner order, into lanes (protocol O1): a lane runs one record after the other
 * and stops at its first open one. Keyless records share a lane of their partition under `key`.
 */
export function planLanes<T extends { readonly record: RawRecord }>(records: readonly T[], order: Order): T[][] {
  if (order === 'none') return records.map((record) => [record]);
  const lanes = new Map<string, T[]>();
  for (const state of records) {
    const name = laneOf(state.record, order);
    const lane = lanes.get(name);
    if (lane) lane.push(state);
    else lanes.set(name, [state]);
  }
  return [...lanes.values()];
}

function laneOf({ topic, partition, key }: RawRecord, order: 'partition' | 'key'): string {
  const name = `${topic}-${partition}`;
  return order === 'key' && key !== undefined ? `${name} ${key.toString('base64')}` : name;
}
