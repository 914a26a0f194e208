import type { RecordHeaders, TopicRecord } from '../../local/broker/broker';
import { below, seededRandom } from '../../local/seeded-random';
import type { Flight, PlacedMessage } from './flights';
import { MOVING_PARTITION, STAYING_PARTITION } from './partitions';

/** Why a record can never take effect: it ends as a dead letter. */
export interface Doom {
  readonly because: 'cannot be read' | 'is still to come';
  /** What its letter says. */
  readonly attempts: number;
}

const UNREADABLE: Doom = { because: 'cannot be read', attempts: 1 };
/** The function fails over it as often as it may: the engine's default of `maxAttempts`. */
const TO_COME: Doom = { because: 'is still to come', attempts: 5 };

/** What becomes of the value by itself, worked out here on its own; undefined: it is a flight that counts. */
export function doomOf({ value }: Pick<TopicRecord, 'value'>, nowMs: number): Doom | undefined {
  const flight = flightIn(value);
  if (flight === undefined) return UNREADABLE;
  return Date.parse(flight.date) > nowMs ? TO_COME : undefined;
}

/** undefined: it is none. */
function flightIn(value: Buffer | null): Flight | undefined {
  try {
    const { date, delay, distance, origin, destination } = JSON.parse(String(value)) as Flight;
    const isFlight =
      [date, origin, destination].every((text) => typeof text === 'string') &&
      [delay, distance].every((number) => Number.isInteger(number));
    return isFlight ? { date, delay, distance, origin, destination } : undefined;
  } catch {
    return undefined;
  }
}

type Spoil = (message: PlacedMessage, text: string, flight: Flight) => PlacedMessage;

/** A name that stands twice, bytes that are no text, an empty value. */
const HEADERS: RecordHeaders = [
  ['desk', Buffer.from('Zoë')],
  ['desk', Buffer.from([0xff, 0x00, 0x80])],
  ['empty', Buffer.alloc(0)],
];

/** A flight that was dated a century ahead. */
const dateAhead: Spoil = (message, _, flight) => {
  const date = flight.date.replace(/^\d+/, (year) => String(Number(year) + 100));
  return { ...message, value: Buffer.from(JSON.stringify({ ...flight, date })) };
};
/** The two that fail come first: they lie in two partitions, so that they wait at the same time. */
const SPOILS: readonly Spoil[] = [
  dateAhead,
  dateAhead,
  (message) => ({ ...message, value: Buffer.from([0x00, 0xff, 0xfe, 0x80, 0x7b]) }),
  (message, text) => ({ ...message, value: Buffer.from(text.slice(0, text.length / 2)), headers: HEADERS }),
  (message, _, flight) => ({ ...message, value: Buffer.from(JSON.stringify({ ...flight, delay: 'late' })) }),
  (message) => ({ ...message, value: null }),
];

export const DOOMED = SPOILS.length;
/** Besides those that stay or move. */
const SCRIPTED_PARTITIONS = 2;

/**
 * The messages with some more between them that can never take effect, each under the key and in the partition of a
 * flight right before it. None lies in a partition in which the script takes a worker away or moves the partition: there
 * a worker might die behind more letters than the one that it is to die behind.
 */
export function withDoomed(messages: readonly PlacedMessage[], seed: number): readonly PlacedMessage[] {
  const random = seededRandom(seed + 2);
  const placesOf = new Map<number, number[]>();
  messages.forEach(({ partition }, place) => {
    if (partition === MOVING_PARTITION || partition === STAYING_PARTITION) return;
    const places = placesOf.get(partition);
    if (places) places.push(place);
    else placesOf.set(partition, [place]);
  });
  // As the script counts them: it uses the longest two.
  const distinct = (places: readonly number[]) => new Set(places.map((place) => String(messages[place]?.value))).size;
  const byLength = [...placesOf.entries()]
    .sort(([a], [b]) => a - b)
    .map(([, places]) => places)
    .sort((a, b) => distinct(b) - distinct(a));
  const partitions = byLength.length > SCRIPTED_PARTITIONS ? byLength.slice(SCRIPTED_PARTITIONS) : byLength;
  const behind = new Map<number, PlacedMessage[]>();
  SPOILS.forEach((spoil, index) => {
    const places = partitions[index % partitions.length] ?? [];
    // In the first third: something is to come behind them.
    const place = places[below(random, Math.max(1, Math.floor(places.length / 3)))];
    const message = place === undefined ? undefined : messages[place];
    if (place === undefined || message === undefined) return;
    const text = String(message.value);
    behind.set(place, [...(behind.get(place) ?? []), spoil(message, text, JSON.parse(text))]);
  });
  return messages.flatMap((message, place) => [message, ...(behind.get(place) ?? [])]);
}
