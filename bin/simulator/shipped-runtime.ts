import type { Letter } from '../../contract/letter';
import { createProcessor } from '../../handlers/create-processor';
import { type DeadLetters, type LetterAnswer, WRITTEN } from '../../handlers/dead-letters/dead-letters';
import { unknownOf } from '../../handlers/dynamodb/unknown-of';
import { type ProcessRecordsOptions, settingsOf } from '../../handlers/options';
import type { Codec } from '../../handlers/record/codec';
import { json } from '../../handlers/record/json';
import { DynamoDbStore } from '../../handlers/store/dynamodb-store';
import {
  type Connection,
  PUT_LETTERS,
  type Runtime,
  type SimulatedValue,
  type Surroundings,
} from '../../local/simulator/runtime';
import type { PlannedFailure } from '../../local/simulator/user-code';
import { lendClient } from './client-pool';
import { responseError } from './response-error';
import { SimulatedMemory } from './simulated-memory';

const REMEMBER_FOR_SECONDS = 14 * 24 * 60 * 60;
/** As the composition root sets it for the client (handlers/process-records.ts). */
const REQUEST_TIMEOUT_MS = 900;

/** The runtime as it is shipped: `createProcessor` over the real DynamoDB adapter and the SDK's own serialiser. */
export const shippedRuntime: Runtime = {
  remembers: ['ledger', 'identity', 'transaction'],
  requestTimeoutMs: REQUEST_TIMEOUT_MS,
  parks: true,
  batches: true,
  redrives: true,
  memory: (options) => new SimulatedMemory(options),
  start({
    settings,
    mappings,
    table,
    memory,
    clock,
    sleep,
    random,
    connection,
    exit,
    log,
    process,
    processBatch,
    atEnd,
  }) {
    const { clockSkewMs } = settings;
    return createProcessor(settingsOf(optionsOf(settings, { process, processBatch })), mappings, {
      clock,
      sleep,
      random,
      store:
        memory instanceof SimulatedMemory
          ? memory.over(connection, table)
          : new DynamoDbStore({
              client: lendClient(connection, atEnd),
              table,
              clock,
              clockSkewMs,
              rememberForSeconds: REMEMBER_FOR_SECONDS,
            }),
      log: {
        info: (message, fields) => log('info', message, fields),
        error: (message, fields) => log('error', message, fields),
      },
      ...(settings.deadLetters && { deadLetters: lettersOver(connection) }),
      exit,
    });
  },
};

/** By its name: a test may have loaded the runtime anew. */
const isPlanned = (error: unknown): error is PlannedFailure => (error as Error | undefined)?.name === 'PlannedFailure';

/** In the place of a queue: the store of letters of the simulation. */
function lettersOver(connection: Connection): DeadLetters {
  return {
    async put(letters, { requestTimeoutMs: requestTimeout = REQUEST_TIMEOUT_MS } = {}) {
      const headers = { 'x-amz-target': `DynamoDB_20120810.${PUT_LETTERS}` };
      const one = async (letter: Letter): Promise<LetterAnswer> => {
        try {
          const request = { headers, body: JSON.stringify({ letters: [letter] }) };
          const { response } = await connection.handle(request, { requestTimeout });
          return response.statusCode === 200 ? WRITTEN : unknownOf(responseError(response));
        } catch (error) {
          return unknownOf(error);
        }
      };
      return Promise.all(letters.map(one));
    },
  };
}

function optionsOf(
  settings: Surroundings['settings'],
  { process, processBatch }: Pick<Surroundings, 'process' | 'processBatch'>,
): ProcessRecordsOptions<SimulatedValue> {
  const {
    remember,
    identity,
    independent,
    order,
    concurrency,
    leaseMs,
    checkpointMs,
    clockSkewMs,
    abortGraceMs,
    batch,
    deadLetters,
  } = settings;
  const common = {
    value: json() as Codec<SimulatedValue>,
    order,
    concurrency,
    leaseMs,
    checkpointMs,
    clockSkewMs,
    abortGraceMs,
    // Without dead letters a schedule says how often user code fails, and a failure is one attempt.
    retries: deadLetters?.retries ?? 0,
    ...(deadLetters && { maxAttempts: deadLetters.maxAttempts }),
    classify: (error: unknown) => (isPlanned(error) ? error.errorClass : undefined),
    ...(identity && { identity: ({ value }: { readonly value: SimulatedValue }) => value.id }),
  };
  if (batch) return { ...common, processBatch, maxRecordsPerCall: batch.maxRecordsPerCall };
  return remember === 'transaction' ? { ...common, transaction: true, independent, process } : { ...common, process };
}
