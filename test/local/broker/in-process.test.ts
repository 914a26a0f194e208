import { EXIT } from '../../../contract/error-codes';
import { InProcessBroker } from '../../../local/broker/in-process';
import { testBrokerLaws } from '../../laws/broker-laws';

describe('the broker in this process keeps the laws', () => {
  const broker = new InProcessBroker();
  testBrokerLaws(() => ({ broker, patienceMs: 2_000 }));
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
