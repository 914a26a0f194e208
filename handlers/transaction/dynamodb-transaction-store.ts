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
import { markUpdate } from '../ledger/mark-update';
import { parkUpdate } from '../parking/parked-item';
import type { Unknown } from '../store/unknown';
import { type IdentityRules, identityInsert, refusalOfIdentity } from './identity-insert';
import { overtakenBy, type Standing, standingOf } from './ledger-mark';
import { worstOf } from './refusals';
import type {
  IdentityInsert,
  MemberRefusal,
  TransactionAnswer,
  TransactionRequest,
  TransactionStore,
} from './transaction-store';
import { unknownOfDenied } from './write-denied';

export interface DynamoDbTransactionStoreOptions extends IdentityRules {
  readonly client: Pick<DynamoDBClient, 'send'>;
  /** Name of the idempotency table. */
  readonly table: string;
}

/** What an item of the request is about. */
type Part =
  | { readonly kind: 'mark' }
  /** Never refused: see `parkUpdate`. */
  | { readonly kind: 'parked' }
  | { readonly kind: 'identity'; readonly member: number; readonly insert: IdentityInsert }
  | { readonly kind: 'write'; readonly member: number; readonly write: number };

/** One `TransactWriteItems` for each commit; a read where its refusal has to be understood. */
export class DynamoDbTransactionStore implements TransactionStore {
  readonly #options: DynamoDbTransactionStoreOptions;
  readonly #statements: Statements;

  constructor(options: DynamoDbTransactionStoreOptions) {
    this.#options = options;
    this.#statements = new Statements(options);
  }

  async commit(request: TransactionRequest): Promise<TransactionAnswer> {
    try {
      return await this.#commit(request);
    } catch (error) {
      return unknownOf(error, this.#options.table);
    }
  }

  async #commit(request: TransactionRequest): Promise<TransactionAnswer> {
    const { items, parts } = this.#itemsOf(request);
    try {
      await this.#options.client.send(
        new TransactWriteItemsCommand({ TransactItems: items, ClientRequestToken: request.requestToken }),
      );
      return { kind: 'committed' };
    } catch (error) {
      return this.#refused(request, parts, error);
    }
  }

  #itemsOf({ mark, members, atMs }: TransactionRequest): { items: TransactWriteItem[]; parts: Part[] } {
    const { table } = this.#options;
    const items = [markUpdate(mark, table)];
    const parts: Part[] = [{ kind: 'mark' }];
    for (const parked of mark.parked ?? []) {
      items.push(parkUpdate(parked, table));
      parts.push({ kind: 'parked' });
    }
    for (const [member, { identity, writes }] of members.entries()) {
      if (identity !== undefined) {
        items.push(identityInsert(identity, atMs, table, this.#options));
        parts.push({ kind: 'identity', member, insert: identity });
      }
      for (const [write, { item }] of writes.entries()) {
        items.push(item);
        parts.push({ kind: 'write', member, write });
      }
    }
    return { items, parts };
  }

  #refused(
    request: TransactionRequest,
    parts: readonly Part[],
    error: unknown,
  ): TransactionAnswer | Promise<TransactionAnswer> {
    const refused = refusedRequest(error, parts.length);
    if (refused?.kind === 'reasons') return this.#cancelled(request, parts, refused.reasons);
    if (refused?.kind === 'if-free') return this.#orStanding(request, refused.answer);
    return unknownOfDenied(error, this.#options.table) ?? unknownOf(error, this.#options.table);
  }

  async #cancelled(
    request: TransactionRequest,
    parts: readonly Part[],
    reasons: readonly CancellationReason[],
  ): Promise<TransactionAnswer> {
    const [ofMark] = reasons;
    if (ofMark?.Code === CONDITION_FAILED) {
      const standing = await this.#standing(request, ofMark.Item);
      // It stood otherwise a moment ago, so somebody is at it.
      return standing.kind === 'free' ? passing(reasons) : standing;
    }
    if (INVALID.includes(ofMark?.Code)) return this.#memberUnknown(ofMark as CancellationReason);
    const refusals = await this.#refusals(request, parts, reasons);
    if (!Array.isArray(refusals)) return refusals;
    // An earlier copy of this request may have made its own conditions fail (T4).
    if (refusals.every((refusal) => refusal === undefined)) return passing(reasons);
    return this.#orStanding(request, { kind: 'refused', refusals });
  }

  /** What the fence says; and this, where it stands as the request has it. */
  async #orStanding(request: TransactionRequest, answer: TransactionAnswer): Promise<TransactionAnswer> {
    const standing = await this.#standing(request);
    return standing.kind === 'free' ? answer : standing;
  }

  async #refusals(
    { members, atMs }: TransactionRequest,
    parts: readonly Part[],
    reasons: readonly CancellationReason[],
  ): Promise<(MemberRefusal | undefined)[] | Unknown> {
    const found: MemberRefusal[][] = members.map(() => []);
    const identities: { readonly member: number; readonly insert: IdentityInsert; readonly item: Item | undefined }[] =
      [];
    for (const [index, part] of parts.entries()) {
      const { Code, Message, Item } = reasons[index] as CancellationReason;
      if (part.kind === 'parked' && INVALID.includes(Code)) return this.#memberUnknown({ Code, Message });
      if (part.kind === 'identity') {
        if (INVALID.includes(Code)) return this.#memberUnknown({ Code, Message });
        if (Code === CONDITION_FAILED) identities.push({ ...part, item: Item });
      }
      if (part.kind !== 'write') continue;
      const { member, write } = part;
      if (Code === CONDITION_FAILED) found[member]?.push({ kind: 'condition', write });
      if (INVALID.includes(Code)) found[member]?.push({ kind: 'invalid', write, error: memberError(Code, Message) });
    }
    const stored = await this.#identities(identities);
    if (!Array.isArray(stored)) return stored;
    for (const [index, { member, insert }] of identities.entries()) {
      const item = stored[index];
      const refusal = refusalOfIdentity(item && fromItem(item), insert, atMs, this.#options);
      if (refusal) found[member]?.push(refusal);
    }
    return found.map((refusals, member) => worstOf(refusals, members[member]?.writes ?? []));
  }

  /** The items that stand in the way: as the refusal brought them, else read. */
  async #identities(
    refused: readonly { readonly insert: IdentityInsert; readonly item: Item | undefined }[],
  ): Promise<(Item | undefined)[] | Unknown> {
    const missing = refused.filter(({ item }) => item === undefined).map(({ insert }) => insert.id);
    const read = missing.length === 0 ? [] : await this.#statements.read(missing);
    const items = new Map<string, Item | undefined>();
    for (const [index, item] of read.entries()) {
      if (isUnread(item)) return item;
      items.set(missing[index] as string, item);
    }
    return refused.map(({ insert, item }) => item ?? items.get(insert.id));
  }

  /** Where the fence stands, read consistently where nobody has brought the item. */
  async #standing({ mark }: TransactionRequest, brought?: Item): Promise<Standing> {
    const [item] = brought === undefined ? await this.#statements.read([mark.id]) : [brought];
    if (isUnread(item)) return item;
    const standing = standingOf(item, mark);
    if (standing.kind !== 'committed' || item === undefined || mark.parked === undefined) return standing;
    // Known by its state, which may stand without its parked items: another write of ours made it then.
    const parked = await this.#statements.read(mark.parked.map(({ id }) => id));
    return parked.find(isUnread) ?? (parked.includes(undefined) ? overtakenBy(item, mark) : standing);
  }

  #memberUnknown({ Code, Message }: CancellationReason): Unknown {
    return unknownOf(memberError(Code, Message), this.#options.table);
  }
}
