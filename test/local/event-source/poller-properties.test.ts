/**
 * Pollers of one group over random schedules: a function that fails, dies and answers in part, members that join and
 * leave, records that arrive meanwhile. What must hold is watched from outside, by rules of its own.
 */
import fc from 'fast-check';
import type { GroupMember, TopicRecord } from '../../../local/broker/broker';
import type { PartialReading } from '../../../local/event-source/retry';
import { below, type SeededRandom, seededRandom, shuffled } from '../../../local/seeded-random';
import type { InvocationResult } from '../../../local/worker/invocation-result';
import { CRASHED, report, SETTINGS, Stage, SUCCESS, sleep, THROWN, TIMED_OUT, TOPIC } from './poller-fixture';
import { nameOf } from './topic-records';

interface Plan {
  readonly seed: number;
  readonly partitions: number;
  readonly records: number;
  readonly batchSize: number;
  readonly windowMs: number;
  /** When pollers join after the first one, and when one leaves, in virtual milliseconds. */
  readonly joinsMs: readonly number[];
  readonly leavesMs: readonly number[];
}

const plans: fc.Arbitrary<Plan> = fc.record({
  seed: fc.nat(1_000_000),
  partitions: fc.integer({ min: 1, max: 6 }),
  records: fc.integer({ min: 1, max: 80 }),
  batchSize: fc.integer({ min: 1, max: 30 }),
  windowMs: fc.constantFrom(0, 50),
  joinsMs: fc.array(fc.nat(600), { maxLength: 3 }),
  leavesMs: fc.array(fc.nat(900), { maxLength: 2 }),
});

/** What a broken part does to a run, so that the watcher can be seen to see it. */
interface Sabotage {
  readonly member?: (sound: GroupMember) => Partial<GroupMember>;
  readonly answer?: (result: InvocationResult) => InvocationResult;
}

/** A correct function: it remembers what it did, keeps the order of each partition, and reports what is open. */
class ToyFunction {
  readonly done = new Set<string>();
  readonly #random: SeededRandom;
  readonly #reports: boolean;
  readonly #failuresLeft = new Map<string, number>();

  constructor(random: SeededRandom, reports: boolean) {
    this.#random = random;
    this.#reports = reports;
  }

  async invoke(records: readonly TopicRecord[]): Promise<InvocationResult> {
    const ending = below(this.#random, 10);
    const stopped = new Set<number>();
    const cutAfter = ending <= 1 ? below(this.#random, records.length + 1) : records.length;
    for (const [index, record] of records.entries()) {
      if (index % 5 === 0) await sleep(1 + below(this.#random, 20));
      if (index >= cutAfter || stopped.has(record.partition) || this.done.has(nameOf(record))) continue;
      if (this.#fails(nameOf(record))) stopped.add(record.partition);
      else this.done.add(nameOf(record));
    }
    if (ending === 0) return CRASHED;
    if (ending === 1) return TIMED_OUT;
    const open = records.map(nameOf).filter((name) => !this.done.has(name));
    if (open.length === 0) return SUCCESS;
    return this.#reports && ending > 2 ? report(...shuffled(open, this.#random)) : THROWN;
  }

  #fails(name: string): boolean {
    const left = this.#failuresLeft.get(name) ?? Math.max(0, below(this.#random, 12) - 8);
    this.#failuresLeft.set(name, left - 1);
    return left > 0;
  }
}

/** Writes down every breach of what the event source promises. */
class Watcher {
  readonly breaches: string[] = [];
  /** Owner of what is running or waits for its retry: by partition. */
  readonly #held = new Map<number, { readonly epoch: number; readonly again: readonly string[] | 'running' }>();
  readonly #committed = new Map<string, number>();

  delivered(epochs: ReadonlyMap<number, number>, records: readonly TopicRecord[], batchSize: number): void {
    if (records.length > batchSize) this.breaches.push(`a batch of ${records.length} records`);
    const last = new Map<number, number>();
    for (const { partition, offset } of records) {
      if (offset <= (last.get(partition) ?? -1)) this.breaches.push(`${partition}@${offset} came behind a later one`);
      last.set(partition, offset);
    }
    for (const partition of last.keys()) {
      const epoch = epochs.get(partition) ?? -1;
      const held = this.#held.get(partition);
      if (held?.epoch === epoch) {
        const again = records.filter((record) => record.partition === partition).map(nameOf);
        if (held.again === 'running') this.breaches.push(`partition ${partition} has two batches in flight`);
        else if (held.again.join() !== again.join()) {
          this.breaches.push(`partition ${partition} waits for ${held.again.join()} and got ${again.join()}`);
        }
      }
      this.#held.set(partition, { epoch, again: 'running' });
    }
  }

  /** What has to come again, by a reading of its own of what the function answered. */
  answered(
    epochs: ReadonlyMap<number, number>,
    batch: readonly TopicRecord[],
    result: InvocationResult,
    reading: PartialReading,
    again: readonly TopicRecord[],
  ): void {
    for (const partition of new Set(batch.map((record) => record.partition))) {
      const held = this.#held.get(partition);
      if (held === undefined || held.epoch !== epochs.get(partition)) continue;
      const given = batch.filter((record) => record.partition === partition);
      const expected = comesAgain(given, result, reading).map(nameOf);
      const found = again.filter((record) => record.partition === partition).map(nameOf);
      if (expected.join() !== found.join()) {
        this.breaches.push(`of partition ${partition} ${found.join()} came again instead of ${expected.join()}`);
      }
      if (expected.length === 0) this.#held.delete(partition);
      else this.#held.set(partition, { epoch: held.epoch, again: expected });
    }
  }

  committed(epoch: number, partition: number, nextOffset: number, done: ReadonlySet<string>): void {
    for (let offset = 0; offset < nextOffset; offset += 1) {
      if (!done.has(`${partition}@${offset}`)) {
        this.breaches.push(`the commit ${partition}@${nextOffset} passed the unresolved offset ${offset}`);
      }
    }
    const before = this.#committed.get(`${partition} ${epoch}`) ?? 0;
    if (nextOffset < before) this.breaches.push(`the commit ${partition}@${nextOffset} fell behind ${before}`);
    this.#committed.set(`${partition} ${epoch}`, nextOffset);
  }
}

function comesAgain(batch: readonly TopicRecord[], result: InvocationResult, reading: PartialReading) {
  if (result.kind !== 'response') return batch;
  if (result.payload === null) return [];
  const { batchItemFailures } = result.payload as {
    batchItemFailures: { itemIdentifier: { partition: string; offset: number } }[];
  };
  const listed = batchItemFailures
    .map(({ itemIdentifier }) => itemIdentifier)
    .filter(({ partition }) => partition === `${TOPIC}-${batch[0]?.partition}`)
    .map(({ offset }) => offset);
  return batch.filter(({ offset }) =>
    reading === 'listed' ? listed.includes(offset) : listed.some((other) => other <= offset),
  );
}

const LIMIT_MS = 120_000;
const STEP_MS = 100;

interface Outcome {
  readonly breaches: readonly string[];
  /** Records that are not both done and committed. */
  readonly unresolved: readonly string[];
}

async function simulate(
  plan: Plan,
  { reading = 'listed' as PartialReading, reports = true },
  { member: flaw, answer }: Sabotage = {},
): Promise<Outcome> {
  const random = seededRandom(plan.seed);
  const stage = await Stage.with(...Array.from({ length: plan.partitions }, () => 0));
  const toy = new ToyFunction(random, reports);
  const watcher = new Watcher();
  const pollers: { leave: () => void; busy: () => boolean }[] = [];
  const all: string[] = [];
  const append = async (count: number) => {
    for (let i = 0; i < count; i += 1) {
      const partition = below(random, plan.partitions);
      all.push(`${partition}@${all.filter((name) => name.startsWith(`${partition}@`)).length}`);
      await stage.append(partition, 1);
    }
  };
  const join = async () => {
    const sound = await stage.join();
    const epochs = () => new Map(sound.assigned().map(({ partition, epoch }) => [partition, epoch]));
    const member = overridden(sound, {
      commit: async (partition: number, nextOffset: number) => {
        const epoch = epochs().get(partition) ?? -1;
        await sound.commit(partition, nextOffset);
        watcher.committed(epoch, partition, nextOffset, toy.done);
      },
      ...flaw?.(sound),
    });
    let batch: readonly TopicRecord[] = [];
    const { poller, leave } = await stage.poll(
      async (records) => {
        const result = await toy.invoke(records);
        return answer?.(result) ?? result;
      },
      {
        ...SETTINGS,
        batchSize: plan.batchSize,
        batchingWindowMs: plan.windowMs,
        reportBatchItemFailures: reports,
        reading,
        retryBaseMs: 5,
        retryCapMs: 40,
        blockedAfterRetries: 1_000,
      },
      {
        name: `poller-${pollers.length + 1}`,
        member,
        seed: below(random, 2 ** 31),
        events: {
          delivered: (_, records) => {
            batch = records;
            watcher.delivered(epochs(), records, plan.batchSize);
          },
          answered: (_, result, again) => watcher.answered(epochs(), batch, result, reading, again),
        },
      },
    );
    pollers.push({ leave, busy: () => poller.busy });
  };

  await append(Math.ceil(plan.records / 2));
  await join();
  const events = [
    ...plan.joinsMs.map((atMs) => ({ atMs, happen: join })),
    ...plan.leavesMs.slice(0, plan.joinsMs.length).map((atMs) => ({
      atMs: Math.max(atMs, ...plan.joinsMs),
      happen: async () => pollers.shift()?.leave(),
    })),
    { atMs: 300, happen: () => append(Math.floor(plan.records / 2)) },
  ].sort((a, b) => a.atMs - b.atMs);
  let nowMs = 0;
  for (const { atMs, happen } of events) {
    await jest.advanceTimersByTimeAsync(atMs - nowMs);
    nowMs = atMs;
    await happen();
  }
  const unresolved = async () => {
    const committed = new Map(await stage.committed());
    return all.filter((name) => {
      const [partition = 0, offset = 0] = name.split('@').map(Number);
      return !toy.done.has(name) || offset >= (committed.get(partition) ?? 0);
    });
  };
  const atRest = async () => (await unresolved()).length === 0 && pollers.every(({ busy }) => !busy());
  for (; nowMs < LIMIT_MS && watcher.breaches.length === 0 && !(await atRest()); nowMs += STEP_MS) {
    await jest.advanceTimersByTimeAsync(STEP_MS);
  }
  await stage.stop();
  return { breaches: watcher.breaches, unresolved: await unresolved() };
}

function overridden(sound: GroupMember, changes: Partial<GroupMember>): GroupMember {
  const bound: GroupMember = {
    assigned: () => sound.assigned(),
    ready: (partition) => sound.ready(partition),
    take: (partition, max) => sound.take(partition, max),
    changed: (timeoutMs, signal) => sound.changed(timeoutMs, signal),
    commit: (partition, nextOffset) => sound.commit(partition, nextOffset),
    leave: () => sound.leave(),
  };
  return { ...bound, ...changes };
}

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

const SOUND: Outcome = { breaches: [], unresolved: [] };

describe('every record is resolved, none is skipped, order and holds are kept, commits never pass an open record', () => {
  test.each([
    { reading: 'listed', reports: true },
    { reading: 'checkpoint', reports: true },
    { reading: 'listed', reports: false },
  ] as const)(
    'reading $reading, reports $reports',
    async (settings) => {
      await fc.assert(
        fc.asyncProperty(plans, async (plan) => {
          expect(await simulate(plan, settings)).toEqual(SOUND);
        }),
        { numRuns: 200 },
      );
    },
    60_000,
  );
});

describe('the watcher sees', () => {
  const busy: Plan = {
    seed: 7,
    partitions: 3,
    records: 80,
    batchSize: 10,
    windowMs: 0,
    joinsMs: [20, 40, 60],
    leavesMs: [],
  };
  const settings = { reading: 'listed', reports: true } as const;

  test('nothing in the same run without sabotage', async () => {
    expect(await simulate(busy, settings)).toEqual(SOUND);
  });

  test('a function that drops the first failure of its report', async () => {
    const { breaches } = await simulate(busy, settings, {
      answer: (result) => {
        if (result.kind !== 'response' || result.payload === null) return result;
        const { batchItemFailures } = result.payload as { batchItemFailures: unknown[] };
        return { ...result, payload: { batchItemFailures: batchItemFailures.slice(1) } };
      },
    });

    expect(breaches.join()).toMatch(/passed the unresolved offset/);
  });

  test('a member that skips a record', async () => {
    const { breaches } = await simulate(busy, settings, {
      member: (sound) => ({
        take: (partition, max) => sound.take(partition, max).filter(({ offset }) => offset !== 5),
      }),
    });

    expect(breaches.join()).toMatch(/passed the unresolved offset 5/);
  });

  test('a member that gives records in falling order', async () => {
    const { breaches } = await simulate(busy, settings, {
      member: (sound) => ({ take: (partition, max) => sound.take(partition, max).reverse() }),
    });

    expect(breaches.join()).toMatch(/came behind a later one/);
  });

  test('a partition that two members own at once', async () => {
    const { breaches } = await simulate(busy, settings, {
      member: (sound) => ({
        assigned: () => sound.assigned().map(({ partition }) => ({ partition, epoch: 1 })),
      }),
    });

    expect(breaches).not.toEqual([]);
  });

  test('a commit that goes nowhere', async () => {
    const { unresolved } = await simulate(busy, settings, { member: () => ({ commit: async () => {} }) });

    expect(unresolved.length).toBeGreaterThan(0);
  });
});
