import { Kafka, logLevel, type RetryOptions } from 'kafkajs';

/** Set in full: kafkajs takes other defaults when NODE_ENV is "test". */
export const RETRY: RetryOptions = {
  initialRetryTime: 100,
  factor: 0.2,
  multiplier: 1.6,
  maxRetryTime: 1_000,
  retries: 12,
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
  return new Kafka({
    clientId,
    brokers: [address],
    logLevel: logLevel.NOTHING,
    connectionTimeout: options.connectionTimeout ?? 3_000,
    requestTimeout: 30_000,
    retry: options.retry ?? RETRY,
  });
}
