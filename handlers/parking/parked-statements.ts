import type { AttributeValue, TransactWriteItem } from '@aws-sdk/client-dynamodb';
import { PARKED_ATTRIBUTES as A, ATTRIBUTES, STATUS } from '../../contract/idempotency-table';
import type { Statement } from '../dynamodb/statements';
import { claimedOf, GIVEN_BACK, type StoredParked } from './judge-parked';
import type { Parked } from './parked';
import { parkedDoneUpdate, parkedItem } from './parked-item';
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
  readonly #takeOver: string;
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
    const claim = `${update} SET "${A.outcome}"='redriving' SET "${A.owner}"=? SET "${A.leaseUntilMs}"=?`;
    const read = `WHERE "${A.id}"=? AND "${A.outcome}"=?`;
    const again = `${read} AND "${A.owner}"=? AND "${A.leaseUntilMs}"=?`;
    this.#claimFirst = `${claim} ${read} AND "${A.owner}" IS MISSING AND "${A.leaseUntilMs}" IS MISSING`;
    this.#claimAgain = `${claim} ${again}`;
    this.#takeOver = `${claim} SET "${A.attempts}"=? ${again}`;
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
  claim({ id, token, leaseUntilMs }: RedriveRequest, stored: StoredParked, takeover: boolean): Statement {
    const { outcome, owner, leaseUntilMs: read } = stored;
    const taken = [string(token), number(leaseUntilMs)];
    const known = [string(id), string(outcome)];
    if (owner === undefined || read === undefined)
      return { Statement: this.#claimFirst, Parameters: [...taken, ...known] };
    known.push(string(owner), number(read));
    if (!takeover) return { Statement: this.#claimAgain, Parameters: [...taken, ...known] };
    const { attempts } = claimedOf(id, stored, takeover);
    return { Statement: this.#takeOver, Parameters: [...taken, number(attempts), ...known] };
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
  completeWithIdentity(claim: RedriveClaim, identityId: string, expiration: number): readonly TransactWriteItem[] {
    return [
      parkedDoneUpdate(claim, expiration, this.#table),
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
            ':done': string('done'),
            ':expiration': number(expiration),
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
