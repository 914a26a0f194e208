import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Item } from '../dynamodb/item';
import { type StatementAnswer, Statements } from '../dynamodb/statements';
import { type TransactionOutcome, Transactions } from '../dynamodb/transactions';
import { unparkable } from '../parking/parkable';
import type { Parked } from '../parking/parked';
import { parkUpdate } from '../parking/parked-item';
import { isUnknown, type Unknown } from '../store/unknown';
import { judgeLedgerMark, type StoredLedger } from './judge-ledger';
import { fromLedgerItem, isWritten, type MarkAttributes, markAttributes } from './ledger-item';
import { LedgerStatements } from './ledger-statements';
import type { LedgerMark, LedgerMarkAnswer } from './ledger-store';
import { markUpdate } from './mark-update';

export interface DynamoDbLedgerMarksOptions {
  readonly client: Pick<DynamoDBClient, 'send'>;
  /** Name of the idempotency table. */
  readonly table: string;
}

interface Encoded {
  readonly mark: LedgerMark;
  readonly attributes: MarkAttributes;
  /** Empty: the mark goes into a batch of statements. */
  readonly parked: readonly Parked[];
}

type Written = StatementAnswer | TransactionOutcome;

/** A mark that was refused, and what stands in its way. */
interface Judged {
  readonly answer: LedgerMarkAnswer;
  readonly stored?: StoredLedger;
}

const WRITTEN: LedgerMarkAnswer = { kind: 'written' };
const LOST: LedgerMarkAnswer = { kind: 'lost' };

/** Writes marks: those that park nothing in batches of statements, the others in one transaction each (P5). */
export class DynamoDbLedgerMarks {
  readonly #table: string;
  readonly #statements: Statements;
  readonly #transactions: Transactions;
  readonly #texts: LedgerStatements;

  constructor(options: DynamoDbLedgerMarksOptions) {
    this.#table = options.table;
    this.#statements = new Statements(options);
    this.#transactions = new Transactions(options);
    this.#texts = new LedgerStatements(options.table);
  }

  async write(batch: readonly LedgerMark[]): Promise<LedgerMarkAnswer[]> {
    const marks = batch.map((mark): Encoded => ({ mark, attributes: markAttributes(mark), parked: mark.parked ?? [] }));
    const written = await this.#send(marks);
    const refused = marks.filter((_, index) => written[index]?.kind === 'refused');
    const answers = (refused.length === 0 ? [] : await this.#judge(refused)).values();
    return written.map((answer) => {
      if (isUnknown(answer)) return answer;
      return answer.kind === 'done' ? WRITTEN : (answers.next().value as LedgerMarkAnswer);
    });
  }

  async #send(marks: readonly Encoded[]): Promise<Written[]> {
    const unfit = marks.map(({ parked }) => unparkable(parked));
    const alone = marks.filter(({ parked }) => parked.length === 0);
    const together = marks.filter(({ parked }, index) => parked.length > 0 && unfit[index] === undefined);
    const [statements, transactions] = await Promise.all([
      this.#statements.write(alone.map(({ mark, attributes }) => this.#texts.mark(mark, attributes))),
      this.#transactions.run(
        together.map(({ mark, attributes, parked }) => [
          markUpdate(mark, this.#table, attributes),
          ...parked.map((each) => parkUpdate(each, this.#table)),
        ]),
      ),
    ]);
    const [ofStatements, ofTransactions] = [statements.values(), transactions.values()];
    return marks.map(
      ({ parked }, index) =>
        unfit[index] ?? ((parked.length === 0 ? ofStatements : ofTransactions).next().value as Written),
    );
  }

  /** Reads consistently what stands in the way (L3). */
  async #judge(refused: readonly Encoded[]): Promise<LedgerMarkAnswer[]> {
    const items = await this.#statements.read(refused.map(({ mark }) => mark.id));
    const judged = refused.map((encoded, index) => judgedBy(encoded, items[index]));
    const recognised = refused.flatMap(({ parked }, index) => (judged[index]?.answer === WRITTEN ? parked : []));
    if (recognised.length === 0) return judged.map(({ answer }) => answer);
    // A mark is known by its state, which may stand without its parked items: another mark of ours wrote it then.
    const found = (await this.#statements.read(recognised.map(({ id }) => id))).values();
    return judged.map(({ answer, stored }, index): LedgerMarkAnswer => {
      if (answer !== WRITTEN || stored === undefined) return answer;
      const parked = (refused[index]?.parked ?? []).map(() => found.next().value);
      const unread = parked.find((item): item is Unknown => item !== undefined && isUnread(item));
      if (unread) return unread;
      const { seq, state } = stored;
      return parked.includes(undefined) ? { kind: 'overtaken', seq, state } : WRITTEN;
    });
  }
}

function judgedBy({ mark, attributes }: Encoded, item: Item | Unknown | undefined): Judged {
  if (item === undefined) return { answer: LOST };
  if (isUnread(item)) return { answer: item };
  let stored: StoredLedger;
  try {
    stored = fromLedgerItem(mark.id, item);
  } catch {
    // Whoever wrote that has not left us the partition.
    return { answer: LOST };
  }
  const answer = judgeLedgerMark(stored, mark, isWritten(item, attributes));
  return { answer: answer.kind === 'written' ? WRITTEN : answer, stored };
}

/** An item has no `kind` of ours: its attributes are values of DynamoDB. */
function isUnread(item: Item | Unknown): item is Unknown {
  return item.kind === 'unknown';
}
