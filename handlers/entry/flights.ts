/** The reference function by identity: a flight that the producer wrote twice counts once. Nobody imports this file. */
import { json, processRecords } from '../index';
import { countFlight } from './shared/count-flight';
import { flight, identityOf, LEASE_MS } from './shared/flight';

export const handler = processRecords({
  value: json(flight),
  identity: identityOf,
  leaseMs: LEASE_MS,
  process: countFlight,
});
