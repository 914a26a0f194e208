import { Kafka, logLevel, type RetryOptions } from 'kafkajs';
import { quietKafkajsTimers } from './quiet-kafkajs-timers';

/**
 * Set in full: kafkajs takes other defaults when NODE_ENV is "test". About 1.5 s, and kafkajs has such loops inside each
 * other, so that a broker that went away is noticed within seconds.
 */
export const RETRY: RetryOptions = {
  initialRetryTime: 100,
  factor: 0.2,
  multiplier: 2,
  maxRetryTime: 1_000,
  retries: 4,
};

export interface ClientOptions {
  readonly connectionTimeout?: number;
  readonly retry?: RetryOptions;
}

/**
 * A kafkajs client that prints nothing: on a fresh broker it reports each "coordinator is loading" that it then retries,
 * and what matters reaches us as an error.
 */
export function kafkaClient(address: string, clientId: string, options: ClientOptions = {}): Kafka {
  quietKafkajsTimers();
  return new Kafka({
    clientId,
    brokers: [address],
    logLevel: logLevel.NOTHING,
    connectionTimeout: options.connectionTimeout ?? 3_000,
    requestTimeout: 30_000,
    retry: options.retry ?? RETRY,
  });
}
