import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { ATTRIBUTES, STATUS } from '../../contract/idempotency-table';
import type { Item } from '../dynamodb/item';
import type { Statement } from '../dynamodb/statements';
import type { Claim, ClaimRequest, Completion, Failure } from './claim-store';
import { RELEASED } from './judge';

/** What a claim that was read is recognised by: between the read and a takeover none of it may change (C3). */
const RECOGNISED_BY = [
  ATTRIBUTES.status,
  ATTRIBUTES.owner,
  ATTRIBUTES.attempts,
  ATTRIBUTES.inProgressExpiration,
  ATTRIBUTES.expiration,
] as const;

/** An error's name is the user's, of any length; an item has a limit. */
const LAST_ERROR_CHARACTERS = 256;

/**
 * The PartiQL statements of claims. A claim is one INSERT, whose only condition is that the key is free; everything
 * else is an UPDATE, which never creates an item. Names stand in quotes: many of them are reserved words.
 *
 * Each text is built once; where a value is always the same it stands in the text, for what is not a parameter is not
 * serialised for each record.
 */
export class ClaimStatements {
  readonly #update: string;
  readonly #insert: string;
  readonly #insertWithoutDigest: string;
  readonly #insertWithValidation: string;
  readonly #renew: string;
  readonly #complete: string;
  readonly #completeWithData: string;
  readonly #failFirst: string;
  readonly #failAgain: string;
  readonly #release: string;
  readonly #takeovers = new Map<string, string>();

  constructor(table: string) {
    const quotedTable = `"${table}"`;
    this.#update = `UPDATE ${quotedTable}`;
    const insert = (attributes: readonly string[]) => {
      const given = attributes.map((attribute) => `'${attribute}':?`).join(',');
      return `INSERT INTO ${quotedTable} VALUE {${given},'${ATTRIBUTES.status}':'${STATUS.inProgress}','${ATTRIBUTES.attempts}':0}`;
    };
    this.#insertWithoutDigest = insert([ATTRIBUTES.id, ...CLAIMED]);
    this.#insert = insert([ATTRIBUTES.id, ...CLAIMED, ATTRIBUTES.payloadDigest]);
    this.#insertWithValidation = insert([ATTRIBUTES.id, ...CLAIMED, ATTRIBUTES.validation]);

    // A claim that was given back belongs to nobody: a late copy of an old write of its owner must not revive it.
    const owned = `WHERE ${name('id')}=? AND ${name('owner')}=? AND ${name('status')}='${STATUS.inProgress}' AND ${name('inProgressExpiration')}>${RELEASED}`;
    const released = `SET ${name('inProgressExpiration')}=${RELEASED}`;
    const expiration = `SET ${name('expiration')}=?`;
    const failed = `${released} SET ${name('attempts')}=? SET ${name('lastError')}=?`;
    this.#renew = `${this.#update} SET ${name('inProgressExpiration')}=? ${expiration} ${owned} AND ${name('inProgressExpiration')}<?`;
    const completed = `${this.#update} SET ${name('status')}='${STATUS.completed}' SET ${name('outcome')}='done' ${expiration}`;
    this.#complete = `${completed} REMOVE ${name('inProgressExpiration')} ${owned}`;
    this.#completeWithData = `${completed} SET ${name('data')}=? REMOVE ${name('inProgressExpiration')} ${owned}`;
    this.#failFirst = `${this.#update} ${failed} SET ${name('firstFailureMs')}=? ${owned}`;
    this.#failAgain = `${this.#update} ${failed} ${owned}`;
    this.#release = `${this.#update} ${released} ${owned}`;
  }

  insert(request: ClaimRequest, expiration: AttributeValue): Statement {
    const Parameters = [string(request.id), ...claimed(request, expiration)];
    if (request.validation !== undefined) {
      Parameters.push(string(request.validation));
      return { Statement: this.#insertWithValidation, Parameters };
    }
    if (request.payloadDigest === undefined) return { Statement: this.#insertWithoutDigest, Parameters };
    Parameters.push(string(request.payloadDigest));
    return { Statement: this.#insert, Parameters };
  }

  /** Conditional on exactly the item that was read, whatever its values are, never on "expired" alone (C3). */
  takeOver(request: ClaimRequest, read: Item, attempts: number, expiration: AttributeValue): Statement {
    const Parameters = [number(attempts), ...claimed(request, expiration)];
    if (request.payloadDigest !== undefined) Parameters.push(string(request.payloadDigest));
    if (request.validation !== undefined) Parameters.push(string(request.validation));
    Parameters.push(string(request.id));
    for (const attribute of RECOGNISED_BY) {
      const value = read[attribute];
      if (isComparable(value)) Parameters.push(value);
    }
    return { Statement: this.#takeover(request, read, attempts), Parameters };
  }

  renew({ id, token }: Claim, lease: AttributeValue, expiration: AttributeValue): Statement {
    return { Statement: this.#renew, Parameters: [lease, expiration, string(id), string(token), lease] };
  }

  complete({ claim: { id, token }, data }: Completion, expiration: AttributeValue): Statement {
    if (data === undefined) return { Statement: this.#complete, Parameters: [expiration, string(id), string(token)] };
    return { Statement: this.#completeWithData, Parameters: [expiration, data, string(id), string(token)] };
  }

  /** The moment of the first failure stays: an item with attempts has one already. */
  fail({ claim: { id, token, attempts }, error, atMs }: Failure): Statement {
    const Parameters = [number(attempts + 1), string(error.slice(0, LAST_ERROR_CHARACTERS))];
    if (attempts === 0) Parameters.push(number(atMs));
    Parameters.push(string(id), string(token));
    return { Statement: attempts === 0 ? this.#failFirst : this.#failAgain, Parameters };
  }

  release({ id, token }: Claim): Statement {
    return { Statement: this.#release, Parameters: [string(id), string(token)] };
  }

  #takeover({ payloadDigest, validation }: ClaimRequest, read: Item, attempts: number): string {
    const kinds = RECOGNISED_BY.map((attribute) => comparison(read[attribute])).join('');
    const key = `${kinds}${payloadDigest === undefined}${validation === undefined}${attempts === 0}`;
    const known = this.#takeovers.get(key);
    if (known !== undefined) return known;
    const set: string[] = [ATTRIBUTES.attempts, ...CLAIMED];
    const forgotten: string[] = [ATTRIBUTES.outcome, ATTRIBUTES.data];
    (payloadDigest === undefined ? forgotten : set).push(ATTRIBUTES.payloadDigest);
    (validation === undefined ? forgotten : set).push(ATTRIBUTES.validation);
    if (attempts === 0) forgotten.push(ATTRIBUTES.firstFailureMs, ATTRIBUTES.lastError);
    const text = [
      this.#update,
      `SET ${name('status')}='${STATUS.inProgress}'`,
      ...set.map((attribute) => `SET "${attribute}"=?`),
      ...forgotten.map((attribute) => `REMOVE "${attribute}"`),
      `WHERE ${name('id')}=?`,
      ...RECOGNISED_BY.map((attribute) => `AND "${attribute}"${comparison(read[attribute])}`),
    ].join(' ');
    this.#takeovers.set(key, text);
    return text;
  }
}

/** What every claim sets, in the order of {@link claimed}. */
const CLAIMED = [
  ATTRIBUTES.owner,
  ATTRIBUTES.inProgressExpiration,
  ATTRIBUTES.expiration,
  ATTRIBUTES.partition,
  ATTRIBUTES.offset,
] as const;

function claimed({ token, leaseUntilMs, partition, offset }: ClaimRequest, expiration: AttributeValue) {
  return [string(token), number(leaseUntilMs), expiration, number(partition), number(offset)];
}

function comparison(value: AttributeValue | undefined): '=?' | ' IS NULL' | ' IS MISSING' {
  if (value === undefined) return ' IS MISSING';
  return isComparable(value) ? '=?' : ' IS NULL';
}

/** NULL equals nothing in PartiQL, not even itself. */
function isComparable(value: AttributeValue | undefined): value is AttributeValue {
  return value !== undefined && value.NULL === undefined;
}

const name = (attribute: keyof typeof ATTRIBUTES) => `"${ATTRIBUTES[attribute]}"`;
const string = (value: string): AttributeValue => ({ S: value });
export const number = (value: number): AttributeValue => ({ N: String(value) });
