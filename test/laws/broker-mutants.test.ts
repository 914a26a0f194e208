/** The laws must be seen to fail: each broken broker breaks the law that is there for it. */
import type { Broker, GroupMember, GroupOptions } from '../../local/broker/broker';
import { InProcessBroker } from '../../local/broker/in-process';
import { inProcessCluster } from '../support/in-process-cluster';
import type { BrokerWorld, Cluster } from './broker/broker-world';
import { BROKER_LAWS } from './broker-laws';

interface Mutant {
  readonly flaw: string;
  /** Words of the law that it breaks. */
  readonly breaks: string;
  readonly broker?: (sound: Broker) => Partial<Broker>;
  readonly member?: (sound: GroupMember, options: GroupOptions) => Partial<GroupMember>;
  readonly cluster?: (sound: Cluster, broker: Broker) => Partial<Cluster>;
}

const MUTANTS: readonly Mutant[] = [
  {
    flaw: 'a commit is never refused',
    breaks: 'the old owner cannot commit it',
    member: (sound) => ({ commit: (...args) => sound.commit(...args).catch(() => {}) }),
  },
  {
    flaw: 'a commit is forgotten',
    breaks: 'commits are seen by partition',
    member: () => ({ commit: async () => {} }),
  },
  {
    flaw: 'a member that has left still commits',
    breaks: 'may leave again without harm',
    member: (sound) => ({ commit: (...args) => sound.commit(...args).catch(() => {}) }),
  },
  {
    flaw: 'the epoch is the same at every assignment',
    breaks: 'has another epoch',
    member: (sound) => ({ assigned: () => sound.assigned().map(({ partition }) => ({ partition, epoch: partition })) }),
  },
  {
    flaw: 'the last record taken is given again',
    breaks: 'is given each record once',
    member: (sound) => {
      const last = new Map<number, ReturnType<GroupMember['take']>>();
      return {
        take: (partition, max) => {
          const taken = [...(last.get(partition) ?? []), ...sound.take(partition, max)];
          last.set(partition, taken.slice(-1));
          return taken;
        },
      };
    },
  },
  {
    flaw: 'more is taken than asked for',
    breaks: 'no more is taken than asked for',
    member: (sound) => ({ take: (partition, max) => sound.take(partition, max + 1) }),
  },
  {
    flaw: 'records come in falling order',
    breaks: 'in offset order',
    member: (sound) => ({ take: (partition, max) => sound.take(partition, max).reverse() }),
  },
  {
    flaw: 'changed() does not hear the abort',
    breaks: 'changed() resolves',
    member: (sound) => ({
      changed: (timeoutMs) => (timeoutMs > 1_000 ? new Promise(() => {}) : sound.changed(timeoutMs)),
    }),
  },
  {
    flaw: 'LATEST begins at the beginning',
    breaks: 'LATEST begins at the end as it was',
    broker: (sound) => ({ join: (options) => sound.join({ ...options, startingPosition: 'TRIM_HORIZON' }) }),
  },
  {
    flaw: 'every group is the same group',
    breaks: 'groups do not know of each other',
    broker: (sound) => ({
      join: (options) => sound.join({ ...options, groupId: 'all' }),
      committedOffsets: (_, topic) => sound.committedOffsets('all', topic),
    }),
  },
  {
    flaw: 'a member keeps what it owned when it leaves',
    breaks: 'goes on where commits ended',
    member: () => ({ leave: async () => {} }),
  },
  {
    flaw: 'a null value arrives empty',
    breaks: 'with all it came with',
    broker: (sound) => ({
      readAll: async (topic) =>
        (await sound.readAll(topic)).map((record) => ({ ...record, value: record.value ?? Buffer.alloc(0) })),
    }),
  },
  {
    flaw: 'the last record is not read back',
    breaks: 'is given each record once',
    broker: (sound) => ({ readAll: async (topic) => (await sound.readAll(topic)).slice(0, -1) }),
  },
  {
    flaw: 'a message without a partition goes to the first one',
    breaks: 'names no partition',
    broker: (sound) => ({
      produce: (topic, messages) =>
        sound.produce(
          topic,
          messages.map((message) => ({ partition: 0, ...message })),
        ),
    }),
  },
  {
    flaw: 'keyless messages all go to one partition',
    breaks: 'names no partition',
    broker: (sound) => ({
      produce: (topic, messages) =>
        sound.produce(
          topic,
          messages.map((message) => (message.key === null ? { partition: 3, ...message } : message)),
        ),
    }),
  },
  {
    flaw: 'the position is never known',
    breaks: 'the position is where reading goes on',
    member: () => ({ position: () => undefined }),
  },
  {
    flaw: 'the position is the offset behind the last record taken',
    breaks: 'the position passes both',
    member: (sound) => {
      let next = 0;
      return {
        position: () => next,
        take: (partition, max) => {
          const taken = sound.take(partition, max);
          next = (taken.at(-1)?.offset ?? next - 1) + 1;
          return taken;
        },
      };
    },
  },
  {
    flaw: 'aborted records are seen',
    breaks: 'of an aborted transaction',
    cluster: (sound) => ({ transaction: (topic, messages) => sound.transaction(topic, messages, 'commit') }),
  },
  {
    flaw: 'markers use no offsets',
    breaks: 'of an aborted transaction',
    cluster: (_, broker) => ({
      transaction: (topic, messages, outcome) =>
        outcome === 'commit' ? broker.produce(topic, messages) : Promise.resolve(),
    }),
  },
  {
    flaw: 'AT_TIMESTAMP begins behind the record of that time',
    breaks: 'begins at the first record that is not older',
    broker: (sound) => ({
      join: ({ startingTimestampMs = 0, ...options }) =>
        sound.join({ ...options, startingTimestampMs: startingTimestampMs + 1 }),
    }),
  },
  {
    flaw: 'AT_TIMESTAMP looks for the time again at every rebalance',
    breaks: 'nothing so new begins at the end',
    broker: (sound) => {
      const members: GroupMember[] = [];
      return {
        join: async (options) => {
          for (const member of options.startingPosition === 'AT_TIMESTAMP' ? members : []) member.take(0, 100);
          const joined = await sound.join(options);
          members.push(joined);
          return joined;
        },
      };
    },
  },
  {
    flaw: 'a commit that retention has passed counts as one at the end',
    breaks: 'whose commit retention has passed',
    broker: (sound) => ({ join: (options) => sound.join({ ...options, startingPosition: 'LATEST' }) }),
  },
  {
    flaw: 'reading a partition that retention emptied never ends',
    breaks: 'retention has emptied',
    member: (sound) => ({
      position: (partition) => (sound.position(partition) === 10 ? 0 : sound.position(partition)),
    }),
  },
  {
    flaw: 'a partition that is added gets no owner',
    breaks: 'a partition that is added',
    member: (sound) => {
      const known = sound.assigned().length;
      return {
        assigned: () => sound.assigned().filter(({ partition }) => partition < known),
      };
    },
  },
  {
    flaw: 'LATEST reads all of a partition that was added',
    breaks: 'skipped by LATEST',
    broker: (sound) => ({
      join: (options) =>
        sound.join(options.startingPosition === 'LATEST' ? { ...options, startingPosition: 'TRIM_HORIZON' } : options),
    }),
  },
  {
    flaw: 'a member that was thrown out may commit',
    breaks: 'that is thrown out',
    cluster: () => ({ expel: async () => {} }),
  },
];

function mutantOf({ broker, member, cluster }: Mutant, patienceMs: number): BrokerWorld {
  const sound = new InProcessBroker();
  const soundCluster = inProcessCluster(sound);
  const flawed = overridden<Broker>(sound, broker?.(sound) ?? {});
  return {
    patienceMs,
    cluster: overridden<Cluster>(soundCluster, cluster?.(soundCluster, sound) ?? {}),
    broker: overridden<Broker>(flawed, {
      join: async (options) => {
        const joined = await flawed.join(options);
        return overridden(joined, member?.(joined, options) ?? {});
      },
    }),
  };
}

function overridden<T extends object>(sound: T, changes: Partial<T>): T {
  return new Proxy(sound, {
    get(target, name) {
      const value = Object.hasOwn(changes, name) ? changes[name as keyof T] : target[name as keyof T];
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

test.each(MUTANTS)('$flaw', async (mutant) => {
  const laws = BROKER_LAWS.filter(({ name }) => name.includes(mutant.breaks));
  const world = mutantOf(mutant, 60);

  const broken = laws.map(({ holds }) => holds(world));

  expect(laws).toHaveLength(1);
  await expect(broken[0]).rejects.toThrow();
});
