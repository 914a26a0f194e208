import { ATTRIBUTES } from '../../contract/idempotency-table';
import { type Item, numberOf, stringOf } from '../dynamodb/item';
import type { StoredClaim } from './judge';

/** What {@link fromItem} reads. A stock layer's result may be large, and is none of it. */
export const STORED_CLAIM: readonly string[] = [
  ATTRIBUTES.status,
  ATTRIBUTES.owner,
  ATTRIBUTES.partition,
  ATTRIBUTES.offset,
  ATTRIBUTES.payloadDigest,
  ATTRIBUTES.attempts,
  ATTRIBUTES.firstFailureMs,
  ATTRIBUTES.lastError,
  ATTRIBUTES.unclean,
  ATTRIBUTES.suspect,
  ATTRIBUTES.inProgressExpiration,
  ATTRIBUTES.expiration,
  ATTRIBUTES.outcome,
  ATTRIBUTES.validation,
];

/** What a look-up leans on. */
export const CLOSING_MARK: readonly string[] = [
  ATTRIBUTES.status,
  ATTRIBUTES.payloadDigest,
  ATTRIBUTES.expiration,
  ATTRIBUTES.outcome,
  ATTRIBUTES.validation,
];

export function fromItem(item: Item): StoredClaim {
  return {
    status: stringOf(item[ATTRIBUTES.status]),
    owner: stringOf(item[ATTRIBUTES.owner]),
    partition: numberOf(item[ATTRIBUTES.partition]),
    offset: numberOf(item[ATTRIBUTES.offset]),
    payloadDigest: stringOf(item[ATTRIBUTES.payloadDigest]),
    attempts: numberOf(item[ATTRIBUTES.attempts]),
    firstFailureMs: numberOf(item[ATTRIBUTES.firstFailureMs]),
    lastError: stringOf(item[ATTRIBUTES.lastError]),
    unclean: numberOf(item[ATTRIBUTES.unclean]),
    suspect: numberOf(item[ATTRIBUTES.suspect]),
    leaseUntilMs: numberOf(item[ATTRIBUTES.inProgressExpiration]),
    expiration: numberOf(item[ATTRIBUTES.expiration]),
    outcome: stringOf(item[ATTRIBUTES.outcome]),
    validation: stringOf(item[ATTRIBUTES.validation]),
  };
}
