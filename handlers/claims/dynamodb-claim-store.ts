import {
  type ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { ATTRIBUTES, STATUS } from '../../contract/idempotency-table';
import type { Clock } from '../ports';
import { claimAttributes, fromItem, type Item } from './claim-item';
import type { Claim, ClaimAnswer, ClaimRequest, ClaimStore, Failure, Unknown, WriteAnswer } from './claim-store';
import { Expression } from './expression';
import { judge, RELEASED, type StoredClaim } from './judge';

export interface DynamoDbClaimStoreOptions {
  readonly client: Pick<DynamoDBClient, 'send'>;
  readonly table: string;
  readonly clock: Clock;
  readonly clockSkewMs: number;
  readonly rememberForSeconds: number;
}

/** A claim that keeps losing against others is asked for again by the caller, after a pause. */
const MAXIMUM_TAKEOVERS = 3;

/** Claims as items in Powertools' record layout: one conditional write per member, all members of a batch at once. */
export class DynamoDbClaimStore implements ClaimStore {
  readonly #options: DynamoDbClaimStoreOptions;

  constructor(options: DynamoDbClaimStoreOptions) {
    this.#options = options;
  }

  claim(batch: readonly ClaimRequest[]): Promise<ClaimAnswer[]> {
    return each(batch, (request) => this.#claim(request));
  }

  renew(batch: readonly { readonly claim: Claim; readonly leaseUntilMs: number }[]): Promise<WriteAnswer[]> {
    return each(batch, ({ claim, leaseUntilMs }) => {
      const expression = new Expression();
      const lease = { N: String(leaseUntilMs) };
      return this.#write(
        claim,
        expression,
        expression.set({
          [ATTRIBUTES.inProgressExpiration]: lease,
          [ATTRIBUTES.expiration]: { N: String(this.#expiration(leaseUntilMs)) },
        }),
        `${expression.name(ATTRIBUTES.inProgressExpiration)} < ${expression.value(lease)}`,
        (stored) => stored.status === STATUS.inProgress && (stored.leaseUntilMs ?? 0) >= leaseUntilMs,
      );
    });
  }

  complete(batch: readonly { readonly claim: Claim }[]): Promise<WriteAnswer[]> {
    return each(batch, ({ claim }) => {
      const expression = new Expression();
      const update = [
        expression.set({
          [ATTRIBUTES.status]: { S: STATUS.completed },
          [ATTRIBUTES.outcome]: { S: 'done' },
          [ATTRIBUTES.expiration]: { N: String(this.#expiration(this.#options.clock.now())) },
        }),
        expression.remove([ATTRIBUTES.inProgressExpiration]),
      ].join(' ');
      return this.#write(claim, expression, update, undefined, (stored) => stored.status === STATUS.completed);
    });
  }

  fail(batch: readonly Failure[]): Promise<WriteAnswer[]> {
    return each(batch, ({ claim, error, atMs }) => {
      const expression = new Expression();
      const attempts = claim.attempts + 1;
      const firstFailure = expression.name(ATTRIBUTES.firstFailureMs);
      const update = `${expression.set({
        [ATTRIBUTES.attempts]: { N: String(attempts) },
        [ATTRIBUTES.inProgressExpiration]: { N: String(RELEASED) },
        [ATTRIBUTES.lastError]: { S: error },
      })}, ${firstFailure} = if_not_exists(${firstFailure}, ${expression.value({ N: String(atMs) })})`;
      return this.#write(
        claim,
        expression,
        update,
        undefined,
        (stored) => stored.leaseUntilMs === RELEASED && stored.attempts === attempts,
      );
    });
  }

  release(batch: readonly { readonly claim: Claim }[]): Promise<WriteAnswer[]> {
    return each(batch, ({ claim }) => {
      const expression = new Expression();
      const update = expression.set({ [ATTRIBUTES.inProgressExpiration]: { N: String(RELEASED) } });
      return this.#write(claim, expression, update, undefined, (stored) => stored.leaseUntilMs === RELEASED);
    });
  }

  async #claim(request: ClaimRequest): Promise<ClaimAnswer> {
    let stored = await this.#insert(request);
    for (let takeovers = 0; stored !== undefined; takeovers += 1) {
      const verdict = judge(stored, request, this.#options.clock.now(), this.#options.clockSkewMs);
      if (verdict.kind !== 'takeover') return verdict;
      if (takeovers === MAXIMUM_TAKEOVERS) return { kind: 'busy', leaseUntilMs: this.#options.clock.now() };
      const { attempts } = verdict;
      const winner = await this.#takeOver(request, stored, attempts);
      if (winner === undefined) return { kind: 'claimed', claim: { ...request, attempts }, takeover: true };
      stored = winner;
    }
    return { kind: 'claimed', claim: { ...request, attempts: 0 }, takeover: false };
  }

  /** Gives undefined when the item is ours now, else the one that stands in the way. */
  async #insert(request: ClaimRequest): Promise<StoredClaim | undefined> {
    const expression = new Expression();
    return this.#conflicting(request.id, () =>
      this.#options.client.send(
        new PutItemCommand({
          TableName: this.#options.table,
          Item: { [ATTRIBUTES.id]: { S: request.id }, ...this.#attributes(request, 0) },
          ConditionExpression: expression.equals(ATTRIBUTES.id, undefined),
          ...expression.placeholders,
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      ),
    );
  }

  /**
   * Conditional on exactly the claim that was read, never on "expired" alone: between the read and this write another
   * worker may have taken over, failed and given back (C3).
   */
  async #takeOver(request: ClaimRequest, read: StoredClaim, attempts: number): Promise<StoredClaim | undefined> {
    const expression = new Expression();
    const forgotten = [ATTRIBUTES.outcome, ATTRIBUTES.data, ATTRIBUTES.validation] as string[];
    if (request.payloadDigest === undefined) forgotten.push(ATTRIBUTES.payloadDigest);
    if (attempts === 0) forgotten.push(ATTRIBUTES.firstFailureMs, ATTRIBUTES.lastError);
    const update = [expression.set(this.#attributes(request, attempts)), expression.remove(forgotten)].join(' ');
    const condition = [
      expression.equals(ATTRIBUTES.status, stringValue(read.status)),
      expression.equals(ATTRIBUTES.owner, stringValue(read.owner)),
      expression.equals(ATTRIBUTES.attempts, numberValue(read.attempts)),
      expression.equals(ATTRIBUTES.inProgressExpiration, numberValue(read.leaseUntilMs)),
      expression.equals(ATTRIBUTES.expiration, numberValue(read.expiration)),
    ].join(' AND ');
    return this.#conflicting(request.id, () => this.#update(request.id, expression, update, condition));
  }

  /** A write of the owner: refused, it looks whether an earlier copy of itself was the one that landed. */
  async #write(
    claim: Claim,
    expression: Expression,
    update: string,
    also: string | undefined,
    landed: (stored: StoredClaim) => boolean,
  ): Promise<WriteAnswer> {
    const inProgressExpiration = expression.name(ATTRIBUTES.inProgressExpiration);
    const condition = [
      expression.equals(ATTRIBUTES.owner, { S: claim.token }),
      expression.equals(ATTRIBUTES.status, { S: STATUS.inProgress }),
      // A claim that was given back belongs to nobody: a late copy of an old write of ours must not revive it.
      `${inProgressExpiration} > ${expression.value({ N: String(RELEASED) })}`,
      ...(also === undefined ? [] : [also]),
    ].join(' AND ');
    const stored = await this.#conflicting(claim.id, () => this.#update(claim.id, expression, update, condition));
    if (stored === undefined || (stored.owner === claim.token && landed(stored))) return { kind: 'written' };
    return { kind: 'lost' };
  }

  #update(id: string, expression: Expression, update: string, condition: string) {
    return this.#options.client.send(
      new UpdateItemCommand({
        TableName: this.#options.table,
        Key: { [ATTRIBUTES.id]: { S: id } },
        UpdateExpression: update,
        ConditionExpression: condition,
        ...expression.placeholders,
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      }),
    );
  }

  async #conflicting(id: string, write: () => Promise<unknown>): Promise<StoredClaim | undefined> {
    try {
      await write();
      return undefined;
    } catch (error) {
      if (!isConditionalCheckFailed(error)) throw error;
      return fromItem(error.Item ?? (await this.#read(id)) ?? {});
    }
  }

  async #read(id: string): Promise<Item | undefined> {
    const { Item } = await this.#options.client.send(
      new GetItemCommand({
        TableName: this.#options.table,
        Key: { [ATTRIBUTES.id]: { S: id } },
        ConsistentRead: true,
      }),
    );
    return Item;
  }

  #attributes(request: ClaimRequest, attempts: number): Item {
    return claimAttributes(request, attempts, this.#expiration(request.leaseUntilMs));
  }

  /** Counted from the end of a lease: an item that expires counts as absent, and a live claim must not. */
  #expiration(fromMs: number): number {
    return Math.ceil(fromMs / 1_000) + this.#options.rememberForSeconds;
  }
}

/** By the service's name for it: a minifier renames the class. */
function isConditionalCheckFailed(error: unknown): error is ConditionalCheckFailedException {
  return error instanceof Error && error.name === 'ConditionalCheckFailedException';
}

const stringValue = (value: string | undefined) => (value === undefined ? undefined : { S: value });
const numberValue = (value: number | undefined) => (value === undefined ? undefined : { N: String(value) });

function each<Member, Answer>(
  batch: readonly Member[],
  ask: (member: Member) => Promise<Answer>,
): Promise<(Answer | Unknown)[]> {
  return Promise.all(
    batch.map((member) =>
      ask(member).catch((error: unknown): Unknown => ({ kind: 'unknown', reason: reasonOfFailure(error), error })),
    ),
  );
}

/** Source: DynamoDB Developer Guide, "Error handling with DynamoDB". */
const THROTTLED: readonly string[] = [
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'ThrottlingException',
  'TransactionConflictException',
];
const REFUSED: readonly string[] = [
  'AccessDeniedException',
  'ExpiredTokenException',
  'IncompleteSignatureException',
  'InvalidSignatureException',
  'MissingAuthenticationTokenException',
  'ResourceNotFoundException',
  'UnrecognizedClientException',
  'ValidationException',
];

function reasonOfFailure(error: unknown): Unknown['reason'] {
  const name = error instanceof Error ? error.name : '';
  if (THROTTLED.includes(name)) return 'throttled';
  return REFUSED.includes(name) ? 'refused' : 'failed';
}
