import { setTimeout as delay } from 'node:timers/promises';
import { ERROR_CODES, EXIT } from '../../contract/error-codes';
import { LocalError } from '../errors';

/** kafkajs' names for "there is no broker to talk to". */
const CONNECTION_ERRORS: readonly string[] = [
  'KafkaJSConnectionError',
  'KafkaJSConnectionClosedError',
  'KafkaJSBrokerNotFound',
  'KafkaJSNoBrokerAvailableError',
  'KafkaJSGroupCoordinatorNotFound',
  'KafkaJSRequestTimeoutError',
];

interface ClientError extends Error {
  /** Kafka's name of the error, for one that the broker sent. */
  readonly type?: string;
  readonly retriable?: boolean;
  readonly originalError?: unknown;
  readonly errors?: readonly unknown[];
}

export function unreachable(address: string, cause?: unknown): LocalError {
  return new LocalError(
    ERROR_CODES.serverUnreachable,
    `No Kafka broker answers at ${address}. Start one with \`npm run servers\`, or set MSK_ONCE_KAFKA to one that runs.`,
    EXIT.unreachable,
    { cause },
  );
}

export function unknownTopic(topic: string, address: string, cause?: unknown): LocalError {
  return new LocalError(
    ERROR_CODES.usage,
    `There is no topic "${topic}" at ${address}. Create it first, or name one that exists.`,
    EXIT.usage,
    { cause },
  );
}

/** The error in a user's words where we have them, else the error itself. */
export function explained(error: unknown, address: string, topic?: string): unknown {
  const errors = chain(error);
  if (error instanceof LocalError) return error;
  if (errors.some(({ name }) => CONNECTION_ERRORS.includes(name))) return unreachable(address, error);
  if (topic !== undefined && errors.some(({ type }) => type === 'UNKNOWN_TOPIC_OR_PARTITION')) {
    return unknownTopic(topic, address, error);
  }
  return error;
}

/** Kafka's own name of what went wrong, such as ILLEGAL_GENERATION. */
export function errorType(error: unknown): string | undefined {
  return chain(error).find(({ type }) => type !== undefined)?.type;
}

/** A passing state of the broker: the same request may succeed soon. */
export function isRetriable(error: unknown): boolean {
  const cause = chain(error).at(-1);
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

/** kafkajs wraps: the error of its retry loop, the error that ended the loop, one error of several. */
function chain(error: unknown): readonly ClientError[] {
  const found: ClientError[] = [];
  for (let next: unknown = error; next instanceof Error && !found.includes(next); ) {
    const current: ClientError = next;
    found.push(current);
    next = current.cause ?? current.originalError ?? current.errors?.[0];
  }
  return found;
}
