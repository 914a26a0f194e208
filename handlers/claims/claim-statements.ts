import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { ERROR_CODES } from '../../contract/error-codes';
import { ATTRIBUTES, STATUS } from '../../contract/idempotency-table';
import type { Item } from '../dynamodb/item';
import type { Statement } from '../dynamodb/statements';
import type { Claim, ClaimRequest, Completion, Failure, Release } from './claim-store';
import { RELEASED, type Takeover } from './judge';

/** What a claim that was read is recognised by: between the read and a takeover none of it may change (C3). */
const RECOGNISED_BY = [
  ATTRIBUTES.status,
  ATTRIBUTES.owner,
  ATTRIBUTES.attempts,
  ATTRIBUTES.inProgressExpiration,
  ATTRIBUTES.expiration,
  ATTRIBUTES.suspect,
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
  readonly #complete: Text;
  readonly #completeWithData: Text;
  readonly #failFirst: Text;
  readonly #failAgain: Text;
  readonly #release: string;
  readonly #releaseSuspect: string;
  readonly #releaseEnded: string;
  readonly #releaseSingle: string;
  readonly #suspect: string;
  readonly #cutOffFirst: string;
  readonly #cutOffAgain: string;
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
    const counted = `SET ${name('attempts')}=? SET ${name('lastError')}=?`;
    const first = ` SET ${name('firstFailureMs')}=?`;
    const failed = `${this.#update} ${released} ${counted}`;
    const cutOff = `${this.#update} ${counted}`;
    const noSuspect = ` REMOVE ${name('suspect')}`;
    const noUnclean = `${noSuspect} REMOVE ${name('unclean')}`;
    const ending = (change: string): Text => ({
      plain: `${change} ${owned}`,
      afterUnclean: `${change}${noUnclean} ${owned}`,
    });
    this.#renew = `${this.#update} SET ${name('inProgressExpiration')}=? ${expiration} ${owned} AND ${name('inProgressExpiration')}<?`;
    const completed = `${this.#update} SET ${name('status')}='${STATUS.completed}' SET ${name('outcome')}='done' ${expiration}`;
    this.#complete = ending(`${completed} REMOVE ${name('inProgressExpiration')}`);
    this.#completeWithData = ending(`${completed} SET ${name('data')}=? REMOVE ${name('inProgressExpiration')}`);
    this.#failFirst = ending(`${failed}${first}`);
    this.#failAgain = ending(failed);
    this.#release = `${this.#update} ${released} ${owned}`;
    this.#releaseSuspect = `${this.#update} ${released}${noSuspect} ${owned}`;
    this.#releaseEnded = `${this.#update} ${released}${noUnclean} ${owned}`;
    this.#releaseSingle = `${this.#update} ${released} SET ${name('lastError')}='${ERROR_CODES.batchFailed}' ${owned}`;
    // A late copy must not come after a cut by the same owner that has counted the attempt already.
    this.#suspect = `${this.#update} SET ${name('suspect')}=? ${owned} AND ${name('attempts')}=?`;
    this.#cutOffFirst = `${cutOff}${first}${noSuspect} ${owned}`;
    this.#cutOffAgain = `${cutOff}${noSuspect} ${owned}`;
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
  takeOver(request: ClaimRequest, read: Item, takeover: Takeover, expiration: AttributeValue): Statement {
    const { attempts, unclean, firstFailureMs } = takeover;
    const Parameters = [number(attempts), ...claimed(request, expiration)];
    if (request.payloadDigest !== undefined) Parameters.push(string(request.payloadDigest));
    if (request.validation !== undefined) Parameters.push(string(request.validation));
    if (unclean !== undefined) Parameters.push(number(unclean));
    if (isFirstDeath(takeover)) Parameters.push(number(firstFailureMs ?? 0));
    Parameters.push(string(request.id));
    for (const attribute of RECOGNISED_BY) {
      const value = read[attribute];
      if (isComparable(value)) Parameters.push(value);
    }
    return { Statement: this.#takeover(request, read, takeover), Parameters };
  }

  renew({ id, token }: Claim, lease: AttributeValue, expiration: AttributeValue): Statement {
    return { Statement: this.#renew, Parameters: [lease, expiration, string(id), string(token), lease] };
  }

  complete({ claim, data }: Completion, expiration: AttributeValue): Statement {
    const { id, token } = claim;
    if (data === undefined) {
      return { Statement: textFor(claim, this.#complete), Parameters: [expiration, string(id), string(token)] };
    }
    const Statement = textFor(claim, this.#completeWithData);
    return { Statement, Parameters: [expiration, data, string(id), string(token)] };
  }

  fail(failure: Failure): Statement {
    const text = failure.claim.attempts === 0 ? this.#failFirst : this.#failAgain;
    return { Statement: textFor(failure.claim, text), Parameters: counting(failure) };
  }

  cutOff(failure: Failure): Statement {
    const Statement = failure.claim.attempts === 0 ? this.#cutOffFirst : this.#cutOffAgain;
    return { Statement, Parameters: counting(failure) };
  }

  suspect({ id, token, offset, attempts }: Claim): Statement {
    return { Statement: this.#suspect, Parameters: [number(offset), string(id), string(token), number(attempts)] };
  }

  release({ claim, hasRun, isSingle }: Release): Statement {
    const Parameters = [string(claim.id), string(claim.token)];
    if (isSingle) return { Statement: this.#releaseSingle, Parameters };
    if (claim.unclean === undefined) return { Statement: this.#release, Parameters };
    return { Statement: hasRun ? this.#releaseEnded : this.#releaseSuspect, Parameters };
  }

  #takeover({ payloadDigest, validation }: ClaimRequest, read: Item, takeover: Takeover): string {
    const { attempts, unclean, hasDied = false } = takeover;
    const kinds = RECOGNISED_BY.map((attribute) => comparison(read[attribute])).join('');
    const isFirst = isFirstDeath(takeover);
    const flags = [payloadDigest === undefined, validation === undefined, attempts === 0, unclean, hasDied, isFirst];
    const key = `${kinds}${flags.map((flag) => (flag === undefined || flag === false ? 0 : 1)).join('')}`;
    const known = this.#takeovers.get(key);
    if (known !== undefined) return known;
    const set: string[] = [ATTRIBUTES.attempts, ...CLAIMED];
    const forgotten: string[] = [ATTRIBUTES.outcome, ATTRIBUTES.data, ATTRIBUTES.suspect];
    (payloadDigest === undefined ? forgotten : set).push(ATTRIBUTES.payloadDigest);
    (validation === undefined ? forgotten : set).push(ATTRIBUTES.validation);
    (unclean === undefined ? forgotten : set).push(ATTRIBUTES.unclean);
    if (isFirst) set.push(ATTRIBUTES.firstFailureMs);
    if (attempts === 0) forgotten.push(ATTRIBUTES.firstFailureMs, ATTRIBUTES.lastError);
    const text = [
      this.#update,
      `SET ${name('status')}='${STATUS.inProgress}'`,
      ...(hasDied ? [`SET ${name('lastError')}='${ERROR_CODES.processDied}'`] : []),
      ...set.map((attribute) => `SET "${attribute}"=?`),
      ...forgotten.map((attribute) => `REMOVE "${attribute}"`),
      `WHERE ${name('id')}=?`,
      ...RECOGNISED_BY.map((attribute) => `AND "${attribute}"${comparison(read[attribute])}`),
    ].join(' ');
    this.#takeovers.set(key, text);
    return text;
  }
}

/** Of a write that ends what a claim was taken for. */
interface Text {
  readonly plain: string;
  /** Forgets earlier unclean ends too. Nearly no claim has any, and what a text does not say costs nothing. */
  readonly afterUnclean: string;
}

function textFor({ unclean }: Claim, { plain, afterUnclean }: Text): string {
  return unclean === undefined ? plain : afterUnclean;
}

/** The moment of the first failure stays: an item with attempts has one already. */
function counting({ claim: { id, token, attempts }, error, atMs }: Failure): AttributeValue[] {
  const counted = [number(attempts + 1), string(error.slice(0, LAST_ERROR_CHARACTERS))];
  if (attempts === 0) counted.push(number(atMs));
  return [...counted, string(id), string(token)];
}

function isFirstDeath({ hasDied = false, attempts }: Takeover): boolean {
  return hasDied && attempts === 1;
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
