import type { Lane, RecordState } from '../engine/record-state';
import type { Clock, Random } from '../ports';
import type { Claim, ClaimAnswer, ClaimRequest } from './claim-store';

/** How many claims are asked for in one go, and how many may be held for records that have not started. */
export const CLAIM_WINDOW = 100;

export interface ClaimWindowOptions<T> {
  readonly lanes: readonly Lane<T>[];
  readonly clock: Clock;
  readonly random: Random;
  readonly leaseMs: number;
  readonly ask: (batch: readonly ClaimRequest[]) => Promise<ClaimAnswer[]>;
  readonly release: (claims: readonly Claim[]) => Promise<unknown>;
}

/**
 * Takes claims for the records that lanes are at and, in the same request, for those right behind them, so that claims
 * travel in batches though lanes run one record at a time (protocol C3). What is taken and not started goes back.
 */
export class ClaimWindow<T> {
  readonly #options: ClaimWindowOptions<T>;
  /** Answers for records whose lane is not there yet: claimed ones, and closed ones, which stay closed. */
  readonly #ahead = new Map<RecordState<T>, ClaimAnswer>();
  /** Requests whose answer is unknown: asked again with the same token, they recognise themselves. */
  readonly #unknown = new Map<RecordState<T>, ClaimRequest>();
  readonly #demands: { readonly state: RecordState<T>; readonly resolve: (answer: ClaimAnswer) => void }[] = [];
  readonly #releases = new Set<Promise<unknown>>();
  #filling = false;
  #closed = false;

  constructor(options: ClaimWindowOptions<T>) {
    this.#options = options;
  }

  /** The claim for the record that a lane is at. */
  claim(state: RecordState<T>): Promise<ClaimAnswer> {
    const known = this.#ahead.get(state);
    if (known) {
      this.#ahead.delete(state);
      return Promise.resolve(known);
    }
    return new Promise((resolve) => {
      this.#demands.push({ state, resolve });
      if (!this.#filling) void this.#fill();
    });
  }

  /** Gives back what is held for the records that the lane has not come to (C6). */
  releaseBehind(lane: Lane<T>): void {
    const claims: Claim[] = [];
    for (const state of lane.records.slice(lane.position)) {
      const answer = this.#ahead.get(state);
      if (answer?.kind !== 'claimed') continue;
      this.#ahead.delete(state);
      claims.push(answer.claim);
    }
    this.#release(claims);
  }

  /** Gives back everything that did not start, unknown answers included. Takes nothing more. */
  async close(): Promise<void> {
    this.#closed = true;
    const claims = [...this.#ahead.values()].flatMap((answer) => (answer.kind === 'claimed' ? [answer.claim] : []));
    const unknown = [...this.#unknown.values()].map((request): Claim => ({ ...request, attempts: 0 }));
    this.#ahead.clear();
    this.#unknown.clear();
    this.#release([...claims, ...unknown]);
    while (this.#releases.size > 0) await Promise.all(this.#releases);
  }

  async #fill(): Promise<void> {
    this.#filling = true;
    // Lanes that go on in the same tick ask in the same request.
    await Promise.resolve();
    while (this.#demands.length > 0) {
      const demands = this.#demands.splice(0, CLAIM_WINDOW);
      const ahead = this.#lookAhead(new Set(demands.map(({ state }) => state)));
      const states = [...demands.map(({ state }) => state), ...ahead.map(({ state }) => state)];
      const requests = states.map((state) => this.#request(state));
      const answers = await this.#options.ask(requests);
      states.forEach((state, index) => {
        const unknown = answers[index]?.kind === 'unknown' && requests[index];
        if (unknown) this.#unknown.set(state, unknown);
        else this.#unknown.delete(state);
      });
      ahead.forEach(({ state, lane }, index) => {
        const answer = answers[demands.length + index] as ClaimAnswer;
        this.#keep(state, lane, answer);
      });
      demands.forEach(({ resolve }, index) => {
        resolve(answers[index] as ClaimAnswer);
      });
      await Promise.resolve();
    }
    this.#filling = false;
  }

  #keep(state: RecordState<T>, lane: Lane<T>, answer: ClaimAnswer): void {
    if (answer.kind === 'claimed' && (this.#closed || lane.phase !== 'running')) this.#release([answer.claim]);
    else if (answer.kind === 'claimed' || answer.kind === 'closed') this.#ahead.set(state, answer);
    // Busy and conflicting ones are asked for again when their lane is there.
  }

  /** The next records of running lanes, each lane's nearest first, as many as the window has room for. */
  #lookAhead(demanded: ReadonlySet<RecordState<T>>): { state: RecordState<T>; lane: Lane<T> }[] {
    const found: { state: RecordState<T>; lane: Lane<T> }[] = [];
    let room = CLAIM_WINDOW - demanded.size - this.#ahead.size;
    let lanes = this.#options.lanes.filter((lane) => lane.phase === 'running');
    for (let depth = 0; room > 0 && lanes.length > 0; depth += 1) {
      lanes = lanes.filter((lane) => {
        const state = lane.records[lane.position + depth];
        if (state === undefined || state.content.kind === 'failed') return false;
        // A twin is judged by the store after the one before it; asking earlier would only meet our own claim (O3, C9).
        if (state.previousTwin && !state.previousTwin.isSettled) return false;
        const claimable = state.content.kind === 'ready';
        if (claimable && room > 0 && !demanded.has(state) && !this.#ahead.has(state)) {
          found.push({ state, lane });
          room -= 1;
        }
        return true;
      });
    }
    return found;
  }

  #request(state: RecordState<T>): ClaimRequest {
    if (state.content.kind !== 'ready') throw new Error(`${state.name} has no identity to claim: report this bug`);
    const { clock, random, leaseMs } = this.#options;
    const { id, payloadDigest } = state.content;
    const { partition, offset } = state.record;
    const token = this.#unknown.get(state)?.token ?? random.token();
    return { id, token, partition, offset, payloadDigest, leaseUntilMs: clock.now() + leaseMs };
  }

  #release(claims: readonly Claim[]): void {
    if (claims.length === 0) return;
    const release = this.#options.release(claims).finally(() => this.#releases.delete(release));
    this.#releases.add(release);
  }
}
