import type { AttributeValue, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Item } from '../dynamodb/item';
import { type Statement, type StatementAnswer, Statements } from '../dynamodb/statements';
import { ledgerItemRefused } from '../errors';
import type { Clock } from '../ports';
import { isUnknown, type Unknown } from '../store/unknown';
import { CLAIMANTS_KEPT, claimantOf } from './claimant';
import { bounded } from './delivered';
import { DynamoDbLedgerMarks } from './dynamodb-ledger-marks';
import { judgeLedgerClaim, type StoredLedger } from './judge-ledger';
import { appended, fromLedgerItem } from './ledger-item';
import { EMPTY_LEDGER } from './ledger-state';
import { LedgerStatements } from './ledger-statements';
import type { LedgerClaimAnswer, LedgerClaimRequest, LedgerMark, LedgerMarkAnswer, LedgerStore } from './ledger-store';

export interface DynamoDbLedgerStoreOptions {
  readonly client: Pick<DynamoDBClient, 'send'>;
  /** Name of the idempotency table. */
  readonly table: string;
  readonly clock: Clock;
  /** Clocks of two workers may differ by twice as much. Milliseconds. */
  readonly clockSkewMs: number;
}

/** Another worker may be faster as often as this; then the claim is asked again from its beginning. */
const ROUNDS = 3;
/** Each claim makes a list longer and each mark shortens it; so many claims may come without a mark. */
const LONGEST_LIST = 200;

type Asked = { readonly request: LedgerClaimRequest; readonly index: number };

/** {@link LedgerStore} in the idempotency table. */
export class DynamoDbLedgerStore implements LedgerStore {
  readonly #options: DynamoDbLedgerStoreOptions;
  readonly #statements: Statements;
  readonly #texts: LedgerStatements;
  readonly #marks: DynamoDbLedgerMarks;

  constructor(options: DynamoDbLedgerStoreOptions) {
    this.#options = options;
    this.#statements = new Statements(options);
    this.#texts = new LedgerStatements(options.table);
    this.#marks = new DynamoDbLedgerMarks(options);
  }

  async claim(batch: readonly LedgerClaimRequest[]): Promise<LedgerClaimAnswer[]> {
    const { clock, clockSkewMs } = this.#options;
    const freeBeforeMs = clock.now() - 2 * clockSkewMs;
    const claimant = claimants();
    const asked = batch.map((request, index) => ({ request, index }));
    const answers: LedgerClaimAnswer[] = new Array(batch.length);
    let undecided = await this.#take(
      asked,
      batch.map((request) => this.#texts.claim(request, claimant(request), freeBeforeMs)),
      answers,
    );
    for (let round = 0; undecided.length > 0 && round < ROUNDS; round += 1) {
      const [free, statements] = await this.#judge(undecided, claimant, answers);
      undecided = await this.#take(free, statements, answers);
    }
    for (const { index } of undecided) answers[index] = CHANGED_HANDS;
    return answers;
  }

  mark(batch: readonly LedgerMark[]): Promise<LedgerMarkAnswer[]> {
    return this.#marks.write(batch);
  }

  /** Sends statements that take partitions; fills in the answers that are known and gives back the others. */
  async #take(
    asked: readonly Asked[],
    statements: readonly Statement[],
    answers: LedgerClaimAnswer[],
  ): Promise<readonly Asked[]> {
    if (asked.length === 0) return asked;
    const taken = await this.#statements.write(statements);
    const long: Asked[] = [];
    const undecided = asked.filter(({ request, index }, member) => {
      const answer = taken[member] as StatementAnswer;
      if (isUnknown(answer)) {
        answers[index] = answer;
        // The service does not compute with a poisoned item, and says so of the statement.
        return answer.reason === 'refused';
      }
      if (answer.kind === 'refused') return true;
      answers[index] = claimOf(request, answer.item);
      if (answer.item && appended(answer.item) > LONGEST_LIST) long.push({ request, index });
      return false;
    });
    await this.#tidy(long, answers);
    return undecided;
  }

  /** Reads what stands in the way; fills in the answers, and gives a statement for each partition that is free. */
  async #judge(
    asked: readonly Asked[],
    claimant: (request: LedgerClaimRequest) => AttributeValue,
    answers: LedgerClaimAnswer[],
  ): Promise<readonly [readonly Asked[], readonly Statement[]]> {
    const { clock, clockSkewMs } = this.#options;
    const items = await this.#statements.read(asked.map(({ request }) => request.id));
    const free: Asked[] = [];
    const statements: Statement[] = [];
    asked.forEach((member, place) => {
      const { request, index } = member;
      const item = items[place];
      const before = answers[index];
      const take = (statement: Statement) => {
        free.push(member);
        statements.push(statement);
      };
      if (item && isAnswerUnknown(item)) {
        answers[index] ??= item;
        return;
      }
      const stored = item && tryRead(request.id, item, request);
      if (stored instanceof Error) answers[index] = { kind: 'unreadable', error: stored };
      // The statement itself was refused, and not for what the item says: for its size, say, or a permission.
      else if (before) answers[index] = refusalOf(request.id, before);
      else if (stored === undefined) take(this.#texts.insert(request, claimant(request)));
      else {
        const verdict = judgeLedgerClaim(stored, request, clock.now(), clockSkewMs);
        if (verdict.kind === 'takeover') take(this.#texts.takeOver(request, claimant(request), stored));
        else answers[index] = verdict;
      }
    });
    return [free, statements];
  }

  /** Where worker after worker died before its first mark. Refused or not answered, the claim is asked again by token. */
  async #tidy(long: readonly Asked[], answers: LedgerClaimAnswer[]): Promise<void> {
    const tidied = long.flatMap(({ request, index }) => {
      const answer = answers[index];
      return answer?.kind === 'claimed' ? [{ request, index, claim: answer.claim }] : [];
    });
    if (tidied.length === 0) return;
    const written = await this.#statements.write(
      tidied.map(({ request, claim: { state, seq } }) => {
        const { first, last } = request;
        // The array of the claim stays the last, so that it is known as its own.
        const delivered = [...bounded(state.delivered), { first, last }];
        return this.#texts.tidy(request, seq, delivered, state.claimants.slice(-CLAIMANTS_KEPT));
      }),
    );
    tidied.forEach(({ index, claim }, member) => {
      const answer = written[member] as StatementAnswer;
      if (isUnknown(answer)) answers[index] = answer;
      else if (answer.kind === 'refused') answers[index] = CHANGED_HANDS;
      else answers[index] = { kind: 'claimed', claim: { ...claim, seq: claim.seq + 1 } };
    });
  }
}

const CHANGED_HANDS: Unknown = {
  kind: 'unknown',
  reason: 'throttled',
  error: new Error('The partition changed hands while it was claimed'),
};

/** Undefined: the item was inserted just now. */
function claimOf(request: LedgerClaimRequest, item: Item | undefined): LedgerClaimAnswer {
  const { leaseUntilMs } = request;
  if (item === undefined) {
    const state = { ...EMPTY_LEDGER, unclean: 1, claimants: [claimantOf(request.token)] };
    return { kind: 'claimed', claim: { state, seq: 1, leaseUntilMs } };
  }
  const stored = tryRead(request.id, item, request);
  if (stored instanceof Error) return { kind: 'unreadable', error: stored };
  return { kind: 'claimed', claim: { state: stored.state, seq: stored.seq, leaseUntilMs } };
}

/** What one statement alone was refused for is its item's fault, and other partitions go on. */
function refusalOf(id: string, answer: LedgerClaimAnswer): LedgerClaimAnswer {
  if (answer.kind !== 'unknown' || !(answer.error instanceof Error) || answer.error.name !== 'ValidationError') {
    return answer;
  }
  const { error } = answer;
  return { kind: 'unreadable', error: ledgerItemRefused({ id, reason: error.message }, { cause: error }) };
}

function tryRead(id: string, item: Item, own?: LedgerClaimRequest): StoredLedger | Error {
  try {
    return fromLedgerItem(id, item, own);
  } catch (error) {
    return error as Error;
  }
}

/** One invocation claims all of its partitions with one token: hashed once. */
function claimants(): (request: LedgerClaimRequest) => AttributeValue {
  const known = new Map<string, AttributeValue>();
  return ({ token }) => {
    let value = known.get(token);
    if (value === undefined) {
      value = { S: claimantOf(token) };
      known.set(token, value);
    }
    return value;
  };
}

/** An item has no `kind` of ours: its attributes are values of DynamoDB. */
function isAnswerUnknown(item: Item | Unknown): item is Unknown {
  return item.kind === 'unknown';
}
