import { Admission, type Effect } from './admission';

/** A record as it lies on the topic, read back; `identity` and `key` are computed by whoever checks, not by the runtime. */
export interface TopicFact {
  readonly partition: number;
  readonly offset: number;
  /** Within one key, first effects must come in offset order. */
  readonly key: string;
  readonly identity: string;
}

/** What was seen outside of the runtime, in the order in which it took effect. */
export type Observation =
  /** The database accepted the effect of a record. */
  | { readonly kind: 'effect'; readonly worker: string; readonly partition: number; readonly offset: number }
  /** The database accepted a claim on an identity, at that time and with a lease until then (ms since the epoch). */
  | {
      readonly kind: 'claim';
      readonly worker: string;
      readonly identity: string;
      readonly atMs: number;
      readonly leaseUntilMs: number;
    }
  /** The database accepted another end of the lease: renewed, or in the past where the claim was given back. */
  | { readonly kind: 'lease'; readonly worker: string; readonly identity: string; readonly leaseUntilMs: number }
  /** The database accepted the mark that closes an identity. */
  | { readonly kind: 'mark'; readonly worker: string; readonly identity: string }
  /** The worker was killed. */
  | { readonly kind: 'killed'; readonly worker: string; readonly cause: string };

export interface RepeatedEffect {
  readonly partition: number;
  readonly offset: number;
  readonly identity: string;
  /** Why the promise of claims admits it, or undefined: it must not have happened. */
  readonly cause: string | undefined;
}

export interface Findings {
  readonly records: number;
  readonly producerDuplicates: number;
  readonly effects: number;
  /** Records that are resolved without an effect of their own, because another record had the identity's. */
  readonly suppressed: number;
  readonly open: number;
  /** Identities without any effect. */
  readonly lost: number;
  /** Every effect of an identity after its first. */
  readonly repeated: readonly RepeatedEffect[];
  readonly admitted: number;
  readonly twice: number;
  /** First effects that came after the first effect of a later record of the same key. */
  readonly outOfOrder: number;
  /** Effects that name no record of the topic. */
  readonly foreign: number;
}

/** Judges a run by the promise of claims (protocol section 1). Knows nothing of the runtime. */
export function judgeRun(
  topic: readonly TopicFact[],
  observations: readonly Observation[],
  isOpen: (record: TopicFact) => boolean,
): Findings {
  const { effects, accepted, foreign } = effectsByIdentity(topic, observations);
  const repeated = repeatedEffects(effects, new Admission(observations));
  const identities = new Set(topic.map(({ identity }) => identity));
  const withEffect = new Set([...effects.values()].flatMap((chain) => chain.map(({ fact }) => nameOf(fact))));
  const open = topic.filter(isOpen);
  const openNames = new Set(open.map(nameOf));
  return {
    records: topic.length,
    producerDuplicates: topic.length - identities.size,
    effects: accepted,
    suppressed: topic.filter(
      (fact) => effects.has(fact.identity) && !withEffect.has(nameOf(fact)) && !openNames.has(nameOf(fact)),
    ).length,
    open: open.length,
    lost: [...identities].filter((identity) => !effects.has(identity)).length,
    repeated,
    admitted: repeated.filter(({ cause }) => cause !== undefined).length,
    twice: repeated.filter(({ cause }) => cause === undefined).length,
    outOfOrder: countOutOfOrder([...effects.values()].flatMap(([first]) => (first ? [first.fact] : []))),
    foreign,
  };
}

interface FactEffect extends Effect {
  readonly fact: TopicFact;
}

/** Effects of each identity as they were accepted; identities in the order of their first effects. */
function effectsByIdentity(topic: readonly TopicFact[], observations: readonly Observation[]) {
  const facts = new Map(topic.map((fact) => [nameOf(fact), fact]));
  const effects = new Map<string, FactEffect[]>();
  let accepted = 0;
  let foreign = 0;
  for (const [index, observation] of observations.entries()) {
    if (observation.kind !== 'effect') continue;
    accepted += 1;
    const fact = facts.get(nameOf(observation));
    if (fact === undefined) {
      foreign += 1;
      continue;
    }
    const effect = { index, worker: observation.worker, fact };
    const earlier = effects.get(fact.identity);
    if (earlier) earlier.push(effect);
    else effects.set(fact.identity, [effect]);
  }
  return { effects, accepted, foreign };
}

/** In the order of the topic, so that two runs of one seed list the same. */
function repeatedEffects(
  effects: ReadonlyMap<string, readonly FactEffect[]>,
  admission: Admission,
): readonly RepeatedEffect[] {
  return [...effects]
    .flatMap(([identity, chain]) => {
      const causes = admission.causes(identity, chain);
      return chain.slice(1).map(({ fact: { partition, offset } }, position): RepeatedEffect => {
        return { partition, offset, identity, cause: causes[position] };
      });
    })
    .sort((a, b) => a.partition - b.partition || a.offset - b.offset);
}

function countOutOfOrder(firstEffects: readonly TopicFact[]): number {
  const furthest = new Map<string, number>();
  let count = 0;
  for (const { partition, key, offset } of firstEffects) {
    const lane = `${partition} ${key}`;
    const last = furthest.get(lane) ?? -1;
    if (offset < last) count += 1;
    furthest.set(lane, Math.max(last, offset));
  }
  return count;
}

const nameOf = ({ partition, offset }: { readonly partition: number; readonly offset: number }) =>
  `${partition}@${offset}`;
