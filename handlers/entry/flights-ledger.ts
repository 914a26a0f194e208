/** The reference function by offset ledger: each record of the topic counts once. Nobody imports this file. */
import { json, processRecords } from '../index';
import { countFlight } from './shared/count-flight';
import { flight, LEASE_MS } from './shared/flight';

export const handler = processRecords({
  value: json(flight),
  leaseMs: LEASE_MS,
  process: countFlight,
});
