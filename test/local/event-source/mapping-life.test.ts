/** A mapping from its start to its end, under virtual time, with functions in this process: rows 8, 28 to 31, 34 and 36. */
import type { KafkaEvent } from '../../../contract/event';
import { InProcessBroker } from '../../../local/broker/in-process';
import { type Choices, defaultChoices } from '../../../local/event-source/choices';
import type { Complaint } from '../../../local/event-source/complaint';
import { NO_DELIVERY_FAULTS } from '../../../local/event-source/delivery-faults';
import { EventSource, type EventSourceOptions } from '../../../local/event-source/event-source';
import type { KafkaMapping } from '../../../local/template/kafka-mapping';
import type { InvocationResult } from '../../../local/worker/invocation-result';
import { mappingOf } from './mapping';
import { CRASHED, GROUP, names, SUCCESS, THROWN, TOPIC } from './poller-fixture';
import { nameOf } from './topic-records';
import { VirtualTime } from './virtual-time';

type Handler = (records: readonly string[], poller: string) => InvocationResult | Promise<InvocationResult>;

/** One mapping on a topic; a stopped sandbox ends what runs in it as a crash. */
class World {
  readonly time = new VirtualTime();
  readonly broker = new InProcessBroker({ time: this.time });
  readonly delivered: string[][] = [];
  readonly complaints: Complaint[] = [];
  readonly blocked: string[][] = [];
  readonly discarded: string[][] = [];
  readonly pollers = new Set<string>();
  readonly alive = new Set<string>();

  static async with(...recordsPerPartition: readonly number[]): Promise<World> {
    const world = new World();
    await world.broker.createTopic(TOPIC, recordsPerPartition.length);
    for (const [partition, count] of recordsPerPartition.entries()) await world.append(partition, count);
    return world;
  }

  append(partition: number, count: number): Promise<void> {
    const messages = Array.from({ length: count }, () => ({ partition, key: null, value: null }));
    return this.broker.produce(TOPIC, messages);
  }

  source(
    handler: Handler,
    given: { mapping?: Partial<KafkaMapping>; choices?: Partial<Choices>; options?: Partial<EventSourceOptions> } = {},
  ): EventSource {
    return new EventSource({
      mapping: mappingOf(given.mapping),
      broker: this.broker,
      bootstrapServers: 'b-1.shop.example:9098',
      seed: 1,
      choices: { ...defaultChoices(), ...given.choices },
      sandboxes: {
        open: (poller) => {
          this.pollers.add(poller);
          this.alive.add(poller);
          const killed = new AbortController();
          const dead = new Promise<InvocationResult>((resolve) => {
            killed.signal.addEventListener('abort', () => resolve(CRASHED));
          });
          return {
            invoke: (event) => Promise.race([handler(namesIn(event), poller), dead]),
            stop: async () => {
              this.alive.delete(poller);
              killed.abort();
            },
          };
        },
      },
      time: this.time,
      events: {
        delivered: (_, records) => this.delivered.push(records.map(nameOf)),
        answered: () => {},
        complained: (_, complaint) => this.complaints.push(complaint),
        discarded: (_, records) => this.discarded.push(records.map(nameOf)),
        blocked: (_, records) => this.blocked.push(records.map(nameOf)),
        committed: () => {},
        filtered: () => {},
      },
      ...given.options,
    });
  }

  async committed(): Promise<[number, number][]> {
    return [...(await this.broker.committedOffsets(GROUP, TOPIC))].sort(([a], [b]) => a - b);
  }
}

const namesIn = (event: KafkaEvent) => Object.values(event.records).flat().map(nameOf);

let world: World;
const running: EventSource[] = [];
afterEach(async () => {
  for (const source of running.splice(0)) await source.stop();
});

/** Starts a mapping that the end of the test stops. */
async function started(...given: Parameters<World['source']>): Promise<EventSource> {
  const source = world.source(...given);
  running.push(source);
  await source.start();
  return source;
}

describe('untilResolved()', () => {
  test('row 8: a topic that ends in the marker of a transaction becomes resolved', async () => {
    world = await World.with(0, 0);
    await world.broker.transaction(TOPIC, [{ partition: 0, key: null, value: null }], 'commit');
    await world.broker.transaction(TOPIC, [{ partition: 1, key: null, value: null }], 'abort');

    const source = await started(() => SUCCESS);

    expect(await source.untilResolved()).toBe('resolved');
    expect(world.delivered).toEqual([['0@0']]);
    await source.stop();
    expect(await world.committed()).toEqual([
      [0, 2],
      [1, 2],
    ]);
  });

  test('a topic that retention has emptied is resolved', async () => {
    world = await World.with(5);
    await world.broker.deleteBefore(TOPIC, 0, 5);

    const source = await started(() => SUCCESS);

    expect(await source.untilResolved()).toBe('resolved');
    expect(world.delivered).toEqual([]);
  });

  test('a partition that the topic gets meanwhile is waited for', async () => {
    world = await World.with(1);
    const source = await started(async () => {
      await world.time.sleep(5_000);
      return SUCCESS;
    });
    const end = source.untilResolved();

    await world.time.sleep(1_000);
    await world.broker.addPartitions(TOPIC, 1);
    await world.append(1, 2);

    expect(await end).toBe('resolved');
    expect(world.delivered.flat()).toEqual(expect.arrayContaining(['1@0', '1@1']));
  });

  test('does not wait for what is written after the call', async () => {
    world = await World.with(1);
    const here = world;
    const source = await started(async () => {
      await here.time.sleep(1_000);
      // Each batch leaves another record behind.
      await here.append(0, 1);
      return SUCCESS;
    });

    expect(await source.untilResolved()).toBe('resolved');
    expect(world.delivered.length).toBeLessThan(4);
  });

  test('an old owner’s invocation is waited for, although another poller has resolved its records', async () => {
    world = await World.with(0, 1);
    const source = await started(async (_, poller) => {
      if (poller === 'poller-1') await world.time.sleep(60_000);
      return SUCCESS;
    });
    const startedAtMs = world.time.now();
    await world.time.sleep(100);
    await source.scaleUp();

    expect(await source.untilResolved()).toBe('resolved');
    expect(world.delivered).toEqual([['1@0'], ['1@0']]);
    expect(world.time.now() - startedAtMs).toBeGreaterThanOrEqual(60_000);
  });

  test('is blocked only when every partition that has work is: the others are finished first', async () => {
    world = await World.with(1, 30);
    const source = await started(
      async (records) => {
        if (records.some((name) => name.startsWith('0@'))) return THROWN;
        await world.time.sleep(10_000);
        return SUCCESS;
      },
      {
        mapping: { batchSize: 1 },
        choices: { 'blocked-after-retries': 2, 'batch-mixing': 'single-partition', 'retry-base-ms': 1 },
      },
    );

    expect(await source.untilResolved()).toBe('blocked');
    expect(world.blocked).toEqual([['0@0']]);
    expect(await world.committed()).toEqual([
      [0, 0],
      [1, 30],
    ]);
  });

  test('rejects when a poller has failed, and stop() still ends everything', async () => {
    world = await World.with(1);
    const source = await started(() => Promise.reject(new Error('no endpoint')));

    await expect(source.untilResolved()).rejects.toThrow('no endpoint');
    await expect(source.stop()).resolves.toBeUndefined();
  });
});

describe('stop()', () => {
  test('leaves what runs on the topic: it has not failed, and nothing gives it up', async () => {
    world = await World.with(3);
    const source = await started(() => world.time.sleep(60_000).then(() => SUCCESS), {
      mapping: { batchSize: 2, maximumRetryAttempts: 0 },
    });
    await world.time.sleep(100);

    await source.stop();
    const next = await started(() => SUCCESS);
    await next.untilResolved();

    expect(world.discarded).toEqual([]);
    expect(world.delivered).toEqual([names(0, 0, 2), names(0, 0, 3)]);
  });
});

describe('row 29: disable()', () => {
  const slow: Handler = async () => {
    await world.time.sleep(1_000);
    return SUCCESS;
  };

  test('finishes the batch that runs, commits it, and polls nothing more', async () => {
    world = await World.with(4);
    const source = await started(slow, { mapping: { batchSize: 2 } });
    await world.time.sleep(100);

    await source.disable();
    const [committed, delivered] = [await world.committed(), [...world.delivered]];
    await world.time.sleep(10_000);

    expect(delivered).toEqual([names(0, 0, 2)]);
    expect(committed).toEqual([[0, 2]]);
    expect(world.delivered).toEqual(delivered);
  });

  test('by choice abandons it: it is not committed, and delivered again after the next start', async () => {
    world = await World.with(4);
    const source = await started(slow, { mapping: { batchSize: 2 }, choices: { 'disable-in-flight': 'abandoned' } });
    await world.time.sleep(100);

    await source.disable();
    const committed = await world.committed();
    await source.start();

    expect(await source.untilResolved()).toBe('resolved');
    expect(committed).toEqual([]);
    expect(world.delivered).toEqual([names(0, 0, 2), names(0, 0, 2), names(0, 2, 4)]);
  });

  test('row 30: enabling it again goes on from the commits, whatever the starting position is', async () => {
    world = await World.with(2);
    const source = await started(() => SUCCESS, { mapping: { startingPosition: 'LATEST' } });
    await source.untilResolved();
    await source.disable();
    await world.append(0, 2);

    await source.start();
    await source.untilResolved();

    expect(world.delivered).toEqual([names(0, 2, 4)]);
  });
});

describe('row 31: LATEST at the creation of a mapping', () => {
  const mapping = { startingPosition: 'LATEST' } as const;

  test('begins at the end as of the start', async () => {
    world = await World.with(2);
    const source = await started(() => SUCCESS, { mapping });
    await world.append(0, 2);

    await source.untilResolved();

    expect(world.delivered.flat()).toEqual(names(0, 2, 4));
    expect(world.complaints).toEqual([]);
  });

  test('by choice some time later: what is written in between is never delivered, and that is said', async () => {
    world = await World.with(2);
    const choices = { 'latest-at-creation': 'after-gap', 'latest-gap-ms': 60_000 } as const;
    const source = await started(() => SUCCESS, { mapping, choices });
    await world.append(0, 2);
    await world.time.sleep(61_000);
    await world.append(0, 1);

    expect(await source.untilResolved()).toBe('resolved');
    expect(world.delivered).toEqual([['0@4']]);
    expect(world.complaints).toMatchObject([{ kind: 'warning', row: 31, text: expect.stringContaining('2 records') }]);
  });

  test('there is no gap where the group has committed before', async () => {
    world = await World.with(2);
    const first = await started(() => SUCCESS);
    await first.untilResolved();
    await first.stop();
    await world.append(0, 2);

    const choices = { 'latest-at-creation': 'after-gap' } as const;
    const second = await started(() => SUCCESS, { mapping, choices });
    await second.untilResolved();

    expect(world.delivered).toEqual([names(0, 0, 2), names(0, 2, 4)]);
  });

  test('stop() does not wait for its end', async () => {
    world = await World.with(2);
    const choices = { 'latest-at-creation': 'after-gap', 'latest-gap-ms': 600_000 } as const;
    const source = await started(() => SUCCESS, { mapping, choices });
    const before = world.time.now();

    await source.stop();

    expect(world.time.now() - before).toBeLessThan(600_000);
    expect(world.pollers.size).toBe(0);
  });
});

describe('pollers', () => {
  const provisioned = { pollers: { minimum: 3, maximum: 5 } };
  const onDemand = { pollers: undefined, reportBatchItemFailures: false };

  test.each<[string, Partial<KafkaMapping>, Partial<Choices>, number]>([
    ['provisioned: as many as there are at least', provisioned, {}, 3],
    ['row 36: on demand: one', onDemand, {}, 1],
    ['row 36: on demand: by choice more', onDemand, { 'on-demand-pollers': 4 }, 4],
  ])('%s', async (_, mapping, choices, expected) => {
    world = await World.with(1, 1, 1, 1);
    const source = await started(() => SUCCESS, { mapping, choices });

    await source.untilResolved();

    expect(world.pollers.size).toBe(expected);
  });

  test('one that leaves finishes its batch; the only one stays', async () => {
    world = await World.with(1, 1);
    const source = await started(async () => {
      await world.time.sleep(1_000);
      return SUCCESS;
    });
    await source.scaleUp();
    await world.time.sleep(100);

    await source.scaleDown();
    await source.scaleDown();
    await world.append(1, 1);

    expect(await source.untilResolved()).toBe('resolved');
    expect(world.delivered.flat().filter((name) => name === '1@1')).toHaveLength(1);
  });

  test('a fault that asks for rebalances brings one more, and lets it go', async () => {
    world = await World.with(6, 6);
    let left = 5;
    const invocation = () => {
      left -= 1;
      return left >= 0 ? (['rebalance'] as const) : [];
    };
    const faults = { ...NO_DELIVERY_FAULTS, invocation };
    const source = await started(
      async () => {
        await world.time.sleep(10);
        return SUCCESS;
      },
      { mapping: { batchSize: 2 }, options: { faults } },
    );

    expect(await source.untilResolved()).toBe('resolved');
    expect(world.pollers.size).toBeGreaterThan(2);
    expect(world.alive.size).toBeLessThanOrEqual(2);
    expect(await world.committed()).toEqual([
      [0, 6],
      [1, 6],
    ]);
  });
});

describe('AT_TIMESTAMP', () => {
  test('begins at the first record that is not older', async () => {
    world = await World.with(0);
    const at = (timestamp: number) => ({ partition: 0, key: null, value: null, timestamp });
    await world.broker.produce(TOPIC, [at(1_000), at(2_000), at(3_000)]);

    const source = await started(() => SUCCESS, {
      mapping: { startingPosition: 'AT_TIMESTAMP', startingPositionTimestampMs: 2_000 },
    });
    await source.untilResolved();

    expect(world.delivered).toEqual([names(0, 1, 3)]);
  });
});

describe('row 34: the start', () => {
  test('refuses what the service would refuse, all of it, by its place in the template', async () => {
    world = await World.with(1);
    const source = world.source(() => SUCCESS, {
      mapping: { batchSize: 0, maximumRecordAgeSeconds: 5, function: { ...mappingOf().function, timeoutMs: 901_000 } },
    });

    const refusal = source.start();

    await expect(refusal).rejects.toMatchObject({
      code: 'MSK_ONCE_TEMPLATE_INVALID',
      message: expect.stringMatching(
        /^Resources\.OrdersMapping\.Properties\.BatchSize is 0.*\n.*MaximumRecordAgeInSeconds is 5.*\nResources\.OrdersFunction\.Properties\.Timeout/,
      ),
    });
    expect(world.pollers.size).toBe(0);
  });

  test('says what the service would only warn about, and runs', async () => {
    world = await World.with(1);
    const pattern = '{"value":{"a":[1]}}';

    const source = await started(() => SUCCESS, { mapping: { filters: Array.from({ length: 6 }, () => pattern) } });
    await source.untilResolved();

    expect(world.complaints).toMatchObject([
      { kind: 'warning', row: 34, text: expect.stringContaining('Resources.OrdersMapping.Properties.FilterCriteria') },
    ]);
    expect(world.delivered).toEqual([['0@0']]);
  });
});

test('a partition that retention overtakes while it is read goes on behind the gap', async () => {
  world = await World.with(4);
  const source = await started(
    async (records) => {
      if (records.includes('0@0')) await world.broker.deleteBefore(TOPIC, 0, 3);
      return SUCCESS;
    },
    { mapping: { batchSize: 1 } },
  );

  expect(await source.untilResolved()).toBe('resolved');
  expect(world.delivered).toEqual([['0@0'], ['0@3']]);
});
