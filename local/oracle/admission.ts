import type { Effect, Evidence } from './evidence';
import { type Excuse, Excuses } from './excuses';

/** Source: protocol section 1, identity: what finished since the last flush. */
const FLUSH_RECORDS = 25;

/**
 * Says which repeats the promise admits (protocol section 1). An effect may come again when something came between it
 * and its mark; and what a worker had sent before may still land afterwards. With transactions neither can be.
 */
export class Admission {
  readonly #evidence: Evidence;
  readonly #excuses: Excuses;
  /** Repeats of finished runs that a death has excused, by worker. */
  readonly #afterDeath = new Map<string, number>();

  constructor(evidence: Evidence) {
    this.#evidence = evidence;
    this.#excuses = new Excuses(evidence);
  }

  /** For each effect of a unit after its first, in order: why it is admitted, or undefined. */
  causes(effects: readonly Effect[]): (string | undefined)[] {
    // What one effect left unmarked explains one repeat.
    const unused = new Set<Effect>();
    return effects.flatMap((effect, position) => {
      const cause = position === 0 ? undefined : this.#cause(effect, effects[position - 1] as Effect, unused);
      unused.add(effect);
      return position === 0 ? [] : [cause];
    });
  }

  #cause(effect: Effect, previous: Effect, unused: Set<Effect>): string | undefined {
    const { closings, promised } = this.#evidence;
    if (effect.isCopy && promised.remember !== 'transaction') return 'late copy';
    const marks = closings.of(effect.fact).filter(({ index }) => index < effect.index);
    if (!closings.isClosed(effect.fact, effect.index, effect.atMs)) {
      if (marks.some(({ index }) => index > previous.index)) return 'memory over';
      if (promised.remember === 'transaction') return undefined;
      for (const earlier of [...unused].reverse()) {
        const excuse = this.#leftUnmarked(earlier, effect);
        if (excuse === undefined) continue;
        unused.delete(earlier);
        return excuse.cause;
      }
    }
    return promised.remember === 'transaction' ? undefined : this.#excuses.late(effect)?.cause;
  }

  #leftUnmarked(earlier: Effect, effect: Effect): Excuse | undefined {
    const excuse = this.#excuses.unmarked(earlier, effect.index);
    const { deaths, promised, runs } = this.#evidence;
    const isByDeath = excuse !== undefined && excuse.index === deaths.get(earlier.worker)?.index;
    if (!isByDeath || promised.remember !== 'identity' || promised.checkpointMs === undefined) return excuse;
    if (runs.ofEffect(earlier.index)?.result !== 'resolved') return excuse;
    const repeats = (this.#afterDeath.get(earlier.worker) ?? 0) + 1;
    this.#afterDeath.set(earlier.worker, repeats);
    return repeats <= FLUSH_RECORDS ? excuse : undefined;
  }
}
