import {
  type CancellationReason,
  type DynamoDBClient,
  type TransactWriteItem,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { fromItem } from '../claims/claim-item';
import { CONDITION_FAILED, INVALID, isUnread, passing } from '../dynamodb/cancellation';
import type { Item } from '../dynamodb/item';
import { refusedRequest } from '../dynamodb/refused-request';
import { Statements } from '../dynamodb/statements';
import { memberError, unknownOf } from '../dynamodb/unknown-of';
import { fromParkedItem, parkedDoneUpdate } from '../parking/parked-item';
import type { Unknown } from '../store/unknown';
import { type IdentityRules, identityInsert, refusalOfIdentity } from './identity-insert';
import { type RedriveStanding, redriveStandingOf } from './redrive-standing';
import type { RedriveCommitAnswer, RedriveCommitRequest, RedriveStore } from './redrive-store';
import { worstOf } from './refusals';
import type { MemberRefusal } from './transaction-store';
import { unknownOfDenied } from './write-denied';

export interface DynamoDbRedriveStoreOptions extends IdentityRules {
  readonly client: Pick<DynamoDBClient, 'send'>;
  /** Name of the idempotency table. */
  readonly table: string;
}

/** One `TransactWriteItems` for each record; a read where its refusal has to be understood. */
export class DynamoDbRedriveStore implements RedriveStore {
  readonly #options: DynamoDbRedriveStoreOptions;
  readonly #statements: Statements;

  constructor(options: DynamoDbRedriveStoreOptions) {
    this.#options = options;
    this.#statements = new Statements(options);
  }

  async commit(request: RedriveCommitRequest): Promise<RedriveCommitAnswer> {
    try {
      const TransactItems = this.#itemsOf(request);
      const { requestToken: ClientRequestToken } = request;
      return await this.#options.client
        .send(new TransactWriteItemsCommand({ TransactItems, ClientRequestToken }))
        .then((): RedriveCommitAnswer => ({ kind: 'committed' }))
        .catch((error: unknown) => this.#refused(request, TransactItems.length, error));
    } catch (error) {
      return unknownOf(error, this.#options.table);
    }
  }

  /** The parked item first, then the identity where there is one, then the writes. */
  #itemsOf({ claim, identity, writes, atMs }: RedriveCommitRequest): TransactWriteItem[] {
    const { table, rememberForSeconds } = this.#options;
    return [
      parkedDoneUpdate(claim, Math.ceil(atMs / 1_000) + rememberForSeconds, table),
      ...(identity === undefined ? [] : [identityInsert(identity, atMs, table, this.#options, 'redrive')]),
      ...writes.map(({ item }) => item),
    ];
  }

  #refused(
    request: RedriveCommitRequest,
    items: number,
    error: unknown,
  ): RedriveCommitAnswer | Promise<RedriveCommitAnswer> {
    const refused = refusedRequest(error, items);
    if (refused?.kind === 'reasons') return this.#cancelled(request, refused.reasons);
    if (refused?.kind === 'if-free') return this.#orStanding(request, refused.answer);
    return unknownOfDenied(error, this.#options.table) ?? unknownOf(error, this.#options.table);
  }

  async #cancelled(
    request: RedriveCommitRequest,
    reasons: readonly CancellationReason[],
  ): Promise<RedriveCommitAnswer> {
    const [ofParked, ...others] = reasons as [CancellationReason, ...CancellationReason[]];
    const ofIdentity = request.identity === undefined ? undefined : others[0];
    const ofWrites = request.identity === undefined ? others : others.slice(1);
    for (const own of [ofParked, ofIdentity]) if (own && INVALID.includes(own.Code)) return this.#unknownOf(own);
    if (ofParked.Code === CONDITION_FAILED) {
      const standing = await this.#standing(request, ofParked.Item);
      // It stood otherwise a moment ago, so somebody is at it.
      return standing.kind === 'free' ? passing(reasons) : standing;
    }
    const refusals = await this.#refusals(request, ofIdentity, ofWrites);
    if (!Array.isArray(refusals)) return refusals;
    const refusal = worstOf(refusals, request.writes);
    // An earlier copy of this request may have made its own conditions fail (T4).
    return refusal ? this.#orStanding(request, { kind: 'refused', refusals: [refusal] }) : passing(reasons);
  }

  async #refusals(
    { identity, atMs }: RedriveCommitRequest,
    ofIdentity: CancellationReason | undefined,
    ofWrites: readonly CancellationReason[],
  ): Promise<MemberRefusal[] | Unknown> {
    const refusals: MemberRefusal[] = [];
    for (const [write, { Code, Message }] of ofWrites.entries()) {
      if (Code === CONDITION_FAILED) refusals.push({ kind: 'condition', write });
      if (INVALID.includes(Code)) refusals.push({ kind: 'invalid', write, error: memberError(Code, Message) });
    }
    if (identity === undefined || ofIdentity?.Code !== CONDITION_FAILED) return refusals;
    const item = ofIdentity.Item ?? (await this.#statements.read([identity.id]))[0];
    if (isUnread(item)) return item;
    const refusal = refusalOfIdentity(item && fromItem(item), identity, atMs, this.#options, 'redrive');
    return refusal ? [...refusals, refusal] : refusals;
  }

  /** What the fence says; and this, where it stands as the request has it. */
  async #orStanding(request: RedriveCommitRequest, answer: RedriveCommitAnswer): Promise<RedriveCommitAnswer> {
    const standing = await this.#standing(request);
    return standing.kind === 'free' ? answer : standing;
  }

  /** Where the fence stands, read consistently where nobody has brought the item. */
  async #standing(request: RedriveCommitRequest, brought?: Item): Promise<RedriveStanding | Unknown> {
    const { id } = request.claim.parked;
    const [item] = brought === undefined ? await this.#statements.read([id]) : [brought];
    if (isUnread(item)) return item;
    try {
      return redriveStandingOf(item && fromParkedItem(id, item), request);
    } catch (error) {
      return { kind: 'unknown', reason: 'refused', error };
    }
  }

  #unknownOf({ Code, Message }: CancellationReason): Unknown {
    return unknownOf(memberError(Code, Message), this.#options.table);
  }
}
