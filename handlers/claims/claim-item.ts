import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { ATTRIBUTES, STATUS } from '../../contract/idempotency-table';
import type { ClaimRequest } from './claim-store';
import type { StoredClaim } from './judge';

export type Item = Record<string, AttributeValue>;

export function fromItem(item: Item): StoredClaim {
  return {
    status: item[ATTRIBUTES.status]?.S,
    owner: item[ATTRIBUTES.owner]?.S,
    partition: numberOf(item[ATTRIBUTES.partition]),
    offset: numberOf(item[ATTRIBUTES.offset]),
    payloadDigest: item[ATTRIBUTES.payloadDigest]?.S,
    attempts: numberOf(item[ATTRIBUTES.attempts]),
    leaseUntilMs: numberOf(item[ATTRIBUTES.inProgressExpiration]),
    expiration: numberOf(item[ATTRIBUTES.expiration]),
    outcome: item[ATTRIBUTES.outcome]?.S,
  };
}

/** The attributes of a claim that is owned, without the key. */
export function claimAttributes(request: ClaimRequest, attempts: number, expiration: number): Item {
  return {
    [ATTRIBUTES.status]: { S: STATUS.inProgress },
    [ATTRIBUTES.owner]: { S: request.token },
    [ATTRIBUTES.inProgressExpiration]: { N: String(request.leaseUntilMs) },
    [ATTRIBUTES.expiration]: { N: String(expiration) },
    [ATTRIBUTES.partition]: { N: String(request.partition) },
    [ATTRIBUTES.offset]: { N: String(request.offset) },
    [ATTRIBUTES.attempts]: { N: String(attempts) },
    ...(request.payloadDigest === undefined ? {} : { [ATTRIBUTES.payloadDigest]: { S: request.payloadDigest } }),
  };
}

function numberOf(value: AttributeValue | undefined): number | undefined {
  return value?.N === undefined ? undefined : Number(value.N);
}
