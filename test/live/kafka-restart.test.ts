import { setTimeout as delay } from 'node:timers/promises';
import type { GroupMember } from '../../local/broker/broker';
import { CommitRefused } from '../../local/broker/commit-refused';
import { connectKafka, type KafkaBroker } from '../../local/broker/kafka';
import { OwnKafka } from '../support/own-kafka';

const PARTITIONS = 4;
const GROUP = 'shop-orders';
const TOPIC = 'orders';

let kafka: OwnKafka;
let broker: KafkaBroker;
beforeAll(async () => {
  // Else the controller takes the broker for another one with the same id, until the session of the killed one is over.
  kafka = await OwnKafka.start({
    properties: { 'broker.session.timeout.ms': '1000', 'broker.heartbeat.interval.ms': '300' },
  });
  broker = await connectKafka(kafka.address);
  await broker.createTopic(TOPIC, PARTITIONS);
});
afterAll(async () => {
  await broker?.close();
  await kafka?.stop();
});

/** What the members of a group were given, and which commits the broker took. */
class Watch {
  readonly given: { readonly partition: number; readonly epoch: number; readonly offset: number }[] = [];
  readonly committed = new Map<number, number>();
  readonly stop = new AbortController();

  async work(member: GroupMember): Promise<void> {
    while (!this.stop.signal.aborted) {
      for (const { partition, epoch } of member.assigned()) {
        const records = member.take(partition, 20);
        this.given.push(...records.map(({ offset }) => ({ partition, epoch, offset })));
        const last = records.at(-1);
        if (last) await this.#commit(member, partition, epoch, last.offset + 1);
      }
      await member.changed(50, this.stop.signal);
    }
    await member.leave();
  }

  async #commit(member: GroupMember, partition: number, epoch: number, nextOffset: number): Promise<void> {
    if (!member.assigned().some((now) => now.partition === partition && now.epoch === epoch)) return;
    try {
      await member.commit(partition, nextOffset);
      this.committed.set(partition, Math.max(this.committed.get(partition) ?? 0, nextOffset));
    } catch (error) {
      if (!(error instanceof CommitRefused)) throw error;
    }
  }
}

test('a broker that is killed twice and started again loses nothing, doubles nothing that was sent, and members skip nothing', async () => {
  const watch = new Watch();
  const join = () => broker.join({ groupId: GROUP, topic: TOPIC, startingPosition: 'TRIM_HORIZON' });
  const workers = [watch.work(await join()), watch.work(await join()), watch.work(await join())];
  const sent: string[] = [];
  const producing = (async () => {
    for (let round = 0; round < 60; round += 1) {
      const values = Array.from({ length: 20 }, (_, index) => `${round}-${index}`);
      await broker.produce(
        TOPIC,
        values.map((value) => ({ key: Buffer.from(value), value: Buffer.from(value) })),
      );
      sent.push(...values);
      await delay(50);
    }
  })();

  for (const seen of [200, 600]) {
    await until(() => watch.given.length >= seen);
    await kafka.kill();
    await delay(500);
    await kafka.start();
  }
  await producing;
  const ends = await broker.endOffsets(TOPIC);
  await until(async () => {
    const committed = await broker.committedOffsets(GROUP, TOPIC);
    return [...ends].every(([partition, end]) => committed.get(partition) === end);
  });
  watch.stop.abort();
  await Promise.all(workers);

  const onTopic = await broker.readAll(TOPIC);
  expect(onTopic.map(({ value }) => String(value)).sort()).toEqual([...sent].sort());
  const given = new Set(watch.given.map(({ partition, offset }) => `${partition}@${offset}`));
  expect(onTopic.filter(({ partition, offset }) => !given.has(`${partition}@${offset}`))).toEqual([]);
  for (const epoch of new Set(watch.given.map((one) => one.epoch))) {
    const offsets = watch.given.filter((one) => one.epoch === epoch).map(({ offset }) => offset);
    expect(offsets).toEqual(offsets.map((_, index) => (offsets[0] ?? 0) + index));
  }
  expect([...watch.committed].sort(([a], [b]) => a - b)).toEqual([...ends]);
});

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 120_000;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`Not so within 120 s: ${condition}`);
    await delay(50);
  }
}
