/** The reference function by identity: a flight that the producer wrote twice counts once. Nobody imports this file. */
import { json, type ProcessRecordsOptions, processRecords } from '../index';
import { countFlight } from './shared/count-flight';
import { type Flight, flight, identityOf, LEASE_MS } from './shared/flight';

export const flights = {
  value: json(flight),
  identity: identityOf,
  leaseMs: LEASE_MS,
  process: countFlight,
} satisfies ProcessRecordsOptions<Flight>;

export const handler = processRecords(flights);
