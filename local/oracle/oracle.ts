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
  /** The database accepted a claim on an identity: whoever held it before has lost its lease. */
  | { readonly kind: 'claim'; readonly worker: string; readonly identity: string }
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

/**
 * Judges a run by the promise of claims (protocol section 1): an effect is repeated only if the one before it lost its
 * mark to the death of its worker, or to the loss of its lease. Knows nothing of the runtime.
 */
export function judgeRun(
  topic: readonly TopicFact[],
  observations: readonly Observation[],
  isOpen: (record: TopicFact) => boolean,
): Findings {
  const facts = new Map(topic.map((fact) => [nameOf(fact), fact]));
  const effects = new Map<string, { readonly index: number; readonly worker: string; readonly fact: TopicFact }[]>();
  let accepted = 0;
  let foreign = 0;
  let outOfOrder = 0;
  const furthest = new Map<string, number>();
  observations.forEach((observation, index) => {
    if (observation.kind !== 'effect') return;
    accepted += 1;
    const fact = facts.get(nameOf(observation));
    if (fact === undefined) {
      foreign += 1;
      return;
    }
    const earlier = effects.get(fact.identity);
    if (earlier) earlier.push({ index, worker: observation.worker, fact });
    else {
      effects.set(fact.identity, [{ index, worker: observation.worker, fact }]);
      const lane = `${fact.partition} ${fact.key}`;
      const last = furthest.get(lane) ?? -1;
      if (fact.offset < last) outOfOrder += 1;
      furthest.set(lane, Math.max(last, fact.offset));
    }
  });
  const repeated = [...effects.values()].flatMap((chain) =>
    chain.slice(1).map(({ index, fact }, position): RepeatedEffect => {
      const before = chain[position] as (typeof chain)[number];
      const { partition, offset, identity } = fact;
      return { partition, offset, identity, cause: admission(observations.slice(before.index + 1, index), before) };
    }),
  );
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
    outOfOrder,
    foreign,
  };
}

/** What took the earlier effect's mark away, if anything that claims admit did. */
function admission(
  between: readonly Observation[],
  before: { readonly worker: string; readonly fact: TopicFact },
): string | undefined {
  for (const observation of between) {
    if (observation.kind === 'killed' && observation.worker === before.worker) return observation.cause;
    if (observation.kind === 'effect' || observation.kind === 'killed') continue;
    if (observation.identity !== before.fact.identity) continue;
    if (observation.kind === 'mark' && observation.worker === before.worker) return undefined;
    if (observation.kind === 'claim' && observation.worker !== before.worker) return 'lease lost';
  }
  return undefined;
}

const nameOf = ({ partition, offset }: { readonly partition: number; readonly offset: number }) =>
  `${partition}@${offset}`;
