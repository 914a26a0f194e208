/** The laws must be seen to fail: each broken broker breaks the law that is there for it. */
import type { Broker, GroupMember, GroupOptions } from '../../local/broker/broker';
import { InProcessBroker } from '../../local/broker/in-process';
import { BROKER_LAWS } from './broker-laws';

interface Mutant {
  readonly flaw: string;
  /** Words of the law that it breaks. */
  readonly breaks: string;
  readonly broker?: (sound: Broker) => Partial<Broker>;
  readonly member?: (sound: GroupMember, options: GroupOptions) => Partial<GroupMember>;
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
    breaks: 'LATEST begins at the end',
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
];

function mutantOf({ broker, member }: Mutant): Broker {
  const sound = new InProcessBroker();
  const flawed = overridden<Broker>(sound, broker?.(sound) ?? {});
  return overridden<Broker>(flawed, {
    join: async (options) => {
      const joined = await flawed.join(options);
      return overridden(joined, member?.(joined, options) ?? {});
    },
  });
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
  const world = { broker: mutantOf(mutant), patienceMs: 60 };

  const broken = laws.map(({ holds }) => holds(world));

  expect(laws).toHaveLength(1);
  await expect(broken[0]).rejects.toThrow();
});
