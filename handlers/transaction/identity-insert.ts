import type { TransactWriteItem } from '@aws-sdk/client-dynamodb';
import { ATTRIBUTES, STATUS } from '../../contract/idempotency-table';
import { judge, type StoredClaim } from '../claims/judge';
import type { Item } from '../dynamodb/item';
import type { IdentityInsert, MemberRefusal } from './transaction-store';

export interface IdentityRules {
  readonly clockSkewMs: number;
  readonly rememberForSeconds: number;
}

/** An identity that is done, as it stands in the table from now on. */
export function doneItem(insert: IdentityInsert, atMs: number, { rememberForSeconds }: IdentityRules): Item {
  const { id, token, partition, offset, payloadDigest } = insert;
  return {
    [ATTRIBUTES.id]: { S: id },
    [ATTRIBUTES.status]: { S: STATUS.completed },
    [ATTRIBUTES.outcome]: { S: 'done' },
    [ATTRIBUTES.owner]: { S: token },
    [ATTRIBUTES.partition]: { N: String(partition) },
    [ATTRIBUTES.offset]: { N: String(offset) },
    [ATTRIBUTES.expiration]: { N: String(Math.ceil(atMs / 1_000) + rememberForSeconds) },
    ...(payloadDigest === undefined ? {} : { [ATTRIBUTES.payloadDigest]: { S: payloadDigest } }),
  };
}

const NAMES = {
  '#id': ATTRIBUTES.id,
  '#expiration': ATTRIBUTES.expiration,
  '#status': ATTRIBUTES.status,
  '#lease': ATTRIBUTES.inProgressExpiration,
};
const NAMES_OF_PAYLOAD = { '#payload': ATTRIBUTES.payloadDigest };
const NAMES_OF_PARKED = { '#outcome': ATTRIBUTES.outcome };
const insertableIf = (also: string) =>
  'attribute_not_exists(#id) OR #expiration <= :now OR #status = :expired' +
  ` OR (#status = :inProgress AND #lease < :over${also})`;
const parkedIf = (also: string) => ` OR (#status = :completed AND #outcome = :parked${also})`;
/** What is no digest is read as absent, as `judge` reads it: else the condition fails for ever, and nobody says why. */
const SAME_PAYLOAD = ' AND (#payload = :payload OR NOT attribute_type(#payload, :string))';

/** Who inserts: only a redrive also takes what is parked. */
export type Inserter = 'delivery' | 'redrive';

/** What no value changes. Made once: a transaction has an insert for each of its records. */
const fixed = (isCompared: boolean, isRedrive: boolean) => {
  const also = isCompared ? SAME_PAYLOAD : '';
  return {
    ConditionExpression: insertableIf(also) + (isRedrive ? parkedIf(also) : ''),
    // A name or a value that stands in no expression is refused.
    ExpressionAttributeNames: {
      ...NAMES,
      ...(isCompared && NAMES_OF_PAYLOAD),
      ...(isRedrive && NAMES_OF_PARKED),
    },
  };
};
const FIXED = {
  delivery: { plain: fixed(false, false), compared: fixed(true, false) },
  redrive: { plain: fixed(false, true), compared: fixed(true, true) },
};

/**
 * Done at once, where the identity is absent or has expired (T1), or where a worker that remembers by identity alone
 * has claimed it, with the same payload, and has let go of it or outlived its lease: see docs/decisions/0006. For a
 * redrive also where it is parked with the same payload (P6).
 */
export function identityInsert(
  insert: IdentityInsert,
  atMs: number,
  table: string,
  rules: IdentityRules,
  by: Inserter = 'delivery',
): TransactWriteItem {
  const { payloadDigest } = insert;
  const isCompared = payloadDigest !== undefined;
  return {
    Put: {
      TableName: table,
      Item: doneItem(insert, atMs, rules),
      ...FIXED[by][isCompared ? 'compared' : 'plain'],
      ExpressionAttributeValues: {
        ':now': { N: String(Math.floor(atMs / 1_000)) },
        ':expired': { S: STATUS.expired },
        ':inProgress': { S: STATUS.inProgress },
        ':over': { N: String(atMs - 2 * rules.clockSkewMs) },
        ...(isCompared && { ':payload': { S: payloadDigest }, ':string': { S: 'S' } }),
        ...(by === 'redrive' && { ':completed': { S: STATUS.completed }, ':parked': { S: 'parked' } }),
      },
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    },
  };
}

/** Why the identity that stands there keeps its record out; undefined where it does not, or does not any more. */
export function refusalOfIdentity(
  stored: StoredClaim | undefined,
  insert: IdentityInsert,
  atMs: number,
  { clockSkewMs }: IdentityRules,
  by: Inserter = 'delivery',
): MemberRefusal | undefined {
  if (stored === undefined) return undefined;
  // Done at once, it needs no lease, and has none that could be over.
  const verdict = judge(stored, { ...insert, leaseUntilMs: Number.POSITIVE_INFINITY }, atMs, clockSkewMs);
  if (by === 'redrive' && verdict.kind === 'closed' && verdict.outcome === 'parked') return undefined;
  if (verdict.kind === 'busy') return { kind: 'busy', leaseUntilMs: verdict.leaseUntilMs };
  return verdict.kind === 'closed' || verdict.kind === 'conflict' ? verdict : undefined;
}
