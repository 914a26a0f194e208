import { ERROR_CODES, EXIT } from '../../contract/error-codes';
import { connectKafka } from '../../local/broker/kafka';
import { KAFKA } from '../../local/servers/kafka-server';
import { startServers } from '../../local/servers/servers';
import { freePortPair } from '../support/free-ports';

const unreachable = { code: ERROR_CODES.serverUnreachable, exitCode: EXIT.unreachable };

test('a broker that goes away ends a member, and every call says so', async () => {
  const address = `127.0.0.1:${await freePortPair()}`;
  const servers = await startServers({ servers: [KAFKA], env: { ...process.env, MSK_ONCE_KAFKA: address } });
  const broker = await connectKafka(address, { patienceMs: 1_000 });
  try {
    const message = { partition: 0, key: null, value: Buffer.from('a') };
    await broker.createTopic('orders', 1);
    await broker.produce('orders', [message]);
    const member = await broker.join({ groupId: 'g', topic: 'orders', startingPosition: 'TRIM_HORIZON' });
    while (member.ready(0) === 0) await member.changed(1_000);
    member.take(0, 1);
    await servers.stop();

    await expect(untilItFails(() => member.changed(60_000))).rejects.toMatchObject(unreachable);
    expect(member.assigned()).toEqual([]);
    await expect(member.commit(0, 1)).rejects.toMatchObject(unreachable);
    const calls: Record<string, () => Promise<unknown>> = {
      produce: () => broker.produce('orders', [message]),
      endOffsets: () => broker.endOffsets('orders'),
      readAll: () => broker.readAll('orders'),
      committedOffsets: () => broker.committedOffsets('g', 'orders'),
      createTopic: () => broker.createTopic('other', 1),
      join: () => broker.join({ groupId: 'g', topic: 'orders', startingPosition: 'TRIM_HORIZON' }),
    };
    for (const [name, call] of Object.entries(calls)) {
      const asked = Date.now();
      await expect(call()).rejects.toMatchObject(unreachable);
      expect({ name, slow: Date.now() - asked > 10_000 }).toEqual({ name, slow: false });
    }
  } finally {
    await broker.close();
    await servers.stop();
  }
});

/** An assignment that is lost resolves too. */
async function untilItFails(wait: () => Promise<void>): Promise<never> {
  for (;;) await wait();
}
