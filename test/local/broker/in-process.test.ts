import { EXIT } from '../../../contract/error-codes';
import type { GroupOptions, TopicRecord } from '../../../local/broker/broker';
import { CommitRefused } from '../../../local/broker/commit-refused';
import { InProcessBroker } from '../../../local/broker/in-process';
import { testBrokerLaws } from '../../laws/broker-laws';
import { inProcessCluster } from '../../support/in-process-cluster';
import { ManualTime } from '../../support/manual-time';

describe('the broker in this process keeps the laws', () => {
  const broker = new InProcessBroker();
  testBrokerLaws(() => ({ broker, cluster: inProcessCluster(broker), patienceMs: 2_000 }));
});

describe('what it is asked wrongly it refuses with the exit code that a real broker gives', () => {
  const message = { partition: 0, key: null, value: null };

  test.each<[string, (broker: InProcessBroker) => Promise<unknown>, number]>([
    ['a topic that exists', (broker) => broker.createTopic('orders', 1), EXIT.refused],
    ['a topic that is not there', (broker) => broker.readAll('absent'), EXIT.usage],
    ['a partition that is not there', (broker) => broker.produce('orders', [{ ...message, partition: 7 }]), EXIT.usage],
    ['no partitions', (broker) => broker.createTopic('empty', 0), EXIT.usage],
  ])('%s', async (_, work, exitCode) => {
    const broker = new InProcessBroker();
    await broker.createTopic('orders', 2);

    const refused = work(broker);

    await expect(refused).rejects.toMatchObject({ exitCode });
  });
});

describe('its clock is the one that it is given', () => {
  const T0 = 1_800_000_000_000;

  test('a record without a time of its own is stamped with it', async () => {
    const time = new ManualTime(T0);
    const broker = new InProcessBroker({ time });
    await broker.createTopic('orders', 1);

    await broker.produce('orders', [{ key: null, value: null }]);
    await time.advance(5);
    await broker.produce('orders', [{ key: null, value: null, timestamp: 7 }]);

    const records = await broker.readAll('orders');
    expect(records.map(({ timestamp, timestampType }) => [timestamp, timestampType])).toEqual([
      [T0, 'CREATE_TIME'],
      [7, 'CREATE_TIME'],
    ]);
  });

  test('on a topic of LOG_APPEND_TIME every record is', async () => {
    const broker = new InProcessBroker({ time: new ManualTime(T0) });
    await broker.createTopic('orders', 1, { timestampType: 'LOG_APPEND_TIME' });

    await broker.produce('orders', [{ key: null, value: null, timestamp: 7 }]);

    expect(await broker.readAll('orders')).toMatchObject([{ timestamp: T0, timestampType: 'LOG_APPEND_TIME' }]);
  });

  test('changed() waits by it', async () => {
    const time = new ManualTime();
    const broker = new InProcessBroker({ time });
    await broker.createTopic('orders', 1);
    const member = await broker.join({ groupId: 'g', topic: 'orders', startingPosition: 'TRIM_HORIZON' });
    let resolved = false;

    void member.changed(100).then(() => {
      resolved = true;
    });
    await time.advance(99);
    const before = resolved;
    await time.advance(1);

    expect([before, resolved]).toEqual([false, true]);
  });
});

test('headers come back as they were sent: order, equal names, null beside empty', async () => {
  const broker = new InProcessBroker();
  await broker.createTopic('orders', 1);
  const headers = [
    ['b', Buffer.from('1')],
    ['a', null],
    ['b', Buffer.alloc(0)],
    ['1', null],
  ] as const;

  await broker.produce('orders', [{ key: null, value: null, headers }]);

  expect((await broker.readAll('orders'))[0]?.headers).toEqual(headers);
});

test('a compacted topic is read with gaps by a member that was there before, and by one that comes', async () => {
  const { broker, join } = await fiveRecords();
  const before = await join();
  before.take(0, 1);

  await broker.compact('orders');
  const [after] = [before.take(0, 10)];
  const { length: ready } = (await join('other')).take(0, 10);

  expect(offsetsOf(after)).toEqual([3, 4]);
  expect(ready).toBe(2);
  expect(offsetsOf(await broker.readAll('orders'))).toEqual([3, 4]);
});

test('retention that overtakes a member moves it to where it would begin', async () => {
  const { broker, join } = await fiveRecords();
  const [oldest, latest] = [await join('one'), await join('two')];
  const newest = await join('three', 'LATEST');
  await broker.produce('orders', [message('f')]);
  oldest.take(0, 1);
  latest.take(0, 5);

  await broker.deleteBefore('orders', 0, 3);

  expect(oldest.ready(0)).toBe(3);
  expect(offsetsOf(oldest.take(0, 10))).toEqual([3, 4, 5]);
  expect(offsetsOf(latest.take(0, 10))).toEqual([5]);
  expect(offsetsOf(newest.take(0, 10))).toEqual([5]);
});

describe('a member that is expelled', () => {
  test('goes on reading and knows nothing while others own its partitions, then is the last member of the group', async () => {
    const time = new ManualTime();
    const { broker, join } = await fiveRecords(time);
    const [zombie, other] = [await join(), await join()];

    const rejoined = broker.expel(zombie, 1_000);
    const held = zombie.assigned();
    const taken = [offsetsOf(zombie.take(0, 3)), offsetsOf(other.take(0, 3))];
    const late = zombie.commit(0, 3);
    await other.commit(0, 2);
    await expect(late).rejects.toBeInstanceOf(CommitRefused);
    await time.advance(1_000);
    await rejoined;

    expect(held).toHaveLength(1);
    expect(taken).toEqual([
      [0, 1, 2],
      [0, 1, 2],
    ]);
    expect(broker.members('g', 'orders')).toEqual([other, zombie]);
    expect(zombie.assigned()).toEqual([]);
    expect([...(await broker.committedOffsets('g', 'orders'))]).toEqual([[0, 2]]);
    expect(offsetsOf(other.take(0, 10))).toEqual([2, 3, 4]);
  });

  test('does not join again once it has left', async () => {
    const time = new ManualTime();
    const { broker, join } = await fiveRecords(time);
    const zombie = await join();

    const rejoined = broker.expel(zombie, 1_000);
    await zombie.leave();
    await time.advance(1_000);
    await rejoined;

    expect(broker.members('g', 'orders')).toEqual([]);
    expect(zombie.assigned()).toEqual([]);
  });
});

test('while the broker restarts members own nothing and requests wait; then all goes on from the commits', async () => {
  const time = new ManualTime();
  const { broker, join } = await fiveRecords(time);
  const member = await join();
  const [before] = member.assigned();
  member.take(0, 4);
  await member.commit(0, 2);

  const restarted = broker.restart(500);
  let produced = false;
  const producing = broker.produce('orders', [message('f')]).then(() => {
    produced = true;
  });
  const commit = member.commit(0, 4);
  await expect(commit).rejects.toBeInstanceOf(CommitRefused);
  await time.advance(499);
  const meanwhile = { owned: member.assigned(), produced };
  await time.advance(1);
  await Promise.all([restarted, producing]);

  expect(meanwhile).toEqual({ owned: [], produced: false });
  expect(member.assigned()[0]?.epoch).not.toBe(before?.epoch);
  expect(offsetsOf(member.take(0, 10))).toEqual([2, 3, 4, 5]);
});

test('a rebalance with the same members gives every partition back in another epoch', async () => {
  const { broker, join } = await fiveRecords();
  const member = await join();
  const [before] = member.assigned();
  member.take(0, 5);

  broker.rebalance('g', 'orders');

  const [after] = member.assigned();
  expect(after?.partition).toBe(before?.partition);
  expect(after?.epoch).not.toBe(before?.epoch);
  expect(member.ready(0)).toBe(5);
});

/** One partition: keys a, b, a, a, b. */
async function fiveRecords(time?: ManualTime) {
  const broker = new InProcessBroker(time ? { time } : {});
  await broker.createTopic('orders', 1);
  await broker.produce('orders', ['a', 'b', 'a', 'a', 'b'].map(message));
  const join = (groupId = 'g', startingPosition: GroupOptions['startingPosition'] = 'TRIM_HORIZON') =>
    broker.join({ groupId, topic: 'orders', startingPosition });
  return { broker, join };
}

const message = (key: string) => ({ partition: 0, key: Buffer.from(key), value: null });
const offsetsOf = (records: readonly TopicRecord[]) => records.map(({ offset }) => offset);
