import { randomUUID } from 'node:crypto';
import { DynamoDBClient, type DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import { createProcessor, type Handler } from './create-processor';
import { deadLettersFrom } from './dead-letters/dead-letters-from';
import { readEnvironment } from './environment';
import { observationOf } from './observe/observation';
import { type ProcessRecordsOptions, settingsOf, type Tombstones } from './options';
import type { Ports, Sleep } from './ports';
import { DynamoDbStore } from './store/dynamodb-store';

/** Below the reserve of an invocation (protocol D2); a call that takes longer counts as one without an answer. */
const CONNECTION_TIMEOUT_MS = 500;
const REQUEST_TIMEOUT_MS = 900;
/**
 * With a logger that has an `info`, as the default has, the client redacts and formats each input and output first; one
 * with an `error` would be given the input of each refused request, which holds payload.
 */
const QUIET = { debug: () => {}, warn: console.warn } as unknown as NonNullable<DynamoDBClientConfig['logger']>;
/** Requests in flight at once: where each holds 25 statements, more do not make it faster. */
const SOCKETS = 50;

/**
 * Makes a Lambda handler that lets each record of a Kafka event source mapping take effect once.
 *
 * A record is left out of the answer only if a durable mark closes it; everything else is delivered again. Reads the
 * environment of the function once, here, and throws when it is not usable: the mapping waits and nothing is lost.
 */
export function processRecords<T, Mode extends Tombstones | undefined = undefined, Key = Buffer>(
  options: ProcessRecordsOptions<T, Mode, Key>,
): Handler {
  const settings = settingsOf(options);
  const environment = readEnvironment(process.env);
  const clock = { now: () => Date.now() };
  const client = new DynamoDBClient({
    maxAttempts: 1,
    cacheMiddleware: true,
    logger: QUIET,
    requestHandler: {
      connectionTimeout: CONNECTION_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      // Without it the SDK only warns when the time is up.
      throwOnRequestTimeout: true,
      httpAgent: { maxSockets: SOCKETS, keepAlive: true },
      httpsAgent: { maxSockets: SOCKETS, keepAlive: true },
    },
  });
  const ports: Ports = {
    clock,
    sleep,
    random: { fraction: Math.random, token: randomUUID },
    store: new DynamoDbStore({
      client,
      table: environment.table,
      clock,
      clockSkewMs: settings.clockSkewMs,
      rememberForSeconds: environment.rememberForSeconds,
    }),
    deadLetters: deadLettersFrom(environment),
    ...observationOf(options, clock.now, (line) => process.stdout.write(`${line}\n`)),
    exit: (code) => process.exit(code),
  };
  return createProcessor(settings, environment.mappings, ports);
}

const sleep: Sleep = (ms, signal) => {
  if (signal?.aborted) return Promise.resolve();
  // A timer takes a millisecond at least; what only lets others go first takes none.
  if (ms <= 0) return new Promise((resolve) => setImmediate(resolve));
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal?.addEventListener('abort', done);
  });
};
