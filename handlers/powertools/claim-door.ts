import { randomUUID } from 'node:crypto';
import type { Claim, ClaimAnswer, ClaimRequest, ClaimStore, Completion, WriteAnswer } from '../claims/claim-store';
import type { Item } from '../dynamodb/item';
import { reasonOf } from '../errors';
import type { Ports, Sleep } from '../ports';
import { type Settling, settle } from '../store/settle';
import { isUnknown, type Unknown } from '../store/unknown';
import { CallGatherer } from './call-gatherer';
import { type HeldClaim, LeaseRenewal, leaseEndMs } from './lease-renewal';
import type { StoredResult } from './stored-result';

export interface ClaimDoorOptions {
  readonly store: ClaimStore;
  /** Whole items by key, read consistently. */
  readonly read: (ids: readonly string[]) => Promise<(Item | undefined | Unknown)[]>;
  readonly leaseMs: number;
}

/** What is asked for one call. */
export interface CallIdentity {
  readonly id: string;
  /** Powertools' payload hash; undefined where payloads are not compared. */
  readonly validation: string | undefined;
  /** When the invocation ends, milliseconds since the epoch. */
  readonly endsAtMs: number;
}

export type CallAnswer =
  | { readonly kind: 'claimed'; readonly held: HeldClaim }
  | Exclude<ClaimAnswer, { readonly kind: 'claimed' }>;

export interface CompletionAnswer {
  readonly answer: WriteAnswer;
  /** Why the service did not take the result. */
  readonly problem: string | undefined;
}

interface Completing extends Completion {
  readonly bytes: number;
}

/** Statements and keys of one request of the service. */
const STATEMENTS = 25;
const KEYS = 100;
/** Four requests at once, and one read for all of them that met a record. */
const CLAIMS = 100;
/** A call is no record of a topic. */
const NO_PLACE = -1;
/** What cannot be said by then is given up; a claim must have half of its lease left when its function starts. */
const PATIENCE_MS = 10_000;
/** Powertools does not say what the function threw. */
const FUNCTION_FAILED = 'FunctionFailed';

const clock = { now: () => Date.now() };
const random: Ports['random'] = { fraction: Math.random, token: randomUUID };
const sleep: Sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** The claim store's batch door for single calls: concurrent ones travel together, and unknown answers are settled. */
export class ClaimDoor {
  readonly #options: ClaimDoorOptions;
  readonly #renewal: LeaseRenewal;
  readonly #claims: CallGatherer<ClaimRequest, ClaimAnswer>;
  readonly #completions: CallGatherer<Completing, WriteAnswer>;
  readonly #failures: CallGatherer<{ readonly claim: Claim }, WriteAnswer>;
  readonly #renewals: CallGatherer<{ readonly claim: Claim; readonly leaseUntilMs: number }, WriteAnswer>;
  readonly #reads: CallGatherer<string, Found>;

  constructor(options: ClaimDoorOptions) {
    this.#options = options;
    const { store, read, leaseMs } = options;
    const idOf = ({ claim }: { readonly claim: Claim }) => claim.id;
    this.#claims = new CallGatherer<ClaimRequest, ClaimAnswer>({
      size: CLAIMS,
      idOf: ({ id }) => id,
      send: (batch) => settled(batch, (members) => store.claim(members), Math.min(leaseMs / 2, PATIENCE_MS)),
    });
    this.#completions = new CallGatherer<Completing, WriteAnswer>({
      size: STATEMENTS,
      idOf,
      bytesOf: ({ bytes }) => bytes,
      send: (batch) => settled(batch, (members) => store.complete(members)),
    });
    this.#failures = new CallGatherer<{ readonly claim: Claim }, WriteAnswer>({
      size: STATEMENTS,
      idOf,
      send: (batch) =>
        settled(batch, (members) =>
          store.fail(members.map(({ claim }) => ({ claim, error: FUNCTION_FAILED, atMs: Date.now() }))),
        ),
    });
    this.#renewals = new CallGatherer<{ readonly claim: Claim; readonly leaseUntilMs: number }, WriteAnswer>({
      size: STATEMENTS,
      idOf,
      send: (batch) => settled(batch, (members) => store.renew(members), leaseMs / 3),
    });
    this.#reads = new CallGatherer<string, Found>({
      size: KEYS,
      idOf: (id) => id,
      send: (batch) => settled(batch, async (ids) => (await read(ids)).map(foundOf)),
    });
    this.#renewal = new LeaseRenewal({
      leaseMs,
      renew: (claim, leaseUntilMs) => this.#renewals.ask({ claim, leaseUntilMs }),
    });
  }

  /** A claim with a token of its own. It is held, and its lease renewed, until it is completed or failed. */
  async claim({ id, validation, endsAtMs }: CallIdentity): Promise<CallAnswer> {
    const { leaseMs } = this.#options;
    const leaseUntilMs = leaseEndMs(Date.now(), leaseMs, endsAtMs);
    const request: ClaimRequest = {
      id,
      token: random.token(),
      partition: NO_PLACE,
      offset: NO_PLACE,
      payloadDigest: undefined,
      leaseUntilMs,
      ...(validation === undefined ? {} : { validation }),
    };
    const askedAtMs = Date.now();
    const answer = await this.#claims.ask(request);
    // Nobody knows whether it landed: with this token it can be given back, if it has or if it does.
    if (isUnknown(answer)) void this.#options.store.release([{ claim: { ...request, attempts: 0 } }]);
    if (answer.kind !== 'claimed') return answer;
    const held: HeldClaim = { claim: answer.claim, endsAtMs, isLost: false };
    const isHalfGone = leaseUntilMs - Date.now() < (leaseUntilMs - askedAtMs) / 2;
    if (isHalfGone && !(await this.#hasTimelyRenewed(held))) {
      void this.#options.store.release([{ claim: held.claim }]);
      return slow(Date.now() - askedAtMs);
    }
    this.#renewal.hold(held);
    return { kind: 'claimed', held };
  }

  /** The answer to the renewal may itself take longer than the lease. */
  async #hasTimelyRenewed(held: HeldClaim): Promise<boolean> {
    const askedAtMs = Date.now();
    const isRenewed = await this.#renewal.renew(held);
    return isRenewed && Date.now() - askedAtMs < this.#options.leaseMs;
  }

  /** Completes with the result, or without it where the service refuses it. */
  async complete(held: HeldClaim, { data, bytes }: StoredResult): Promise<CompletionAnswer> {
    const { claim } = held;
    let answer = await this.#completions.ask(data === undefined ? { claim, bytes } : { claim, data, bytes });
    const isRefused = data !== undefined && isUnknown(answer) && answer.reason === 'refused';
    const problem = isRefused && isUnknown(answer) ? reasonOf(answer.error) : undefined;
    if (isRefused) answer = await this.#completions.ask({ claim, bytes: 0 });
    this.#renewal.drop(held);
    return { answer, problem };
  }

  /** Counts the attempt and gives the claim back (protocol C5). */
  fail(held: HeldClaim): Promise<WriteAnswer> {
    this.#renewal.drop(held);
    return this.#failures.ask({ claim: held.claim });
  }

  /** The whole item, or undefined where there is none. */
  async read(id: string): Promise<Item | undefined | Unknown> {
    const found = await this.#reads.ask(id);
    return found.kind === 'found' ? found.item : found;
  }
}

interface Found {
  readonly kind: 'found';
  readonly item: Item | undefined;
}

function foundOf(item: Item | undefined | Unknown): Found | Unknown {
  // An item has attributes, which are never plain strings.
  if (item !== undefined && isUnknown(item as { kind: string })) return item as Unknown;
  return { kind: 'found', item: item as Item | undefined };
}

function slow(tookMs: number): Unknown {
  const error = new Error(`The claim took ${tookMs} ms, and its lease could not be renewed`);
  return { kind: 'unknown', reason: 'failed', error };
}

function settled<Member, Answer extends { readonly kind: string }>(
  batch: readonly Member[],
  ask: (members: readonly Member[]) => Promise<(Answer | Unknown)[]>,
  patienceMs = PATIENCE_MS,
): Settling<Answer> {
  const untilMs = Date.now() + patienceMs;
  return settle(batch, ask, () => untilMs, { clock, sleep, random });
}
