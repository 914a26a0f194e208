import { isDeepStrictEqual } from 'node:util';
import { fromItem } from '../claims/claim-item';
import type { StoredClaim } from '../claims/judge';
import { judgeInMemory, type MemoryLedgers, stateOf, writeInMemory } from '../ledger/memory-ledger-store';
import type { Clock } from '../ports';
import { doneItem, type IdentityRules, refusalOfIdentity } from './identity-insert';
import type { Standing } from './ledger-mark';
import type { PreparedWrite } from './prepared-write';
import { worstOf } from './refusals';
import {
  MAXIMUM_TRANSACTION_ITEMS,
  type MemberRefusal,
  type TransactionAnswer,
  type TransactionRequest,
  type TransactionStore,
} from './transaction-store';

/** Why one of the user's writes is not carried out. */
export type WriteRefusal = { readonly kind: 'condition' } | { readonly kind: 'invalid'; readonly error: unknown };

/**
 * Carries out the user's writes of one transaction: all of them where nothing speaks against one of them, else none.
 * Answers for each write, in their order; `invalid` alone: as a whole they are no transaction.
 */
export type Apply = (
  writes: readonly PreparedWrite[],
) => readonly (WriteRefusal | undefined)[] | { readonly kind: 'invalid'; readonly error: unknown };

export interface MemoryTransactionStoreOptions extends IdentityRules {
  readonly clock: Clock;
  /** The items of a MemoryLedgerStore and of a MemoryClaimStore: both see what a transaction has marked. */
  readonly ledger: MemoryLedgers;
  readonly claims: { readonly items: Map<string, StoredClaim> };
  /** @default takes every write */
  readonly apply?: Apply;
}

/** Source: API Reference, TransactWriteItems, ClientRequestToken. */
export const REQUEST_TOKEN_MS = 10 * 60_000;

/** The laws of {@link TransactionStore} in this process's memory: for unit tests. */
export class MemoryTransactionStore implements TransactionStore {
  /** What was committed, in its order. */
  readonly written: PreparedWrite[] = [];
  readonly #options: MemoryTransactionStoreOptions;
  readonly #tokens = new Map<string, { readonly request: TransactionRequest; readonly untilMs: number }>();

  constructor(options: MemoryTransactionStoreOptions) {
    this.#options = options;
  }

  /** Nothing in it waits, so nobody sees a part of a transaction. */
  async commit(request: TransactionRequest): Promise<TransactionAnswer> {
    const { ledger, claims, clock, apply } = this.#options;
    const { mark, members, requestToken, atMs } = request;
    const standing = this.#standing(request);
    const known = this.#tokens.get(requestToken);
    if (known && clock.now() < known.untilMs) {
      if (isDeepStrictEqual(known.request, request)) return { kind: 'committed' };
      const error = new Error(`The request token ${requestToken} has stood for another content`);
      return standing.kind === 'free' ? { kind: 'unknown', reason: 'failed', error } : standing;
    }
    if (standing.kind !== 'free') return standing;
    const invalid = invalidity(request);
    if (invalid) return { kind: 'invalid', error: invalid };

    const identities = members.map(({ identity }) => {
      return identity && refusalOfIdentity(claims.items.get(identity.id), identity, atMs, this.#options);
    });
    if (identities.some((refusal) => refusal !== undefined)) return { kind: 'refused', refusals: identities };
    const writes = members.flatMap((member) => member.writes);
    const applied = apply?.(writes) ?? [];
    if ('kind' in applied) return applied;
    if (applied.some((refusal) => refusal !== undefined))
      return { kind: 'refused', refusals: byMember(request, applied) };

    this.written.push(...writes);
    for (const { identity } of members) {
      if (identity) claims.items.set(identity.id, fromItem(doneItem(identity, atMs, this.#options)));
    }
    writeInMemory(ledger, mark);
    this.#tokens.set(requestToken, { request, untilMs: clock.now() + REQUEST_TOKEN_MS });
    return { kind: 'committed' };
  }

  #standing({ mark }: TransactionRequest): Standing {
    const { ledger } = this.#options;
    const stored = ledger.items.get(mark.id);
    const answer = judgeInMemory(ledger, mark);
    if (answer === 'writable') return { kind: 'free' };
    if (answer.kind === 'written') return { kind: 'committed' };
    if (answer.kind !== 'overtaken' || stored === undefined) return { kind: 'lost' };
    return { kind: 'overtaken', seq: stored.seq, state: stateOf(stored) };
  }
}

/** Of what the service refuses as a whole, what can be told without its tables. */
function invalidity({ mark, members }: TransactionRequest): Error | undefined {
  const parked = (mark.parked ?? []).map(({ id }) => id);
  const ids = members.flatMap(({ identity }) => identity?.id ?? []);
  const items = 1 + parked.length + ids.length + members.reduce((sum, { writes }) => sum + writes.length, 0);
  if (items > MAXIMUM_TRANSACTION_ITEMS) {
    return new Error(`Member must have length less than or equal to ${MAXIMUM_TRANSACTION_ITEMS}`);
  }
  if (new Set(ids).size === ids.length && new Set(parked).size === parked.length) return undefined;
  return new Error('Transaction request cannot include multiple operations on one item');
}

function byMember(
  { members }: TransactionRequest,
  applied: readonly (WriteRefusal | undefined)[],
): (MemberRefusal | undefined)[] {
  let next = 0;
  return members.map(({ writes }) => {
    const refusals = writes.flatMap((_, write): MemberRefusal[] => {
      const refusal = applied[next + write];
      return refusal ? [{ ...refusal, write }] : [];
    });
    next += writes.length;
    return worstOf(refusals, writes);
  });
}
