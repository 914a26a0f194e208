import type { AttributeValue, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Item } from '../dynamodb/item';
import { type Statement, type StatementAnswer, Statements } from '../dynamodb/statements';
import { type TransactionOutcome, Transactions } from '../dynamodb/transactions';
import { parkUpdate } from '../parking/parked-item';
import type { Clock } from '../ports';
import { isUnknown, type Unknown } from '../store/unknown';
import { CLOSING_MARK, fromItem, STORED_CLAIM } from './claim-item';
import { ClaimStatements, number } from './claim-statements';
import type {
  Claim,
  ClaimAnswer,
  ClaimRequest,
  ClaimStore,
  Completion,
  Failure,
  LookUp,
  LookUpAnswer,
  Parking,
  Release,
  WriteAnswer,
} from './claim-store';
import { keyTwice } from './distinct';
import {
  type History,
  hasCompleted,
  hasCutOff,
  hasFailed,
  hasParked,
  hasReleased,
  hasRenewed,
  isHeld,
  isSuspected,
  judge,
  judgeLookUp,
  type StoredClaim,
} from './judge';
import { parkClaimUpdate } from './park-update';

export interface DynamoDbClaimStoreOptions {
  readonly client: Pick<DynamoDBClient, 'send'>;
  readonly table: string;
  readonly clock: Clock;
  readonly clockSkewMs: number;
  readonly rememberForSeconds: number;
}

/** A claim that keeps losing against others is asked for again by the caller, after a pause. */
const MAXIMUM_TAKEOVERS = 3;

const WRITTEN: WriteAnswer = { kind: 'written' };
const LOST: WriteAnswer = { kind: 'lost' };
/** A claim that was given up arrived between the write and the read: what was refused would be accepted now. */
const ARRIVED_MEANWHILE: WriteAnswer = {
  kind: 'unknown',
  reason: 'failed',
  error: new Error('The claim itself arrived only after the write on it'),
};

/**
 * Claims as items in Powertools' record layout. A batch of claims is one request for every 25 of them, and a batch of
 * writes too; only for what was refused there is a read of 100 at once. What a request answers for one member is that
 * member's alone.
 */
export class DynamoDbClaimStore implements ClaimStore {
  readonly #options: DynamoDbClaimStoreOptions;
  readonly #statements: Statements;
  readonly #transactions: Transactions;
  readonly #texts: ClaimStatements;

  constructor(options: DynamoDbClaimStoreOptions) {
    this.#options = options;
    this.#statements = new Statements(options);
    this.#transactions = new Transactions(options);
    this.#texts = new ClaimStatements(options.table);
  }

  async lookUp(batch: readonly LookUp[]): Promise<LookUpAnswer[]> {
    const items = await this.#statements.read(
      batch.map(({ id }) => id),
      CLOSING_MARK,
    );
    const nowMs = this.#options.clock.now();
    return batch.map((member, index) => {
      const item = items[index];
      if (item !== undefined && isUnanswered(item)) return item;
      return judgeLookUp(item && fromItem(item), member, nowMs);
    });
  }

  async claim(batch: readonly ClaimRequest[]): Promise<ClaimAnswer[]> {
    const twice = keyTwice(batch.map(({ id }) => id));
    if (twice) return batch.map(() => twice);
    const expirations = new Expirations(this.#options.rememberForSeconds);
    const answers: ClaimAnswer[] = new Array(batch.length);
    let attempts = batch.map((request, index): Attempt => {
      const statement = this.#texts.insert(request, expirations.from(request.leaseUntilMs));
      return { index, request, statement, history: UNKNOWN_BEFORE, takeover: false };
    });
    for (let rounds = 0; ; rounds += 1) {
      const refused = await this.#attempt(attempts, answers);
      if (refused.length === 0) return answers;
      attempts = await this.#nextAttempts(refused, answers, expirations, rounds === MAXIMUM_TAKEOVERS);
    }
  }

  renew(batch: readonly { readonly claim: Claim; readonly leaseUntilMs: number }[]): Promise<WriteAnswer[]> {
    const expirations = new Expirations(this.#options.rememberForSeconds);
    return this.#write(
      batch,
      ({ claim, leaseUntilMs }) => this.#texts.renew(claim, number(leaseUntilMs), expirations.from(leaseUntilMs)),
      (stored, { leaseUntilMs }) => hasRenewed(stored, leaseUntilMs),
    );
  }

  complete(batch: readonly Completion[]): Promise<WriteAnswer[]> {
    const expiration = new Expirations(this.#options.rememberForSeconds).from(this.#options.clock.now());
    return this.#write(batch, (member) => this.#texts.complete(member, expiration), hasCompleted);
  }

  async park(batch: readonly Parking[]): Promise<WriteAnswer[]> {
    const { table, clock, rememberForSeconds } = this.#options;
    const twice = keyTwice(batch.map(({ claim }) => claim.id));
    if (twice) return batch.map(() => twice);
    const expiration = new Expirations(rememberForSeconds).from(clock.now());
    const outcomes = await this.#transactions.run(
      batch.map(({ claim, parked }) => [parkClaimUpdate(claim, table, expiration), parkUpdate(parked, table)]),
    );
    return this.#answers(batch, outcomes, hasParked);
  }

  fail(batch: readonly Failure[]): Promise<WriteAnswer[]> {
    return this.#write(
      batch,
      (failure) => this.#texts.fail(failure),
      (stored, { claim }) => hasFailed(stored, claim.attempts + 1),
    );
  }

  release(batch: readonly Release[]): Promise<WriteAnswer[]> {
    return this.#write(batch, (release) => this.#texts.release(release), hasReleased);
  }

  suspect(batch: readonly { readonly claim: Claim }[]): Promise<WriteAnswer[]> {
    return this.#write(
      batch,
      ({ claim }) => this.#texts.suspect(claim),
      isSuspected,
      (stored, { claim }) => isHeld(stored) && stored.attempts === claim.attempts,
    );
  }

  cutOff(batch: readonly Failure[]): Promise<WriteAnswer[]> {
    return this.#write(
      batch,
      (failure) => this.#texts.cutOff(failure),
      (stored, { claim }) => hasCutOff(stored, claim.attempts + 1),
    );
  }

  /** Fills in what is answered, and gives those that met an item, or no longer met the one they had read. */
  async #attempt(attempts: readonly Attempt[], answers: ClaimAnswer[]): Promise<Attempt[]> {
    const written = await this.#statements.write(attempts.map(({ statement }) => statement));
    return attempts.filter((attempt, place) => {
      const answer = written[place];
      if (answer?.kind === 'refused') return true;
      answers[attempt.index] =
        answer?.kind === 'done'
          ? { kind: 'claimed', claim: claimOf(attempt), takeover: attempt.takeover }
          : (answer as Unknown);
      return false;
    });
  }

  /** Reads what stands in the way, and fills in what that answers. */
  async #nextAttempts(
    refused: readonly Attempt[],
    answers: ClaimAnswer[],
    expirations: Expirations,
    isLast: boolean,
  ): Promise<Attempt[]> {
    const items = await this.#statements.read(
      refused.map(({ request }) => request.id),
      STORED_CLAIM,
    );
    const nowMs = this.#options.clock.now();
    const next: Attempt[] = [];
    refused.forEach(({ index, request }, place) => {
      const item = items[place];
      const attempt = this.#nextAttempt(index, request, item, nowMs, expirations);
      if (!('statement' in attempt)) answers[index] = attempt;
      else if (isLast) answers[index] = { kind: 'busy', leaseUntilMs: nowMs };
      else next.push(attempt);
    });
    return next;
  }

  #nextAttempt(
    index: number,
    request: ClaimRequest,
    item: Item | Unknown | undefined,
    nowMs: number,
    expirations: Expirations,
  ): Attempt | ClaimAnswer {
    const expiration = expirations.from(request.leaseUntilMs);
    if (item === undefined) {
      // Gone since it was met, as TTL does it: the key is free again.
      const statement = this.#texts.insert(request, expiration);
      return { index, request, statement, history: UNKNOWN_BEFORE, takeover: false };
    }
    if (isUnanswered(item)) return item;
    const verdict = judge(fromItem(item), request, nowMs, this.#options.clockSkewMs);
    if (verdict.kind !== 'takeover') return verdict;
    const { kind: _, hasDied: __, ...history } = verdict;
    const statement = this.#texts.takeOver(request, item, verdict, expiration);
    return { index, request, statement, history, takeover: true };
  }

  async #write<Member extends { readonly claim: Claim }>(
    batch: readonly Member[],
    statementOf: (member: Member) => Statement,
    landed: (stored: StoredClaim, member: Member) => boolean,
    accepts?: (stored: StoredClaim, member: Member) => boolean,
  ): Promise<WriteAnswer[]> {
    const twice = keyTwice(batch.map(({ claim }) => claim.id));
    if (twice) return batch.map(() => twice);
    return this.#answers(batch, await this.#statements.write(batch.map(statementOf)), landed, accepts);
  }

  /**
   * Of writes of owners: those that were refused look whether an earlier copy of themselves was the one that landed.
   * @param accepts whether what stands there would take the write
   */
  async #answers<Member extends { readonly claim: Claim }>(
    batch: readonly Member[],
    written: readonly (StatementAnswer | TransactionOutcome)[],
    landed: (stored: StoredClaim, member: Member) => boolean,
    accepts: (stored: StoredClaim, member: Member) => boolean = isHeld,
  ): Promise<WriteAnswer[]> {
    const refused = batch.filter((_, index) => written[index]?.kind === 'refused');
    const read = await this.#statements.read(
      refused.map(({ claim }) => claim.id),
      STORED_CLAIM,
    );
    const items = read.values();
    return written.map((answer, index): WriteAnswer => {
      if (answer.kind === 'done') return WRITTEN;
      if (answer.kind === 'unknown') return answer;
      const member = batch[index] as Member;
      const item = items.next().value;
      if (item === undefined) return LOST;
      if (isUnanswered(item)) return item;
      const stored = fromItem(item);
      if (stored.owner !== member.claim.token) return LOST;
      if (landed(stored, member)) return WRITTEN;
      return accepts(stored, member) ? ARRIVED_MEANWHILE : LOST;
    });
  }
}

/** One try for one member of a batch of claims. */
interface Attempt {
  /** Place in the batch. */
  readonly index: number;
  readonly request: ClaimRequest;
  readonly statement: Statement;
  readonly history: History;
  readonly takeover: boolean;
}

/** Of an identity that nobody has claimed before. */
const UNKNOWN_BEFORE: History = { attempts: 0 };

function claimOf({ request, history }: Attempt): Claim {
  return { ...request, ...history };
}

/** An item has attributes, which are never plain strings. */
function isUnanswered(item: Item | Unknown): item is Unknown {
  return isUnknown(item as { kind: string });
}

/** Counted from the end of a lease: an item that expires counts as absent, and a live claim must not. */
class Expirations {
  readonly #rememberForSeconds: number;
  /** The members of a batch nearly always have the same. */
  #last: { readonly fromMs: number; readonly value: AttributeValue } | undefined;

  constructor(rememberForSeconds: number) {
    this.#rememberForSeconds = rememberForSeconds;
  }

  from(fromMs: number): AttributeValue {
    if (this.#last?.fromMs === fromMs) return this.#last.value;
    const value = number(Math.ceil(fromMs / 1_000) + this.#rememberForSeconds);
    this.#last = { fromMs, value };
    return value;
  }
}
