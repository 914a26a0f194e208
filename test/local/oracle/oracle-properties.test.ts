/**
 * Random histories of a correct runtime, written by a small model that counts for itself what happens; then the same
 * histories with one thing planted in them.
 */
import fc from 'fast-check';
import type { Findings } from '../../../local/oracle/findings';
import type { Observation } from '../../../local/oracle/observation';
import { judgeRun } from '../../../local/oracle/oracle';
import { below, type SeededRandom, seededRandom } from '../../../local/seeded-random';
import { fact, History, type HistoryFact, IDENTITY, LEASE_MS } from './history';

type Counts = Omit<Findings, 'repeated' | 'violations' | 'parked' | 'zombieEffects' | 'zombieWrites'>;

interface Told {
  readonly topic: readonly HistoryFact[];
  readonly observations: readonly Observation[];
  readonly open: ReadonlySet<string>;
  readonly counts: Counts;
  readonly causes: readonly string[];
}

const nameOf = ({ partition, offset }: { readonly partition: number; readonly offset: number }) =>
  `${partition}@${offset}`;

/** Facts of several keys; some are produced again later, on the partition of their key. */
function topicOf(random: SeededRandom): HistoryFact[] {
  const topic: HistoryFact[] = [];
  const lengths = new Map<number, number>();
  const produce = (partition: number, key: string, identity: string) => {
    // Offsets have holes, as on a compacted topic.
    const offset = (lengths.get(partition) ?? -1) + 1 + below(random, 2);
    lengths.set(partition, offset);
    topic.push(fact(partition, offset, identity, key));
  };
  const count = below(random, 40);
  for (let index = 0; index < count; index += 1) {
    const airport = below(random, 6);
    const again = topic[below(random, topic.length)];
    if (again && below(random, 5) === 0) produce(again.partition, again.key, again.identity);
    else produce(airport % 3, `key-${airport}`, `id-${index}`);
  }
  return topic;
}

/** Partition by partition and record by record, in an order between partitions that chance decides. */
function tell(seed: number): Told {
  const random = seededRandom(seed);
  const topic = topicOf(random);
  const history = new History();
  const marked = new Set<string>();
  const open = new Set<string>();
  const causes: string[] = [];
  let [effects, suppressed, workers] = [0, 0, 0];
  const nextWorker = () => {
    workers += 1;
    return `w${workers}`;
  };
  const workerOf = new Map<number, string>();
  const queues = [0, 1, 2].map((partition) => topic.filter((record) => record.partition === partition));
  const process = (record: HistoryFact) => {
    const { partition, offset, identity } = record;
    if (marked.has(identity)) {
      suppressed += 1;
      return;
    }
    for (;;) {
      const worker = workerOf.get(partition) ?? nextWorker();
      workerOf.set(partition, worker);
      history.claim(worker, identity);
      const fate = below(random, 12);
      if (fate === 0) {
        history.kill(worker).pass(LEASE_MS);
        workerOf.delete(partition);
        continue;
      }
      if (fate === 1) {
        history.release(worker, identity);
        continue;
      }
      history.effect(worker, partition, offset);
      effects += 1;
      if (fate === 2) {
        history.kill(worker, 'time-out').pass(LEASE_MS);
        causes.push('time-out');
        workerOf.delete(partition);
        continue;
      }
      if (fate === 3) {
        history.renew(worker, identity).pass(LEASE_MS);
        causes.push('lease lost');
        workerOf.delete(partition);
        continue;
      }
      history.mark(worker, identity);
      marked.add(identity);
      // A worker that dies behind its mark takes nothing with it.
      if (fate === 4) {
        history.kill(worker);
        workerOf.delete(partition);
      }
      return;
    }
  };
  while (queues.some(({ length }) => length > 0)) {
    const queue = queues[below(random, 3)] as HistoryFact[];
    const record = queue.shift();
    if (!record) continue;
    if (below(random, 60) === 0) {
      // The run ends for this partition: everything from here on is open.
      for (const rest of [record, ...queue.splice(0)]) open.add(nameOf(rest));
    } else process(record);
  }
  const identities = new Set(topic.map(({ identity }) => identity));
  return {
    topic,
    observations: history.observations,
    open,
    causes: causes.sort(),
    counts: {
      records: topic.length,
      producerDuplicates: topic.length - identities.size,
      effects,
      suppressed,
      open: open.size,
      lost: 0,
      admitted: causes.length,
      twice: 0,
      outOfOrder: 0,
      foreign: 0,
    },
  };
}

function judge({ topic, open }: Told, observations: readonly Observation[]): Findings {
  return judgeRun(IDENTITY, topic, observations, (record) => open.has(nameOf(record)));
}

function countsOf(findings: Partial<Findings>): Partial<Counts> {
  const { repeated: _, violations: __, parked: ___, zombieEffects: ____, zombieWrites: _____, ...counts } = findings;
  return counts;
}

const seeds = fc.integer({ min: 0, max: 2 ** 31 - 1 });
const RUNS = { numRuns: 500 };

test('a correct run is judged as the model counted it', () => {
  fc.assert(
    fc.property(seeds, (seed) => {
      const told = tell(seed);

      const { repeated, violations, ...findings } = judge(told, told.observations);

      expect(countsOf(findings)).toEqual(told.counts);
      expect(violations).toEqual([]);
      expect(repeated.map(({ cause }) => cause).sort()).toEqual(told.causes);
    }),
    RUNS,
  );
});

describe('one thing planted in a correct run changes what it must, and nothing else', () => {
  /** Plants at a place that the seed chooses among those that fit; runs without one prove nothing. */
  function planted(
    fits: (observation: Observation) => boolean,
    plant: (observations: Observation[], index: number) => void,
    expected: (told: Told) => Partial<Findings>,
  ) {
    let plantings = 0;
    fc.assert(
      fc.property(seeds, (seed) => {
        const told = tell(seed);
        const places = told.observations.flatMap((observation, index) => (fits(observation) ? [index] : []));
        const place = places[below(seededRandom(seed), places.length)];
        if (place === undefined) return;
        plantings += 1;
        const observations = [...told.observations];
        plant(observations, place);

        const findings = judge(told, observations);

        expect(countsOf(findings)).toEqual({ ...told.counts, ...expected(told) });
      }),
      RUNS,
    );
    expect(plantings).toBeGreaterThan(100);
  }

  test('the same effect once more, at once', () => {
    planted(
      ({ kind }) => kind === 'effect',
      (observations, index) => observations.splice(index, 0, observations[index] as Observation),
      ({ counts }) => ({ effects: counts.effects + 1, twice: 1 }),
    );
  });

  test('the same effect once more, by a worker that nobody knows, at the end', () => {
    planted(
      ({ kind }) => kind === 'mark',
      (observations, index) => {
        const marked = observations[index];
        const before = observations.slice(0, index).findLast(({ kind }) => kind === 'effect');
        if (marked && before) observations.push({ ...before, worker: 'stranger' });
      },
      ({ counts }) => ({ effects: counts.effects + 1, twice: 1 }),
    );
  });

  test('an effect of no record', () => {
    planted(
      () => true,
      (observations, index) =>
        observations.splice(index, 0, { kind: 'effect', worker: 'w1', partition: 0, offset: 1_000_000 }),
      ({ counts }) => ({ effects: counts.effects + 1, foreign: 1 }),
    );
  });
});

test('every effect of one fact taken away: it is lost, and its duplicates are not suppressed but lost with it', () => {
  let removals = 0;
  fc.assert(
    fc.property(seeds, (seed) => {
      const told = tell(seed);
      const victim = told.topic[below(seededRandom(seed), told.topic.length)];
      if (!victim) return;
      const places = new Set(told.topic.filter(({ identity }) => identity === victim.identity).map(nameOf));
      const kept = told.observations.filter((one) => one.kind !== 'effect' || !places.has(nameOf(one)));
      if (kept.length === told.observations.length) return;
      removals += 1;

      const findings = judge(told, kept);

      expect(findings.lost).toBe(told.counts.lost + 1);
      expect(findings.twice).toBe(0);
      expect(findings.repeated.map(({ identity }) => identity)).not.toContain(victim.identity);
    }),
    RUNS,
  );
  expect(removals).toBeGreaterThan(100);
});
