import { DynamoDbClaimStore } from '../../handlers/claims/dynamodb-claim-store';
import { createProcessor } from '../../handlers/create-processor';
import { settingsOf } from '../../handlers/options';
import type { Codec } from '../../handlers/record/codec';
import { json } from '../../handlers/record/json';
import type { Runtime, SimulatedValue } from '../../local/simulator/runtime';
import { lendClient } from './client-pool';

const REMEMBER_FOR_SECONDS = 14 * 24 * 60 * 60;
/** As the composition root sets it for the client (handlers/process-records.ts). */
const REQUEST_TIMEOUT_MS = 900;

/** The runtime as it is shipped: `createProcessor` over the real DynamoDB adapter and the SDK's own serialiser. */
export const shippedRuntime: Runtime = {
  remembers: ['identity'],
  requestTimeoutMs: REQUEST_TIMEOUT_MS,
  start({ settings, mappings, table, clock, sleep, random, connection, exit, log, process, atEnd }) {
    const { order, concurrency, leaseMs, clockSkewMs, abortGraceMs } = settings;
    const options = settingsOf<SimulatedValue, undefined>({
      value: json() as Codec<SimulatedValue>,
      identity: ({ value }) => value.id,
      process,
      order,
      concurrency,
      leaseMs,
      clockSkewMs,
      abortGraceMs,
    });
    return createProcessor(options, mappings, {
      clock,
      sleep,
      random,
      store: new DynamoDbClaimStore({
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
