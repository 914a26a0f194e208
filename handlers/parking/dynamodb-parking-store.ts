import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { WriteAnswer } from '../claims/claim-store';
import { keyTwice } from '../claims/distinct';
import type { Item } from '../dynamodb/item';
import { type Statement, type StatementAnswer, Statements } from '../dynamodb/statements';
import { type TransactionOutcome, Transactions } from '../dynamodb/transactions';
import type { Clock } from '../ports';
import { isUnknown, type Unknown } from '../store/unknown';
import {
  claimedOf,
  hasCompleted,
  hasRenewed,
  hasReturned,
  isHeld,
  judgeRedrive,
  parkedAnswerOf,
  type StoredParked,
} from './judge-parked';
import type { Parked } from './parked';
import { fromParkedItem } from './parked-item';
import { ParkedStatements } from './parked-statements';
import type {
  ParkedAnswer,
  ParkingStore,
  RedriveClaim,
  RedriveClaimAnswer,
  RedriveCompletion,
  RedriveRequest,
} from './parking-store';

export interface DynamoDbParkingStoreOptions {
  readonly client: Pick<DynamoDBClient, 'send'>;
  /** Name of the idempotency table. */
  readonly table: string;
  readonly clock: Clock;
  /** Clocks of two workers may differ by twice as much. Milliseconds. */
  readonly clockSkewMs: number;
  readonly rememberForSeconds: number;
}

/** A claim that keeps losing against others is asked for again by the caller, after a pause. */
const ROUNDS = 3;

const WRITTEN: WriteAnswer = { kind: 'written' };
const LOST: WriteAnswer = { kind: 'lost' };
/** A claim that was given up arrived between the write and the read: what was refused would be accepted now. */
const ARRIVED_MEANWHILE: WriteAnswer = {
  kind: 'unknown',
  reason: 'failed',
  error: new Error('The claim of the redrive arrived only after the write on it'),
};

type Asked = { readonly request: RedriveRequest; readonly index: number };
type Attempt = Asked & { readonly statement: Statement; readonly stored: StoredParked; readonly takeover: boolean };
type Written = StatementAnswer | TransactionOutcome;
type Owned = { readonly claim: RedriveClaim };

/** {@link ParkingStore} in the idempotency table. */
export class DynamoDbParkingStore implements ParkingStore {
  readonly #options: DynamoDbParkingStoreOptions;
  readonly #statements: Statements;
  readonly #transactions: Transactions;
  readonly #texts: ParkedStatements;

  constructor(options: DynamoDbParkingStoreOptions) {
    this.#options = options;
    this.#statements = new Statements(options);
    this.#transactions = new Transactions(options);
    this.#texts = new ParkedStatements(options.table);
  }

  async lookUp(ids: readonly string[]): Promise<ParkedAnswer[]> {
    const read = await this.#read(ids);
    return ids.map((id, index) => {
      const stored = read[index];
      return isUnread(stored) ? stored : parkedAnswerOf(id, stored);
    });
  }

  async park(batch: readonly Parked[]): Promise<WriteAnswer[]> {
    const twice = keyTwice(batch.map(({ id }) => id));
    if (twice) return batch.map(() => twice);
    const written = await this.#statements.write(batch.map((parked) => this.#texts.park(parked)));
    // Refused is an INSERT only where the item exists.
    return written.map((answer) => (answer.kind === 'unknown' ? answer : WRITTEN));
  }

  async claim(batch: readonly RedriveRequest[]): Promise<RedriveClaimAnswer[]> {
    const twice = keyTwice(batch.map(({ id }) => id));
    if (twice) return batch.map(() => twice);
    const answers: RedriveClaimAnswer[] = new Array(batch.length);
    let undecided: readonly Asked[] = batch.map((request, index) => ({ request, index }));
    for (let round = 0; undecided.length > 0 && round < ROUNDS; round += 1) {
      undecided = await this.#take(await this.#judge(undecided, answers), answers);
    }
    const leaseUntilMs = this.#options.clock.now();
    for (const { index } of undecided) answers[index] = { kind: 'busy', leaseUntilMs };
    return answers;
  }

  renew(batch: readonly (Owned & { readonly leaseUntilMs: number })[]): Promise<WriteAnswer[]> {
    return this.#write(
      batch,
      ({ claim, leaseUntilMs }) => this.#texts.renew(claim, leaseUntilMs),
      (stored, { leaseUntilMs }) => hasRenewed(stored, leaseUntilMs),
    );
  }

  async complete(batch: readonly RedriveCompletion[]): Promise<WriteAnswer[]> {
    const twice = keyTwice(batch.map(({ claim }) => claim.parked.id));
    if (twice) return batch.map(() => twice);
    const expiration = Math.ceil(this.#options.clock.now() / 1_000) + this.#options.rememberForSeconds;
    const committed = await this.#completeWithIdentities(batch, expiration);
    const alone = batch.filter((_, index) => committed[index] === undefined);
    const statements = alone.map(({ claim }) => this.#texts.complete(claim, expiration));
    const written = (await this.#statements.write(statements)).values();
    const answers = committed.map((outcome) => outcome ?? (written.next().value as StatementAnswer));
    return this.#answers(batch, answers, hasCompleted);
  }

  fail(batch: readonly (Owned & { readonly atMs: number })[]): Promise<WriteAnswer[]> {
    return this.#write(
      batch,
      ({ claim, atMs }) => this.#texts.fail(claim, atMs),
      (stored, { claim }) => hasReturned(stored, claim.parked.attempts + 1),
    );
  }

  release(batch: readonly Owned[]): Promise<WriteAnswer[]> {
    return this.#write(
      batch,
      ({ claim }) => this.#texts.release(claim),
      (stored, { claim }) => hasReturned(stored, claim.parked.attempts),
    );
  }

  /** Reads what stands there; fills in the answers, and gives a statement for each item that is free. */
  async #judge(asked: readonly Asked[], answers: RedriveClaimAnswer[]): Promise<Attempt[]> {
    const read = await this.#read(asked.map(({ request }) => request.id));
    const nowMs = this.#options.clock.now();
    return asked.flatMap((member, place): Attempt[] => {
      const { request, index } = member;
      const stored = read[place];
      if (isUnread(stored)) {
        answers[index] = stored;
        return [];
      }
      const verdict = judgeRedrive(stored, request, nowMs, this.#options.clockSkewMs);
      if (verdict.kind !== 'free' || stored === undefined) {
        answers[index] = verdict as RedriveClaimAnswer;
        return [];
      }
      const { takeover } = verdict;
      return [{ ...member, stored, takeover, statement: this.#texts.claim(request, stored, takeover) }];
    });
  }

  /** Fills in what is answered, and gives those that no longer met what they had read. */
  async #take(attempts: readonly Attempt[], answers: RedriveClaimAnswer[]): Promise<Asked[]> {
    const written = await this.#statements.write(attempts.map(({ statement }) => statement));
    return attempts.filter(({ request, index, stored, takeover }, place) => {
      const answer = written[place] as StatementAnswer;
      if (answer.kind === 'refused') return true;
      const { id, token, leaseUntilMs } = request;
      const claim = { parked: claimedOf(id, stored, takeover), token, leaseUntilMs };
      answers[index] = isUnknown(answer) ? answer : { kind: 'claimed', claim, takeover };
      return false;
    });
  }

  /** undefined for a member whose parked item is completed alone: it names no identity, or one that is not parked. */
  async #completeWithIdentities(
    batch: readonly RedriveCompletion[],
    expiration: number,
  ): Promise<(Written | undefined)[]> {
    const transactions = batch.flatMap(({ claim, identityId }) =>
      identityId === undefined ? [] : [this.#texts.completeWithIdentity(claim, identityId, expiration)],
    );
    const outcomes = (await this.#transactions.run(transactions)).values();
    return batch.map(({ identityId }) => {
      if (identityId === undefined) return undefined;
      const outcome = outcomes.next().value as TransactionOutcome;
      const isIdentityAlone = outcome.kind === 'refused' && outcome.refusals[0] === undefined;
      return isIdentityAlone ? undefined : outcome;
    });
  }

  async #write<Member extends Owned>(
    batch: readonly Member[],
    statementOf: (member: Member) => Statement,
    landed: (stored: StoredParked, member: Member) => boolean,
  ): Promise<WriteAnswer[]> {
    const twice = keyTwice(batch.map(({ claim }) => claim.parked.id));
    if (twice) return batch.map(() => twice);
    return this.#answers(batch, await this.#statements.write(batch.map(statementOf)), landed);
  }

  /** Of writes of owners: those that were refused look whether an earlier copy of themselves was the one that landed. */
  async #answers<Member extends Owned>(
    batch: readonly Member[],
    written: readonly Written[],
    landed: (stored: StoredParked, member: Member) => boolean,
  ): Promise<WriteAnswer[]> {
    const refused = batch.filter((_, index) => written[index]?.kind === 'refused');
    const read = (await this.#read(refused.map(({ claim }) => claim.parked.id))).values();
    return written.map((answer, index): WriteAnswer => {
      if (answer.kind === 'done') return WRITTEN;
      if (answer.kind === 'unknown') return answer;
      const member = batch[index] as Member;
      const stored = read.next().value;
      if (isUnread(stored)) return stored;
      if (stored?.owner !== member.claim.token) return LOST;
      if (landed(stored, member)) return WRITTEN;
      return isHeld(stored) ? ARRIVED_MEANWHILE : LOST;
    });
  }

  async #read(ids: readonly string[]): Promise<(StoredParked | undefined | Unknown)[]> {
    const items = ids.length === 0 ? [] : await this.#statements.read(ids);
    return ids.map((id, index) => {
      const item = items[index];
      if (item === undefined || isUnanswered(item)) return item;
      try {
        return fromParkedItem(id, item);
      } catch (error) {
        // Never taken for absent: somebody has written over it by hand.
        return { kind: 'unknown', reason: 'refused', error };
      }
    });
  }
}

function isUnread(stored: StoredParked | undefined | Unknown): stored is Unknown {
  return stored !== undefined && 'kind' in stored;
}

/** An item has attributes, which are never plain strings. */
function isUnanswered(item: Item | Unknown): item is Unknown {
  return isUnknown(item as { readonly kind: string });
}
