import { below, type SeededRandom } from '../seeded-random';
import { INTERFERENCES, type Interference, type Place } from './decision';

/** How bad the times are, and in which ways. */
export interface Weather {
  /** By place, what happens there at which share of the times. */
  readonly shares: Readonly<Partial<Record<Place, readonly (readonly [kind: Interference, share: number])[]>>>;
  /** How long what takes time may take. */
  readonly durationsMs: readonly number[];
  /** After so many faults it is over; a switch is none. */
  readonly maximum: number;
}

const DURATIONS_MS = [1, 10, 50, 300, 950, 2_500, 8_000, 35_000, 70_000];
const KINDS = [...new Set(Object.values(INTERFERENCES).flat())];

/** Some of all kinds of fault, anywhere: few kinds reach what a mixture hides. */
export function randomWeather(random: SeededRandom): Weather {
  const rate = [0, 0.02, 0.05, 0.12, 0.25][below(random, 5)] ?? 0;
  const switchRate = [0, 0.1, 0.5][below(random, 3)] ?? 0;
  const spread = 0.15 + random() * 0.85;
  const blowing = new Set(KINDS.filter(() => random() < spread));
  const shares = Object.entries(INTERFERENCES).map(([place, kinds]) => {
    if (place === 'tie') return [place, [['switch', switchRate]]];
    const possible = kinds.filter((kind) => blowing.has(kind));
    return [place, possible.map((kind) => [kind, rate / possible.length])];
  });
  return { shares: Object.fromEntries(shares), durationsMs: DURATIONS_MS, maximum: 1 + below(random, 16) };
}

/** Nothing is wrong with the network: partitions move, groups are set back, workers die and stand still. */
export const UNREST: Weather = {
  shares: {
    delivery: [
      ['duplicate-delivery', 0.1],
      ['rewind', 0.2],
    ],
    call: [
      ['rebalance', 0.02],
      ['rewind', 0.02],
      ['crash', 0.02],
    ],
    run: [
      ['rebalance', 0.15],
      ['rewind', 0.05],
      ['crash', 0.03],
      ['freeze', 0.03],
    ],
    ran: [
      ['rebalance', 0.05],
      ['crash', 0.1],
    ],
    wake: [['rebalance', 0.02]],
  },
  durationsMs: [900, 2_500, 8_000],
  maximum: 10,
};

/** For so long a lease holds in a storm. */
export const STORM_LEASE_MS = 2_500;

/** Two workers meet on one record, and one of them stands still, or is slow, for about a lease or longer. */
export const STORM: Weather = {
  shares: {
    delivery: [['duplicate-delivery', 0.4]],
    call: [
      ['delay', 0.08],
      ['copy', 0.08],
      ['lose', 0.03],
      ['freeze', 0.03],
    ],
    answer: [['lose', 0.03]],
    run: [
      ['freeze', 0.05],
      ['delay', 0.08],
    ],
    ran: [['freeze', 0.2]],
    wake: [['freeze', 0.01]],
    commit: [['rebalance', 0.05]],
  },
  durationsMs: [900, 2_500, 4_500, 8_000, 20_000],
  maximum: 20,
};
