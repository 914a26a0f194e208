import { createProcessor } from '../../handlers/create-processor';
import { type ProcessRecordsOptions, settingsOf } from '../../handlers/options';
import type { Codec } from '../../handlers/record/codec';
import { json } from '../../handlers/record/json';
import { DynamoDbStore } from '../../handlers/store/dynamodb-store';
import type { Runtime, SimulatedValue, Surroundings } from '../../local/simulator/runtime';
import { lendClient } from './client-pool';
import { SimulatedMemory } from './simulated-memory';

const REMEMBER_FOR_SECONDS = 14 * 24 * 60 * 60;
/** As the composition root sets it for the client (handlers/process-records.ts). */
const REQUEST_TIMEOUT_MS = 900;

/** The runtime as it is shipped: `createProcessor` over the real DynamoDB adapter and the SDK's own serialiser. */
export const shippedRuntime: Runtime = {
  remembers: ['ledger', 'identity', 'transaction'],
  requestTimeoutMs: REQUEST_TIMEOUT_MS,
  memory: (options) => new SimulatedMemory(options),
  start({ settings, mappings, table, memory, clock, sleep, random, connection, exit, log, process, atEnd }) {
    const { clockSkewMs } = settings;
    return createProcessor(settingsOf(optionsOf(settings, process)), mappings, {
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
      exit,
    });
  },
};

function optionsOf(
  settings: Surroundings['settings'],
  process: Surroundings['process'],
): ProcessRecordsOptions<SimulatedValue> {
  const { remember, identity, independent, order, concurrency, leaseMs, checkpointMs, clockSkewMs, abortGraceMs } =
    settings;
  const common = {
    value: json() as Codec<SimulatedValue>,
    order,
    concurrency,
    leaseMs,
    checkpointMs,
    clockSkewMs,
    abortGraceMs,
    // A schedule says how often user code fails; a failure is one attempt.
    retries: 0,
    ...(identity && { identity: ({ value }: { readonly value: SimulatedValue }) => value.id }),
  };
  return remember === 'transaction' ? { ...common, transaction: true, independent, process } : { ...common, process };
}
