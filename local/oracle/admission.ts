import type { Observation } from './oracle';

/** An effect that the database accepted, by its place among the observations. */
export interface Effect {
  readonly index: number;
  readonly worker: string;
}

type LeaseObservation = Extract<Observation, { readonly kind: 'claim' | 'lease' | 'mark' }>;
type Placed<Kind> = Kind & { readonly index: number };

interface Loss {
  readonly index: number;
  readonly cause: string;
}

/**
 * Says which repeats claims admit (protocol section 1). An effect may come again when its mark was not accepted before
 * its worker was killed or lost its lease; and what a worker had sent before either may still land afterwards. A lease
 * is lost when another worker claims it after it ran out or was given back; one that is taken while it runs is stolen.
 */
export class Admission {
  readonly #kills = new Map<string, Loss>();
  readonly #ofIdentity = new Map<string, Placed<LeaseObservation>[]>();

  constructor(observations: readonly Observation[]) {
    for (const [index, observation] of observations.entries()) {
      if (observation.kind === 'effect') continue;
      if (observation.kind === 'killed') {
        this.#kills.set(observation.worker, { index, cause: observation.cause });
        continue;
      }
      const placed = { ...observation, index };
      const others = this.#ofIdentity.get(observation.identity);
      if (others) others.push(placed);
      else this.#ofIdentity.set(observation.identity, [placed]);
    }
  }

  /** For each effect of an identity after its first, in order: why it is admitted, or undefined. */
  causes(identity: string, effects: readonly Effect[]): (string | undefined)[] {
    // What one effect left unmarked explains one repeat.
    const unused = new Set<Effect>();
    return effects.flatMap((effect, position) => {
      const earlier = [...unused].reverse().find((one) => this.#leftUnmarked(identity, one, effect));
      const loss = earlier ? this.#leftUnmarked(identity, earlier, effect) : this.#sentBefore(identity, effect);
      if (earlier) unused.delete(earlier);
      unused.add(effect);
      return position === 0 ? [] : [loss?.cause];
    });
  }

  /** What kept the earlier effect from its mark until the later one happened. */
  #leftUnmarked(identity: string, earlier: Effect, later: Effect): Loss | undefined {
    const marked = this.#ofIdentity
      .get(identity)
      ?.some(({ kind, index }) => kind === 'mark' && index > earlier.index && index < later.index);
    return marked ? undefined : this.#loss(identity, earlier, later.index);
  }

  /** What had ended the claim under which the effect was sent, when it landed. */
  #sentBefore(identity: string, effect: Effect): Loss | undefined {
    const own = this.#ofIdentity
      .get(identity)
      ?.findLast(({ kind, worker, index }) => kind !== 'lease' && worker === effect.worker && index < effect.index);
    return own?.kind === 'claim' ? this.#loss(identity, effect, effect.index) : undefined;
  }

  #loss(identity: string, effect: Effect, before: number): Loss | undefined {
    return [this.#kills.get(effect.worker), this.#leaseLoss(identity, effect)]
      .filter((loss) => loss !== undefined)
      .filter(({ index }) => index < before)
      .sort((a, b) => a.index - b.index)[0];
  }

  /** Where another worker took over the lease under which the effect was made. */
  #leaseLoss(identity: string, effect: Effect): Loss | undefined {
    let holder: string | undefined;
    let leaseUntilMs = 0;
    let loss: Loss | undefined;
    for (const observation of this.#ofIdentity.get(identity) ?? []) {
      if (observation.kind === 'mark') continue;
      if (observation.kind === 'claim') {
        const { worker, atMs, index } = observation;
        if (worker === effect.worker && index < effect.index) loss = undefined;
        else if (holder === effect.worker && worker !== holder && leaseUntilMs <= atMs) {
          loss ??= { index, cause: 'lease lost' };
        }
        holder = worker;
      }
      leaseUntilMs = observation.leaseUntilMs;
    }
    return loss;
  }
}
