/**
 * Histories of a model that keeps every promise by construction break none; with one thing changed in them that breaks
 * a promise, they do.
 */
import fc from 'fast-check';
import type { Rule } from '../../../local/oracle/findings';
import { judgeHistory } from '../../../local/oracle/history';
import type { Observation, Place } from '../../../local/oracle/observation';
import type { Promised } from '../../../local/oracle/promise';
import { readHistory } from '../../../local/oracle/read-history';
import { below, seededRandom } from '../../../local/seeded-random';
import { type ModelHistory, model } from './model';

const WAYS: readonly Promised['remember'][] = ['ledger', 'identity', 'transaction'];
const seeds = fc.integer({ min: 0, max: 2 ** 31 - 1 });

function violated(history: ModelHistory): Rule[] {
  return judgeHistory(history).violations.map(({ rule }) => rule);
}

describe.each(WAYS)('%s', (remember) => {
  test('a history that keeps its promise', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const history = model(seed, remember);

        const findings = judgeHistory(history);

        expect(findings.violations).toEqual([]);
        expect(findings.admitted).toBe(history.repeats);
      }),
      { numRuns: 150 },
    );
  });

  test('the same by way of JSON', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const { promised, topic, observations, committed, ...history } = model(seed, remember);
        const json = JSON.stringify({ ...promised, topic, observations, committed: Object.fromEntries(committed) });

        const read = readHistory(json);

        expect(judgeHistory(read)).toEqual(judgeHistory({ promised, topic, observations, committed, ...history }));
      }),
      { numRuns: 50 },
    );
  });
});

test('the model does what it is for: whatever may be repeated is, for every cause, and so is what is suppressed', () => {
  const found = new Map<string, number>();
  let suppressed = 0;
  let zombies = 0;
  for (let seed = 0; seed < 150; seed += 1) {
    for (const remember of WAYS) {
      const findings = judgeHistory(model(seed, remember));
      for (const { cause = 'none' } of findings.repeated) found.set(cause, (found.get(cause) ?? 0) + 1);
      suppressed += findings.suppressed;
      zombies += findings.zombieEffects;
    }
  }

  expect([...found.keys()].sort()).toEqual(['crash', 'failed run', 'lease lost', 'mark lost']);
  expect(Math.min(...found.values(), suppressed, zombies)).toBeGreaterThan(5);
});

interface Mutation {
  readonly change: string;
  readonly breaks: Rule;
  readonly in: readonly Promised['remember'][];
  /** Gives the places where it can be made. */
  readonly places: (history: ModelHistory) => readonly number[];
  readonly make: (history: ModelHistory, place: number) => Observation[];
}

const indexesOf = ({ observations }: ModelHistory, fits: (one: Observation, index: number) => boolean) =>
  observations.flatMap((one, index) => (fits(one, index) ? [index] : []));
const same = (a: Place, b: Place) => a.partition === b.partition && a.offset === b.offset;
const factAt = ({ topic }: ModelHistory, place: Place) => topic.find((fact) => same(fact, place));

/** Whether the mark closes the record. */
function closes(history: ModelHistory, one: Observation, place: Place): boolean {
  if (one.kind !== 'mark') return false;
  if (one.identity !== undefined) return one.identity === factAt(history, place)?.identity;
  return (
    one.partition === place.partition &&
    one.closes.some(([first, last]) => first <= place.offset && place.offset <= last)
  );
}

const isUnitOf = (history: ModelHistory, one: Place, other: Place) => {
  const { remember, identity } = history.promised;
  if (remember !== 'identity' && identity !== true) return same(one, other);
  return factAt(history, one)?.identity === factAt(history, other)?.identity;
};

const inserted = ({ observations }: ModelHistory, index: number, ...more: Observation[]) => [
  ...observations.slice(0, index),
  ...more,
  ...observations.slice(index),
];

/** Records that an answer left out, with what was delivered before it. */
function leftOutOf({ observations }: ModelHistory, index: number): readonly Place[] {
  const answer = observations[index];
  if (answer?.kind !== 'answered') return [];
  const delivery = observations.findLast(
    (one, at) => at < index && one.kind === 'delivered' && one.worker === answer.worker,
  );
  if (delivery?.kind !== 'delivered') return [];
  return delivery.records.filter((record) => !answer.open.some((open) => same(open, record)));
}

const MUTATIONS: readonly Mutation[] = [
  {
    change: 'an effect once more, at the end, by a worker that nobody knows',
    breaks: 'twice',
    in: WAYS,
    places: (history) =>
      indexesOf(
        history,
        (one) => one.kind === 'effect' && history.observations.some((mark) => closes(history, mark, one)),
      ),
    make: ({ observations }, place) => {
      const { run: _, ...effect } = observations[place] as Extract<Observation, { kind: 'effect' }>;
      const atMs = observations.at(-1)?.atMs ?? 0;
      return [...observations, { ...effect, worker: 'nobody', atMs }];
    },
  },
  {
    change: 'every effect of a unit away whose record is committed',
    breaks: 'lost',
    in: WAYS,
    places: (history) =>
      indexesOf(history, (one) => one.kind === 'effect' && one.offset < (history.committed.get(one.partition) ?? 0)),
    make: (history, place) => {
      const effect = history.observations[place] as Place & Observation;
      return history.observations.filter((one) => one.kind !== 'effect' || !isUnitOf(history, one, effect));
    },
  },
  {
    change: 'the marks of a record that an answer left out away',
    breaks: 'left-out',
    in: WAYS,
    places: (history) => indexesOf(history, (_, index) => leftOutOf(history, index).length > 0),
    make: (history, place) => {
      const [record] = leftOutOf(history, place);
      return history.observations.filter((one) => record === undefined || !closes(history, one, record));
    },
  },
  {
    change: 'a record that was delivered and is open, left out of an answer',
    breaks: 'left-out',
    in: WAYS,
    places: (history) =>
      indexesOf(
        history,
        (one, index) =>
          one.kind === 'answered' &&
          one.open.some((open) => !history.observations.some((mark, at) => at < index && closes(history, mark, open))),
      ),
    make: (history, place) =>
      history.observations.map((one, index) =>
        index === place && one.kind === 'answered' ? { ...one, open: [] } : one,
      ),
  },
  {
    change: 'an answer that lists what was not delivered',
    breaks: 'misreported',
    in: WAYS,
    places: (history) => indexesOf(history, ({ kind }) => kind === 'answered'),
    make: ({ observations }, place) =>
      observations.map((one, index) =>
        index === place && one.kind === 'answered'
          ? { ...one, open: [...one.open, { partition: 0, offset: 1_000 }] }
          : one,
      ),
  },
  {
    change: 'a claim while the lease of another one is live',
    breaks: 'overlap',
    in: WAYS,
    places: (history) => indexesOf(history, ({ kind }) => kind === 'claim'),
    make: (history, place) => {
      const claim = history.observations[place] as Extract<Observation, { kind: 'claim' }>;
      return inserted(history, place + 1, { ...claim, worker: 'thief' });
    },
  },
  {
    change: 'a run beside another one under a live lease',
    breaks: 'overlap',
    in: WAYS,
    places: (history) => indexesOf(history, ({ kind }) => kind === 'started'),
    make: (history, place) => {
      const started = history.observations[place] as Extract<Observation, { kind: 'started' }>;
      return inserted(history, place + 1, { ...started, worker: 'ghost', run: 1_000 });
    },
  },
  {
    change: 'a mark of the worker whose claim another one took over',
    breaks: 'stale-mark',
    in: WAYS,
    places: (history) =>
      indexesOf(history, (one, index) => {
        if (one.kind !== 'claim') return false;
        const hold = (other: Observation) =>
          other.kind === 'claim' && other.identity === one.identity && other.partition === one.partition;
        return history.observations.some((other, at) => at < index && hold(other) && other.worker !== one.worker);
      }),
    make: (history, place) => {
      const {
        worker,
        leaseUntilMs: _,
        ...claim
      } = history.observations[place] as Extract<Observation, { kind: 'claim' }>;
      const before = history.observations.findLast(
        (one, at) =>
          at < place &&
          one.kind === 'claim' &&
          one.worker !== worker &&
          one.identity === claim.identity &&
          one.partition === claim.partition,
      );
      const mark = { kind: 'mark', worker: before?.worker ?? '', atMs: claim.atMs } as const;
      return inserted(
        history,
        place + 1,
        claim.identity === undefined
          ? { ...mark, partition: claim.partition, closes: [] }
          : { ...mark, identity: claim.identity },
      );
    },
  },
  {
    change: 'an end of a run away before the answer of its worker',
    breaks: 'outlived',
    in: WAYS,
    places: (history) =>
      indexesOf(
        history,
        (one, index) =>
          one.kind === 'ended' &&
          history.observations.some(
            (other, at) => at > index && other.kind === 'answered' && other.worker === one.worker,
          ),
      ),
    make: ({ observations }, place) => observations.filter((_, index) => index !== place),
  },
  {
    change: 'a first effect in the place of the first effect of a record before it',
    breaks: 'order',
    in: WAYS,
    places: (history) => indexesOf(history, (_, index) => passable(history, index) !== undefined),
    make: (history, place) => {
      const later = passable(history, place);
      return inserted(history, place, { ...(later as Extract<Observation, { kind: 'effect' }>), run: 1_000 }).filter(
        (one) => one !== later,
      );
    },
  },
];

/** The next first effect by the same worker in the same lane, given the first effect of another unit. */
function passable(history: ModelHistory, index: number): Observation | undefined {
  const { observations, promised } = history;
  const effect = observations[index];
  if (effect?.kind !== 'effect' || promised.order === 'none') return undefined;
  const isFirst = (one: Observation, at: number) =>
    one.kind === 'effect' &&
    !observations.some((other, n) => n < at && other.kind === 'effect' && isUnitOf(history, other, one));
  const delivery = observations.findLast(
    (one, at) => at < index && one.kind === 'delivered' && one.worker === effect.worker,
  );
  const isClosedBefore = observations.some((one, at) => at < index && closes(history, one, effect));
  if (!isFirst(effect, index) || delivery?.kind !== 'delivered' || isClosedBefore) return undefined;
  return observations.find(
    (one, at) =>
      at > index &&
      one.kind === 'effect' &&
      one.worker === effect.worker &&
      one.partition === effect.partition &&
      one.offset > effect.offset &&
      isFirst(one, at) &&
      !isUnitOf(history, one, effect) &&
      (promised.order === 'partition' || factAt(history, one)?.key === factAt(history, effect)?.key) &&
      delivery.records.some((record) => same(record, one)) &&
      delivery.records.some((record) => same(record, effect)),
  );
}

const CASES = MUTATIONS.flatMap((mutation) =>
  mutation.in.map((remember) => [remember, mutation.change, mutation] as const),
);

describe('one thing that breaks the promise is seen', () => {
  test.each(CASES)('%s: %s', (remember, _, { breaks, places, make }) => {
    let made = 0;
    fc.assert(
      fc.property(seeds, (seed) => {
        const history = model(seed, remember);
        const possible = places(history);
        const place = possible[below(seededRandom(seed), possible.length)];
        if (place === undefined) return;
        made += 1;

        expect(violated({ ...history, observations: make(history, place) })).toContain(breaks);
      }),
      { numRuns: 120 },
    );
    expect(made).toBeGreaterThan(15);
  });
});
