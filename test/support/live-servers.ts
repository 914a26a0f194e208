import { dynamodbAddress, kafkaAddress, sqsAddress } from '../../local/servers/address';
import { type ServersOptions, startServers } from '../../local/servers/servers';

export interface LiveServers {
  /** `host:port`. */
  readonly kafka: string;
  /** A URL. */
  readonly dynamodb: string;
  /** A URL; only where the servers that were asked for hold it. */
  readonly sqs: string;
  /** Stops those that were started for the tests; those that ran before go on. */
  stop(): Promise<void>;
}

/** Apache Kafka and DynamoDB Local for a test file: those that run already (`msk-once servers`), else started for it. */
export async function liveServers(options: Pick<ServersOptions, 'servers'> = {}): Promise<LiveServers> {
  const running = await startServers(options);
  return {
    kafka: kafkaAddress().text,
    dynamodb: dynamodbAddress().text,
    sqs: sqsAddress().text,
    stop: () => running.stop(),
  };
}
