import { Closings } from './closings';
import type { EffectSeen, Killed, Observation, Place } from './observation';
import type { Promised, TopicFact } from './promise';
import { Runs } from './runs';
import { Tenures } from './tenures';
import { Turns } from './turns';
import { nameOf, unitOf } from './units';

/** An effect of a record of the topic, by its place among the observations. */
export interface Effect {
  readonly index: number;
  readonly worker: string;
  readonly atMs: number | undefined;
  readonly isCopy: boolean;
  readonly fact: TopicFact;
}

export interface Death {
  readonly index: number;
  readonly atMs: number | undefined;
  readonly cause: string;
}

/** Everything that was seen of a run, sorted for those who judge it. */
export class Evidence {
  readonly tenures: Tenures;
  readonly runs: Runs;
  readonly closings: Closings;
  /** Of each unit that took effect, its effects as they were accepted; units in the order of their first effects. */
  readonly effects = new Map<string, Effect[]>();
  /** Indexes of effects that name no record of the topic, or one that takes none. */
  readonly foreign: number[] = [];
  /** Of each unit that took effect in a redrive, those effects: they are no poller's, and judged by themselves. */
  readonly redriven = new Map<string, Effect[]>();
  readonly deaths = new Map<string, Death>();
  readonly turns: Turns;
  readonly #facts: ReadonlyMap<string, TopicFact>;

  constructor(
    readonly promised: Promised,
    readonly topic: readonly TopicFact[],
    readonly observations: readonly Observation[],
  ) {
    this.#facts = new Map(topic.map((fact) => [nameOf(fact), fact]));
    this.tenures = new Tenures(promised, observations);
    this.runs = new Runs(observations);
    this.closings = new Closings(promised, topic, observations);
    observations.forEach((observation, index) => {
      if (observation.kind === 'effect') this.#effect(observation, index);
      else if (observation.kind === 'killed') this.#death(observation, index);
      else if (observation.kind === 'redrive' && observation.seen.kind === 'effect') {
        this.#effect(observation.seen, index, this.redriven);
      }
    });
    this.turns = new Turns(this);
  }

  factAt(place: Place): TopicFact | undefined {
    return this.#facts.get(nameOf(place));
  }

  /** The records that attempts are counted for together: with identities alone all of one identity. */
  sharing(fact: TopicFact): readonly TopicFact[] {
    if (this.promised.remember !== 'identity') return [fact];
    return this.topic.filter(({ identity }) => identity !== undefined && identity === fact.identity);
  }

  redrivenOf(fact: TopicFact): readonly Effect[] {
    return this.redriven.get(unitOf(this.promised, fact)) ?? [];
  }

  effectsOf(fact: TopicFact): readonly Effect[] {
    return this.effects.get(unitOf(this.promised, fact)) ?? [];
  }

  #effect({ worker, atMs, isCopy = false, ...place }: EffectSeen, index: number, effects = this.effects): void {
    const fact = this.factAt(place);
    if (fact === undefined || fact.takesEffect === false) {
      this.foreign.push(index);
      return;
    }
    const effect = { index, worker, atMs, isCopy, fact };
    const unit = unitOf(this.promised, fact);
    const earlier = effects.get(unit);
    if (earlier) earlier.push(effect);
    else effects.set(unit, [effect]);
  }

  #death({ worker, atMs, cause }: Killed, index: number): void {
    if (!this.deaths.has(worker)) this.deaths.set(worker, { index, atMs, cause });
  }
}
