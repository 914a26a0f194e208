import type { AttributeValue, Update } from '@aws-sdk/client-dynamodb';
import { PARKED_ATTRIBUTES as A } from '../../contract/idempotency-table';
import { type Item, numberOf, stringOf } from '../dynamodb/item';
import { describe, parkedUnreadable } from '../errors';
import type { StoredParked } from './judge-parked';
import type { Parked } from './parked';
import type { RedriveClaim } from './parking-store';

const OUTCOMES: readonly StoredParked['outcome'][] = ['parked', 'redriving', 'done'];

/** The item of a record that was parked just now. */
export function parkedItem({ id, attempts, firstFailureMs, lastFailureMs }: Parked): Item {
  return {
    [A.id]: { S: id },
    [A.outcome]: { S: 'parked' },
    [A.attempts]: { N: String(attempts) },
    [A.firstFailureMs]: { N: String(firstFailureMs) },
    [A.lastFailureMs]: { N: String(lastFailureMs) },
  };
}

/**
 * Makes the item as part of a transaction, or leaves it alone where it exists. It never fails: a condition that did
 * would fail the mark beside it, for a record that is parked already. Every attribute is set only where it is absent, and
 * none of them is ever removed; so it changes nothing of an item of ours, however late it comes.
 */
export function parkUpdate(parked: Parked, table: string): { readonly Update: Update } {
  const { [A.id]: id, ...attributes } = parkedItem(parked);
  const names = Object.keys(attributes);
  return {
    Update: {
      TableName: table,
      Key: { [A.id]: id as AttributeValue },
      UpdateExpression: `SET ${names.map((_, index) => `#${index} = if_not_exists(#${index}, :${index})`).join(', ')}`,
      ExpressionAttributeNames: Object.fromEntries(names.map((name, index) => [`#${index}`, name])),
      ExpressionAttributeValues: Object.fromEntries(
        Object.values(attributes).map((value, index) => [`:${index}`, value]),
      ),
    },
  };
}

/** Done, as part of a transaction: refused unless the redrive still holds it (P6). */
export function parkedDoneUpdate(
  { parked, token }: RedriveClaim,
  expiration: number,
  table: string,
): { readonly Update: Update } {
  return {
    Update: {
      TableName: table,
      Key: { [A.id]: { S: parked.id } },
      UpdateExpression: 'SET #outcome = :done, #expiration = :expiration REMOVE #lease',
      ConditionExpression: '#owner = :token AND #outcome = :redriving',
      ExpressionAttributeNames: {
        '#outcome': A.outcome,
        '#expiration': A.expiration,
        '#lease': A.leaseUntilMs,
        '#owner': A.owner,
      },
      ExpressionAttributeValues: {
        ':done': { S: 'done' },
        ':expiration': { N: String(expiration) },
        ':token': { S: token },
        ':redriving': { S: 'redriving' },
      },
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    },
  };
}

/** @throws parkedUnreadable, which names the key and the attribute, for whatever we would not have written */
export function fromParkedItem(id: string, item: Item): StoredParked {
  const outcome = OUTCOMES.find((known) => known === stringOf(item[A.outcome]));
  if (outcome === undefined) return refuse(id, item, A.outcome, '"parked", "redriving" or "done"');
  const count = (name: string, isOptional = false) => {
    const value = numberOf(item[name]);
    const isCount = value !== undefined && Number.isSafeInteger(value) && value >= 0;
    if (isCount || (isOptional && item[name] === undefined)) return value;
    return refuse(id, item, name, 'a whole number from 0');
  };
  const owner = stringOf(item[A.owner]);
  if (owner === undefined && (item[A.owner] !== undefined || outcome === 'redriving')) {
    return refuse(id, item, A.owner, 'a string');
  }
  return {
    outcome,
    attempts: count(A.attempts) as number,
    firstFailureMs: count(A.firstFailureMs) as number,
    lastFailureMs: count(A.lastFailureMs) as number,
    owner,
    leaseUntilMs: count(A.leaseUntilMs, outcome !== 'redriving'),
    expiration: count(A.expiration, true),
  };
}

function refuse(id: string, item: Item, attribute: string, accepted: string): never {
  throw parkedUnreadable({ id, attribute, received: receivedIn(item[attribute]), accepted });
}

function receivedIn(value: AttributeValue | undefined): string {
  if (value === undefined) return 'not there';
  if (value.N !== undefined) return `the number ${value.N}`;
  if (value.S !== undefined) return `the string ${describe(value.S)}`;
  return `of the type ${Object.keys(value)[0]}`;
}
