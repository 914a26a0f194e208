/**
 * The reference function by transaction: the counters and the mark are written together, so that each flight counts
 * exactly once. Nobody imports this file.
 */
import { json, type ProcessRecordsOptions, processRecords } from '../index';
import {
  ADD_FLIGHT,
  COUNTERS_TABLE,
  type Flight,
  flight,
  identityOf,
  LEASE_MS,
  recordName,
  requireFlown,
} from './shared/flight';

export const flights = {
  value: json(flight),
  identity: identityOf,
  transaction: true,
  // An addition reads nothing, so many records share a transaction.
  independent: true,
  leaseMs: LEASE_MS,
  process: async (record) => {
    requireFlown(record.value);
    return {
      Update: {
        TableName: COUNTERS_TABLE,
        Key: { airport: record.value.origin },
        UpdateExpression: ADD_FLIGHT,
        ExpressionAttributeValues: { ':one': 1, ':delay': record.value.delay, ':record': recordName(record) },
      },
    };
  },
} satisfies ProcessRecordsOptions<Flight>;

export const handler = processRecords(flights);
