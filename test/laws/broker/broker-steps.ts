import type { Broker, GroupMember, ProducerMessage, TopicRecord } from '../../../local/broker/broker';
import type { BrokerWorld } from './broker-world';

let names = 0;
export function fresh(prefix: string): string {
  names += 1;
  return `${prefix}-${process.pid}-${Date.now().toString(36)}-${names}`;
}

export async function topicOf({ broker }: BrokerWorld, partitions: number, recordsPerPartition = 0): Promise<string> {
  const topic = fresh('topic');
  await broker.createTopic(topic, partitions);
  await append(broker, topic, partitions, recordsPerPartition);
  return topic;
}

/** The same number of records to every partition; a value says where it should lie. */
export async function append(
  broker: Broker,
  topic: string,
  partitions: number,
  count: number,
  from = 0,
): Promise<void> {
  const messages = range(partitions).flatMap((partition) =>
    range(count).map((index) => message(partition, `${partition}@${from + index}`)),
  );
  await broker.produce(topic, messages);
}

export const message = (partition: number, value: string): ProducerMessage => ({
  partition,
  key: Buffer.from(`key-${value}`),
  value: Buffer.from(value),
});

export const range = (length: number) => Array.from({ length }, (_, index) => index);
export const textOf = ({ value }: TopicRecord) => String(value);
export const offsetsOf = (records: readonly TopicRecord[]) => records.map(({ offset }) => offset);
export const ofPartition = (records: readonly TopicRecord[], wanted: number) =>
  records.filter(({ partition }) => partition === wanted);
export const partitionsOf = (member: GroupMember) => numbers(member.assigned().map(({ partition }) => partition));
export const epochsOf = (member: GroupMember) => member.assigned().map(({ epoch }) => epoch);
export const numbers = (values: readonly number[]) => [...values].sort((a, b) => a - b);

export async function until(
  world: BrokerWorld,
  condition: () => boolean | Promise<boolean>,
  what: string,
): Promise<void> {
  const end = Date.now() + world.patienceMs;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`waited in vain until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

export async function inTime(world: BrokerWorld, work: Promise<void>, what: string): Promise<void> {
  let resolved = false;
  work.then(
    () => {
      resolved = true;
    },
    () => {},
  );
  await until(world, () => resolved, `changed() resolves on ${what}`);
}

/** Takes what the member is given until it has `count` records. */
export async function takeAll(world: BrokerWorld, member: GroupMember, count: number): Promise<TopicRecord[]> {
  const records: TopicRecord[] = [];
  await until(
    world,
    () => {
      records.push(...member.assigned().flatMap(({ partition }) => member.take(partition, 7)));
      return records.length >= count;
    },
    `${count} records were given`,
  );
  expect(records).toHaveLength(count);
  return records;
}

export async function expectCommitted(
  world: BrokerWorld,
  groupId: string,
  topic: string,
  expected: readonly (readonly [number, number])[],
): Promise<void> {
  let committed: [number, number][] = [];
  const look = async () => {
    committed = [...(await world.broker.committedOffsets(groupId, topic))].sort(([a], [b]) => a - b);
    return JSON.stringify(committed) === JSON.stringify(expected);
  };
  await until(world, look, 'the commits are seen').catch(() => expect(committed).toEqual(expected));
}

/** Joins, takes and commits everything, and leaves. */
export async function consumeAll(world: BrokerWorld, groupId: string, topic: string, count: number): Promise<void> {
  const member = await world.broker.join({ groupId, topic, startingPosition });
  await takeAll(world, member, count);
  for (const [partition, end] of await world.broker.endOffsets(topic)) await member.commit(partition, end);
  await member.leave();
}

/** Records of one partition, one second apart. */
export async function topicOverTime(world: BrokerWorld, count: number): Promise<string> {
  const topic = await topicOf(world, 1);
  const messages = range(count).map((index) => ({ ...message(0, `0@${index}`), timestamp: timeOf(index) }));
  await world.broker.produce(topic, messages);
  return topic;
}

export const timeOf = (index: number) => 1_700_000_000_000 + 1_000 * index;
export const startingPosition = 'TRIM_HORIZON' as const;
