import type { ResponseMode } from '../../contract/environment';
import type { KafkaEvent } from '../../contract/event';
import { PARKED_PREFIX } from '../../contract/idempotency-table';
import type { Place } from '../oracle/observation';

export function nameOf({ partition, offset }: Place): string {
  return `${partition}@${offset}`;
}

export function namesOf(places: readonly Place[]): string {
  return places.map(nameOf).join(' ');
}

/** The record of a parked item, by its key. undefined: it is another item's. */
export function parkedPlace(key: string): Place | undefined {
  if (!key.startsWith(PARKED_PREFIX)) return undefined;
  const [partition = Number.NaN, offset = Number.NaN] = key.split('#').slice(-2).map(Number);
  return { partition, offset };
}

/** The records of an event, in its order. */
export function placesOf(event: KafkaEvent): Place[] {
  return Object.values(event.records).flatMap((records) =>
    records.map(({ partition, offset }) => ({ partition, offset })),
  );
}

/**
 * What an answer says is to come again, read by itself: an event source that forgives what is wrong with an answer must
 * not hide it. undefined: it cannot be read, and the service delivers the whole batch again.
 */
export function listedIn(payload: unknown, mode: ResponseMode): Place[] | undefined {
  if (mode === 'throw') return [];
  const listed = (payload as { readonly batchItemFailures?: unknown } | null)?.batchItemFailures ?? [];
  if (!Array.isArray(listed)) return undefined;
  const places = listed.map(placeIn);
  return places.every((place) => place !== undefined) ? places : undefined;
}

function placeIn(entry: unknown): Place | undefined {
  const { partition, offset } =
    (entry as { readonly itemIdentifier?: Partial<Record<string, unknown>> } | null)?.itemIdentifier ?? {};
  const [, number] = /-(\d+)$/.exec(String(partition)) ?? [];
  return number === undefined || typeof offset !== 'number' ? undefined : { partition: Number(number), offset };
}
