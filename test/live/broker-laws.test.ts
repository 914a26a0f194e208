import { connectKafka, type KafkaBroker } from '../../local/broker/kafka';
import { KAFKA } from '../../local/servers/kafka-server';
import { testBrokerLaws } from '../laws/broker-laws';
import { kafkaCluster } from '../support/kafka-others';
import { type LiveServers, liveServers } from '../support/live-servers';

describe('Apache Kafka keeps the laws', () => {
  let servers: LiveServers;
  let broker: KafkaBroker;
  beforeAll(async () => {
    servers = await liveServers({ servers: [KAFKA] });
    broker = await connectKafka(servers.kafka);
  });
  afterAll(async () => {
    await broker?.close();
    await servers?.stop();
  });

  testBrokerLaws(() => ({ broker, cluster: kafkaCluster(servers.kafka), patienceMs: 30_000 }));
});
