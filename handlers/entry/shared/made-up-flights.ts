import type { Flight } from './flight';

const AIRPORTS = ['ATL', 'BOS', 'DEN', 'JFK', 'LAX', 'ORD', 'PHX', 'SEA'];
const FIRST_DAY = Date.UTC(2001, 0, 1);
const DAY_MS = 86_400_000;
const DAYS = 90;

/** Flights of early 2001, in no order. The same seed makes the same flights, and each of them means another flight. */
export function madeUpFlights(count: number, seed: number): Flight[] {
  const random = seededRandom(seed);
  const below = (limit: number) => Math.floor(random() * limit);
  return Array.from({ length: count }, (_, index) => {
    const origin = below(AIRPORTS.length);
    const destination = (origin + 1 + below(AIRPORTS.length - 1)) % AIRPORTS.length;
    return {
      date: new Date(FIRST_DAY + below(DAYS) * DAY_MS).toISOString().slice(0, 10),
      delay: below(120) - 20,
      // Makes two flights of one seed different; those of two seeds may meet.
      distance: 200 + index,
      origin: AIRPORTS[origin] as string,
      destination: AIRPORTS[destination] as string,
    };
  });
}

/** Mulberry32. */
function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
