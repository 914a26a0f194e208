import * as z from 'zod/mini';

export const flight = z.object({
  date: z.string(),
  delay: z.int(),
  distance: z.int(),
  origin: z.string(),
  destination: z.string(),
});

export type Flight = z.infer<typeof flight>;

/** What makes two records mean the same flight. The file has no number for it. */
export const identityOf = ({ value: { date, origin, destination, distance, delay } }: { readonly value: Flight }) =>
  [date, origin, destination, distance, delay].join('|');

/**
 * Refuses a flight that is still to come: its delay is not known yet. It is tried again, and counts once it has taken
 * place; one that never does (its date is a slip of the pen) ends as a dead letter.
 */
export function requireFlown({ date }: Flight): void {
  if (Date.parse(date) > Date.now()) throw new Error('The flight has not taken place yet: it counts once it has');
}

const table = process.env.COUNTERS_TABLE;
if (!table) throw new Error('COUNTERS_TABLE, the name of the table with the counters, is not set: the stack sets it');

export const COUNTERS_TABLE: string = table;

/** Of the item of an airport. An ADD is not idempotent, so each repeat of it shows. */
export const ADD_FLIGHT = 'ADD flights :one, delayMinutes :delay SET lastRecord = :record';

export interface Place {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

/** Says in the counters which record was the last one. */
export const recordName = ({ topic, partition, offset }: Place) => `${topic}-${partition}@${offset}`;

/** In milliseconds. Each effect takes a few, so the records of a crashed worker need not wait for longer. */
export const LEASE_MS = 3_000;
