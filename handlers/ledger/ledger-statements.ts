import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { LEDGER_ATTRIBUTES as A } from '../../contract/idempotency-table';
import type { Statement } from '../dynamodb/statements';
import type { StoredLedger } from './judge-ledger';
import { type MarkAttributes, markAttributes, rangesValue } from './ledger-item';
import type { OffsetRun } from './ledger-state';
import type { LedgerClaimRequest, LedgerMark } from './ledger-store';

const OWNED = `WHERE "${A.id}"=? AND "${A.owner}"=? AND "${A.seq}"=?`;

/**
 * The PartiQL statements of the ledger, their text made once. None of them is an upsert, and each is conditional on
 * something that it changes itself, so that a late copy of it is refused. A clause for each attribute is the documented
 * form. Source: DynamoDB Developer Guide, "PartiQL update statements for DynamoDB".
 */
export class LedgerStatements {
  readonly #claim: string;
  readonly #takeOver: string;
  readonly #insert: string;
  readonly #tidy: string;
  readonly #table: string;
  readonly #marks = new Map<string, string>();

  constructor(table: string) {
    this.#table = `"${table}"`;
    const claim =
      `UPDATE ${this.#table} SET "${A.owner}"=? SET "${A.leaseUntilMs}"=? SET "${A.seq}"="${A.seq}"+1` +
      ` SET "${A.unclean}"="${A.unclean}"+1 SET "${A.delivered}"=list_append("${A.delivered}",?)` +
      ` SET "${A.claimants}"=list_append("${A.claimants}",?) WHERE "${A.id}"=?`;
    this.#claim = `${claim} AND "${A.leaseUntilMs}"<? AND "${A.owner}"<>? AND NOT contains("${A.claimants}",?) RETURNING ALL NEW *`;
    this.#takeOver = `${claim} AND "${A.owner}"=? AND "${A.seq}"=? RETURNING ALL NEW *`;
    this.#insert =
      `INSERT INTO ${this.#table} VALUE {'${A.id}':?,'${A.owner}':?,'${A.leaseUntilMs}':?,'${A.delivered}':?,` +
      `'${A.claimants}':?,'${A.seq}':1,'${A.unclean}':1}`;
    this.#tidy = `UPDATE ${this.#table} SET "${A.delivered}"=? SET "${A.claimants}"=? SET "${A.seq}"=? ${OWNED}`;
  }

  /** Takes what has run out before `freeBeforeMs`, or was given back, unless a claim with this token was there before. */
  claim(request: LedgerClaimRequest, claimant: AttributeValue, freeBeforeMs: number): Statement {
    return {
      Statement: this.#claim,
      Parameters: [
        ...claimed(request, claimant),
        { S: request.id },
        { N: String(freeBeforeMs) },
        { S: request.token },
        claimant,
      ],
    };
  }

  /** Takes exactly what was read, whatever has come to it. */
  takeOver(request: LedgerClaimRequest, claimant: AttributeValue, { owner, seq }: StoredLedger): Statement {
    return {
      Statement: this.#takeOver,
      Parameters: [...claimed(request, claimant), { S: request.id }, { S: owner }, { N: String(seq) }],
    };
  }

  insert(request: LedgerClaimRequest, claimant: AttributeValue): Statement {
    return { Statement: this.#insert, Parameters: [{ S: request.id }, ...claimed(request, claimant)] };
  }

  /** Shortens the lists that claims have made long, as the owner. */
  tidy({ id, token }: LedgerClaimRequest, seq: number, delivered: readonly OffsetRun[], claimants: readonly string[]) {
    const lists = [rangesValue(delivered), { L: claimants.map((claimant) => ({ S: claimant })) }];
    const Parameters = [...lists, { N: String(seq + 1) }, { S: id }, { S: token }, { N: String(seq) }];
    return { Statement: this.#tidy, Parameters };
  }

  mark(mark: LedgerMark, attributes: MarkAttributes = markAttributes(mark)): Statement {
    const { sets, removes } = attributes;
    const { id, token, seq } = mark;
    return {
      Statement: this.#markText(sets, removes),
      Parameters: [...Object.values(sets), { S: id }, { S: token }, { N: String(seq) }],
    };
  }

  #markText(sets: MarkAttributes['sets'], removes: readonly string[]): string {
    const names = Object.keys(sets);
    const key = `${names.length} ${removes.length}`;
    let text = this.#marks.get(key);
    if (text === undefined) {
      const clauses = [...names.map((name) => `SET "${name}"=?`), ...removes.map((name) => `REMOVE "${name}"`)];
      text = `UPDATE ${this.#table} ${clauses.join(' ')} ${OWNED}`;
      this.#marks.set(key, text);
    }
    return text;
  }
}

function claimed({ token, leaseUntilMs, first, last }: LedgerClaimRequest, claimant: AttributeValue): AttributeValue[] {
  return [{ S: token }, { N: String(leaseUntilMs) }, rangesValue([{ first, last }]), { L: [claimant] }];
}
