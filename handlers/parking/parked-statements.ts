import type { AttributeValue, TransactWriteItem } from '@aws-sdk/client-dynamodb';
import { PARKED_ATTRIBUTES as A, ATTRIBUTES, STATUS } from '../../contract/idempotency-table';
import type { Statement } from '../dynamodb/statements';
import { GIVEN_BACK, type StoredParked } from './judge-parked';
import type { Parked } from './parked';
import { parkedItem } from './parked-item';
import type { RedriveClaim, RedriveRequest } from './parking-store';

const OWNED = `WHERE "${A.id}"=? AND "${A.owner}"=? AND "${A.outcome}"='redriving'`;

/**
 * What is written of parked items. To park is an INSERT, whose only condition is that the key is free; everything else
 * is an UPDATE, which never creates an item, and is conditional on the token.
 */
export class ParkedStatements {
  readonly #table: string;
  readonly #insert: string;
  readonly #claimFirst: string;
  readonly #claimAgain: string;
  readonly #renew: string;
  readonly #complete: string;
  readonly #fail: string;
  readonly #release: string;

  constructor(table: string) {
    this.#table = table;
    const update = `UPDATE "${table}"`;
    this.#insert =
      `INSERT INTO "${table}" VALUE {'${A.id}':?,'${A.outcome}':?,'${A.attempts}':?,'${A.firstFailureMs}':?,` +
      `'${A.lastFailureMs}':?}`;
    const claim = `${update} SET "${A.outcome}"='redriving' SET "${A.owner}"=? SET "${A.leaseUntilMs}"=? WHERE "${A.id}"=? AND "${A.outcome}"=?`;
    this.#claimFirst = `${claim} AND "${A.owner}" IS MISSING AND "${A.leaseUntilMs}" IS MISSING`;
    this.#claimAgain = `${claim} AND "${A.owner}"=? AND "${A.leaseUntilMs}"=?`;
    this.#renew = `${update} SET "${A.leaseUntilMs}"=? ${OWNED} AND "${A.leaseUntilMs}"<?`;
    this.#complete = `${update} SET "${A.outcome}"='done' SET "${A.expiration}"=? REMOVE "${A.leaseUntilMs}" ${OWNED}`;
    const returned = `${update} SET "${A.outcome}"='parked' SET "${A.leaseUntilMs}"=${GIVEN_BACK}`;
    this.#fail = `${returned} SET "${A.attempts}"=? SET "${A.lastFailureMs}"=? ${OWNED}`;
    this.#release = `${returned} ${OWNED}`;
  }

  park(parked: Parked): Statement {
    return { Statement: this.#insert, Parameters: Object.values(parkedItem(parked)) };
  }

  /**
   * Conditional on exactly what was read. Its token is the owner from then on, and no other claim puts an earlier owner
   * back; so a late copy is refused for good.
   */
  claim({ id, token, leaseUntilMs }: RedriveRequest, { outcome, owner, leaseUntilMs: read }: StoredParked): Statement {
    const Parameters = [string(token), number(leaseUntilMs), string(id), string(outcome)];
    if (owner === undefined || read === undefined) return { Statement: this.#claimFirst, Parameters };
    return { Statement: this.#claimAgain, Parameters: [...Parameters, string(owner), number(read)] };
  }

  renew(claim: RedriveClaim, leaseUntilMs: number): Statement {
    const lease = number(leaseUntilMs);
    return { Statement: this.#renew, Parameters: [lease, ...owned(claim), lease] };
  }

  complete(claim: RedriveClaim, expiration: number): Statement {
    return { Statement: this.#complete, Parameters: [number(expiration), ...owned(claim)] };
  }

  /** One more than the claim has read, not than what stands: a copy of it counts nothing. */
  fail(claim: RedriveClaim, atMs: number): Statement {
    const Parameters = [number(claim.parked.attempts + 1), number(atMs), ...owned(claim)];
    return { Statement: this.#fail, Parameters };
  }

  release(claim: RedriveClaim): Statement {
    return { Statement: this.#release, Parameters: owned(claim) };
  }

  /** The parked item done, and the outcome of the identity with it, in this order. */
  completeWithIdentity(
    { parked, token }: RedriveClaim,
    identityId: string,
    expiration: number,
  ): readonly TransactWriteItem[] {
    const done = { ':done': string('done'), ':expiration': number(expiration) };
    return [
      {
        Update: {
          TableName: this.#table,
          Key: { [A.id]: string(parked.id) },
          UpdateExpression: 'SET #outcome = :done, #expiration = :expiration REMOVE #lease',
          ConditionExpression: '#owner = :token AND #outcome = :redriving',
          ExpressionAttributeNames: {
            '#outcome': A.outcome,
            '#expiration': A.expiration,
            '#lease': A.leaseUntilMs,
            '#owner': A.owner,
          },
          ExpressionAttributeValues: { ...done, ':token': string(token), ':redriving': string('redriving') },
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        },
      },
      {
        Update: {
          TableName: this.#table,
          Key: { [ATTRIBUTES.id]: string(identityId) },
          UpdateExpression: 'SET #outcome = :done, #expiration = :expiration',
          ConditionExpression: '#status = :completed AND #outcome = :parked',
          ExpressionAttributeNames: {
            '#outcome': ATTRIBUTES.outcome,
            '#expiration': ATTRIBUTES.expiration,
            '#status': ATTRIBUTES.status,
          },
          ExpressionAttributeValues: {
            ...done,
            ':completed': string(STATUS.completed),
            ':parked': string('parked'),
          },
        },
      },
    ];
  }
}

function owned({ parked: { id }, token }: RedriveClaim): AttributeValue[] {
  return [string(id), string(token)];
}

const string = (value: string): AttributeValue => ({ S: value });
const number = (value: number): AttributeValue => ({ N: String(value) });
