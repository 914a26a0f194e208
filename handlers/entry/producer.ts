/** Writes made-up flights to the topic of the demo, whenever it is invoked by hand. Nobody imports this file. */
import { Kafka, Partitioners } from 'kafkajs';
import { connectionOf } from './shared/kafka-connection';
import { madeUpFlights } from './shared/made-up-flights';
import { type PlacedMessage, writeMessages } from './shared/write-messages';

const MOST_FLIGHTS = 20_000;

/** What to write. The same seed writes the same flights again, at other offsets: by identity they count once. */
interface Order {
  readonly flights?: number;
  readonly seed?: number;
}

interface Written {
  readonly topic: string;
  readonly flights: number;
}

const { config, topic } = connectionOf(process.env);

export async function handler({ flights = 100, seed = 1 }: Order = {}): Promise<Written> {
  if (!Number.isInteger(flights) || flights < 0 || flights > MOST_FLIGHTS) {
    throw new Error(`flights is ${JSON.stringify(flights)}, accepted is a whole number up to ${MOST_FLIGHTS}`);
  }
  if (!Number.isInteger(seed)) throw new Error(`seed is ${JSON.stringify(seed)}, accepted is a whole number`);
  const kafka = new Kafka(config);
  const partitionOf = await keyedPartitioner(kafka);
  const messages = madeUpFlights(flights, seed).map((flight): PlacedMessage => {
    const key = flight.origin;
    return { partition: partitionOf(key), key, value: JSON.stringify(flight) };
  });

  // A producer of this invocation's own: after a send that failed a producer may repeat or lose the next one, and a
  // connection does not outlive a freeze between invocations for sure.
  const producer = kafka.producer({
    idempotent: true,
    maxInFlightRequests: 1,
    createPartitioner: Partitioners.DefaultPartitioner,
    // Its default for an idempotent producer is said to be endless, and is five.
    retry: { retries: 10, maxRetryTime: 5_000 },
  });
  await producer.connect();
  try {
    await writeMessages(messages, async (batch) => {
      const answers = await producer.send({ topic, acks: -1, messages: batch });
      return answers.filter(({ errorCode }) => errorCode === 0).map(({ partition }) => partition);
    });
  } finally {
    await producer.disconnect();
  }
  return { topic, flights };
}

/** Kafka's own choice for a key, as every other client makes it. */
async function keyedPartitioner(kafka: Kafka): Promise<(key: string) => number> {
  const admin = kafka.admin();
  await admin.connect();
  try {
    const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
    const partitionMetadata = topics.flatMap(({ partitions }) => partitions);
    const choose = Partitioners.DefaultPartitioner();
    return (key) => choose({ topic, partitionMetadata, message: { key, value: '' } });
  } finally {
    await admin.disconnect();
  }
}
