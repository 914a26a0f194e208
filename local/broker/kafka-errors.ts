import { setTimeout as delay } from 'node:timers/promises';

/** kafkajs' names for "there is no broker to talk to". */
const CONNECTION_ERRORS: readonly string[] = [
  'KafkaJSConnectionError',
  'KafkaJSConnectionClosedError',
  'KafkaJSBrokerNotFound',
  'KafkaJSNoBrokerAvailableError',
  'KafkaJSGroupCoordinatorNotFound',
  'KafkaJSRequestTimeoutError',
  'KafkaJSLockTimeout',
];

/** An error of kafkajs, or one that it wraps. */
export interface ClientError extends Error {
  /** Kafka's name of the error, for one that the broker sent. */
  readonly type?: string;
  /** The system's name of the error, for one of a connection. */
  readonly code?: string | number;
  readonly retriable?: boolean;
  readonly originalError?: unknown;
  readonly errors?: readonly unknown[];
}

/** kafkajs wraps: the error of its retry loop, the error that ended the loop, one error of several. */
export function causesOf(error: unknown): readonly ClientError[] {
  const found: ClientError[] = [];
  for (let next: unknown = error; next instanceof Error && !found.includes(next); ) {
    const current: ClientError = next;
    found.push(current);
    next = current.cause ?? current.originalError ?? current.errors?.[0];
  }
  return found;
}

/** Kafka's own name of what went wrong, such as ILLEGAL_GENERATION. */
export function errorType(error: unknown): string | undefined {
  return causesOf(error).find(({ type }) => type !== undefined)?.type;
}

/** No broker answered. It may have had the request. */
export function isConnectionError(error: unknown): boolean {
  return causesOf(error).some(({ name }) => CONNECTION_ERRORS.includes(name));
}

/** A passing state of the broker: the same request may succeed soon. */
export function isRetriable(error: unknown): boolean {
  const cause = causesOf(error).at(-1);
  // A connection that broke is made again; where none can be made, waiting is in vain.
  if (cause?.name === 'KafkaJSConnectionClosedError') return true;
  return cause?.retriable === true && !CONNECTION_ERRORS.includes(cause.name);
}

const ATTEMPTS = 30;
const RETRY_AFTER_MS = 100;

/** For the requests that kafkajs itself does not repeat while a coordinator is being elected or loads its state. */
export async function retrying<T>(request: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await request();
    } catch (error) {
      if (!isRetriable(error) || attempt === ATTEMPTS) throw error;
      await delay(RETRY_AFTER_MS);
    }
  }
}
