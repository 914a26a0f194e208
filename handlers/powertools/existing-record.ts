import { IdempotencyRecord } from '@aws-lambda-powertools/idempotency/persistence';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { ATTRIBUTES } from '../../contract/idempotency-table';
import type { Item } from '../dynamodb/item';

type Options = ConstructorParameters<typeof IdempotencyRecord>[0];

/**
 * An item as a stock layer reads it.
 *
 * @param validation The payload hash of who asks. An item without one is not compared: `processRecords` writes none.
 */
export function existingRecord(id: string, item: Item, validation: string | undefined): IdempotencyRecord {
  const stored = unmarshall(item);
  return new IdempotencyRecord({
    idempotencyKey: id,
    status: stored[ATTRIBUTES.status],
    expiryTimestamp: stored[ATTRIBUTES.expiration],
    inProgressExpiryTimestamp: stored[ATTRIBUTES.inProgressExpiration],
    responseData: stored[ATTRIBUTES.data],
    payloadHash: stored[ATTRIBUTES.validation] ?? validation,
  } as Options);
}

/** One of its own for each who asks: whoever changes a result changes nobody else's. */
export function copyOf(record: IdempotencyRecord): IdempotencyRecord {
  const { idempotencyKey, expiryTimestamp, inProgressExpiryTimestamp, payloadHash, sortKey } = record;
  return new IdempotencyRecord({
    idempotencyKey,
    sortKey,
    status: record.getStatus(),
    expiryTimestamp,
    inProgressExpiryTimestamp,
    responseData: structuredClone(record.responseData),
    payloadHash,
  } as Options);
}
