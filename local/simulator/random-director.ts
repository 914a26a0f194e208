import { below, type SeededRandom } from '../seeded-random';
import type { Decision, Director, Interference, Place } from './decision';
import type { Plan } from './plan';
import { endOffset } from './topic';
import type { Weather } from './weather';

/** Draws what happens at each place, and writes it down. */
export class RandomDirector implements Director {
  readonly decisions: Decision[] = [];
  readonly #random: SeededRandom;
  readonly #weather: Weather;
  readonly #plan: Plan;
  #faults = 0;

  constructor(random: SeededRandom, plan: Plan, weather: Weather) {
    this.#random = random;
    this.#plan = plan;
    this.#weather = weather;
  }

  decide(place: Place, at: string): Decision | undefined {
    if (place !== 'tie' && this.#faults === this.#weather.maximum) return undefined;
    const kind = this.#kindAt(place);
    if (kind === undefined) return undefined;
    if (kind !== 'switch') this.#faults += 1;
    const decision = this.#drawn(kind, at);
    this.decisions.push(decision);
    return decision;
  }

  #kindAt(place: Place): Interference | undefined {
    const shares = this.#weather.shares[place] ?? [];
    if (shares.length === 0) return undefined;
    let drawn = this.#random();
    for (const [kind, share] of shares) {
      if (drawn < share) return kind;
      drawn -= share;
    }
    return undefined;
  }

  #drawn(kind: Interference, at: string): Decision {
    switch (kind) {
      case 'delay':
      case 'freeze':
      case 'lose':
      case 'copy':
      case 'down': {
        const { durationsMs } = this.#weather;
        return { at, do: kind, ms: durationsMs[below(this.#random, durationsMs.length)] ?? 1 };
      }
      case 'rewind': {
        const partition = below(this.#random, this.#plan.partitions.length);
        const offset = below(this.#random, endOffset(this.#plan.partitions[partition] ?? []) + 1);
        return { at, do: kind, partition, offset };
      }
      default:
        return { at, do: kind };
    }
  }
}
