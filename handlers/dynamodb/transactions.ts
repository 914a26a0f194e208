import {
  type CancellationReason,
  type DynamoDBClient,
  type TransactionCanceledException,
  type TransactWriteItem,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import type { Unknown } from '../store/unknown';
import { Gate } from './gate';
import type { Item } from './item';
import { memberError, unknownOf } from './unknown-of';

/** The condition of one item did not hold. */
export interface Refusal {
  /** What stood there, where it was asked for and the service brings it. */
  readonly item: Item | undefined;
}

export type TransactionOutcome =
  | { readonly kind: 'done' }
  /** Nothing of it stands. At the place of each item: why it was refused, if it was. */
  | { readonly kind: 'refused'; readonly refusals: readonly (Refusal | undefined)[] }
  | Unknown;

export interface TransactionsOptions {
  readonly client: Pick<DynamoDBClient, 'send'>;
  readonly table: string;
}

/** A transaction is two writes for each item, and rare: it leaves most of the client's sockets to the statements. */
const IN_FLIGHT = 20;

const DONE: TransactionOutcome = { kind: 'done' };
const CONDITION_FAILED = 'ConditionalCheckFailed';

/**
 * Transactions of our own items, side by side. Nothing rejects.
 *
 * None of them has a request token of ours, so the SDK gives each one its own: a token is known for 10 minutes only (T5),
 * and the owner that each of these transactions is conditional on tells a copy that has landed for as long as its item
 * stands. So a copy that is sent again is refused, and recognised by what was written, in one way and not in two.
 */
export class Transactions {
  readonly #options: TransactionsOptions;
  readonly #gate = new Gate(IN_FLIGHT);

  constructor(options: TransactionsOptions) {
    this.#options = options;
  }

  /** Answers in the order of the transactions; each stands or falls alone. */
  run(transactions: readonly (readonly TransactWriteItem[])[]): Promise<TransactionOutcome[]> {
    return Promise.all(transactions.map((items) => this.#gate.run(() => this.#commit(items))));
  }

  async #commit(items: readonly TransactWriteItem[]): Promise<TransactionOutcome> {
    try {
      await this.#options.client.send(new TransactWriteItemsCommand({ TransactItems: [...items] }));
      return DONE;
    } catch (error) {
      const reasons = reasonsOf(error);
      // Without a reason for each item nobody can say which of them is meant.
      if (reasons.length !== items.length) return unknownOf(error, this.#options.table);
      return this.#cancelled(reasons);
    }
  }

  #cancelled(reasons: readonly CancellationReason[]): TransactionOutcome {
    if (reasons.some(({ Code }) => Code === CONDITION_FAILED)) {
      return {
        kind: 'refused',
        refusals: reasons.map(({ Code, Item }) => (Code === CONDITION_FAILED ? { item: Item } : undefined)),
      };
    }
    const reason = reasons.find(({ Code }) => Code !== undefined && Code !== 'None');
    return unknownOf(memberError(reason?.Code, reason?.Message), this.#options.table);
  }
}

function reasonsOf(error: unknown): readonly CancellationReason[] {
  if (!(error instanceof Error) || error.name !== 'TransactionCanceledException') return [];
  return (error as TransactionCanceledException).CancellationReasons ?? [];
}
