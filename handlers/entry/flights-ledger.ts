/** The reference function by offset ledger: each record of the topic counts once. Nobody imports this file. */
import { json, type ProcessRecordsOptions, processRecords } from '../index';
import { countFlight } from './shared/count-flight';
import { type Flight, flight, LEASE_MS } from './shared/flight';

export const flights = {
  value: json(flight),
  leaseMs: LEASE_MS,
  process: countFlight,
} satisfies ProcessRecordsOptions<Flight>;

export const handler = processRecords(flights);
