import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Partitioners } from 'kafkajs';
import type { ProducerMessage, TopicRecord } from '../../local/broker/broker';
import type { TopicFact } from '../../local/oracle/promise';
import { below, seededRandom } from '../../local/seeded-random';
import { type Doom, doomOf } from './doomed';
import { PARTITIONS } from './partitions';

export interface Flight {
  readonly date: string;
  readonly delay: number;
  readonly distance: number;
  readonly origin: string;
  readonly destination: string;
}

export interface Counter {
  readonly flights: number;
  readonly delayMinutes: number;
}

/** One flight in so many is produced again, at another offset. */
const DUPLICATE_ONE_IN = 20;

/** The first flights of the file: 20,000 real ones of early 2001, all different. */
export function loadFlights(count: number): Flight[] {
  // The package exports its code only, and its data lie in a folder beside it.
  const file = join(dirname(require.resolve('vega-datasets')), '..', 'data', 'flights-20k.json');
  return (JSON.parse(readFileSync(file, 'utf8')) as Flight[]).slice(0, count);
}

export const MAXIMUM_FLIGHTS = 20_000;

/** A message with the partition it goes to. */
export type PlacedMessage = ProducerMessage & { readonly partition: number };

/** What goes on the topic: every flight, keyed by origin, and some of them again a little later. */
export function messagesOf(flights: readonly Flight[], topic: string, seed: number): PlacedMessage[] {
  const random = seededRandom(seed);
  const partitionOf = keyedPartitioner(topic);
  const queue: Flight[] = [];
  const messages: PlacedMessage[] = [];
  const produce = (flight: Flight) => {
    const key = Buffer.from(flight.origin);
    messages.push({ partition: partitionOf(key), key, value: Buffer.from(JSON.stringify(flight)) });
  };
  for (const flight of flights) {
    produce(flight);
    if (below(random, DUPLICATE_ONE_IN) === 0) queue.push(flight);
    if (queue.length > 0 && below(random, 10) === 0) produce(queue.shift() as Flight);
  }
  for (const flight of queue) produce(flight);
  return messages;
}

/** Kafka's own choice for a key. */
function keyedPartitioner(topic: string): (key: Buffer) => number {
  const choose = Partitioners.DefaultPartitioner();
  const partitionMetadata = Array.from({ length: PARTITIONS }, (_, partitionId) => ({
    partitionErrorCode: 0,
    partitionId,
    leader: 0,
    replicas: [],
    isr: [],
  }));
  return (key) => choose({ topic, partitionMetadata, message: { key, value: null } });
}

/** A record as the oracle judges it. */
export interface FlightFact extends TopicFact {
  readonly key: string;
  /** It can never take effect. */
  readonly doom?: Doom;
}

/** The identity of a flight's record as its function claims it, worked out here on its own. */
export function factsOf(records: readonly TopicRecord[], consumer: string): FlightFact[] {
  const nowMs = Date.now();
  return records.map((record): FlightFact => {
    const { topic, partition, offset, key, value } = record;
    const doom = doomOf(record, nowMs);
    const place = { partition, offset, key: String(key), ...(doom && { doom, takesEffect: false }) };
    if (doom?.because === 'cannot be read') return place;
    const { date, origin, destination, distance, delay } = JSON.parse(String(value)) as Flight;
    const identity = JSON.stringify(`${date}|${origin}|${destination}|${distance}|${delay}`);
    const hash = createHash('sha256').update(identity).digest('base64');
    return { ...place, identity: `${consumer}#${topic}#${hash}` };
  });
}

/** The counters as they must be, plainly from the file. */
export function totalsOf(flights: readonly Flight[]): Record<string, Counter> {
  const totals: Record<string, Counter> = {};
  for (const { origin, delay } of flights) {
    const { flights: count, delayMinutes } = totals[origin] ?? { flights: 0, delayMinutes: 0 };
    totals[origin] = { flights: count + 1, delayMinutes: delayMinutes + delay };
  }
  return totals;
}
