import { setMaxListeners } from 'node:events';
import type { Claim, ClaimAnswer, ClaimRequest } from '../claims/claim-store';
import { runsAlone } from '../claims/judge';
import { type Deferred, deferred } from '../core/deferred';
import { WOKEN } from '../core/woken';
import type { Lane } from '../engine/lane';
import type { RecordState } from '../engine/record-state';
import type { Clock, Random } from '../ports';
import type { Settling } from '../store/settle';

/**
 * How many claims are asked for in one go, and how many may be held for records that have not started. The window grows
 * fourfold while as many records start within {@link SOON_MS}, so that an instant function does not wait for one round
 * trip per hundred records; where records take their time it stays small, and their leases fresh.
 */
const CLAIM_WINDOW = 100;
const WIDEST_WINDOW = 800;
/** Claims that travel in one request. */
const IN_A_REQUEST = 25;
/** What starts within so many ms is about to start. */
const SOON_MS = 50;

export interface ClaimWindowOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly leaseMs: number;
  /** Gives up what it has to ask again once the signal is aborted. */
  readonly ask: (batch: readonly ClaimRequest[], over: AbortSignal) => Settling<ClaimAnswer>;
  readonly release: (claims: readonly Claim[]) => Promise<unknown>;
}

interface Asked {
  readonly request: ClaimRequest;
  /** Set when the record's lane is there and waits for the answer. */
  resolve: ((answer: ClaimAnswer) => void) | undefined;
}

/**
 * Takes claims for the records that lanes are at and, in the same request, for those right behind them, so that claims
 * travel in batches though lanes run one record at a time (protocol C3). What is taken and not started goes back.
 */
export class ClaimWindow<T> {
  readonly #options: ClaimWindowOptions;
  /** Set before the first claim is asked for. */
  lanes: readonly Lane<T>[] = [];
  #size = CLAIM_WINDOW;
  /** Records that lanes have come to, and since when they are counted. */
  #started = 0;
  #countedSinceMs = Number.NEGATIVE_INFINITY;
  /** Answers for records whose lane is not there yet: claimed ones, and closed ones, which stay closed. */
  readonly #ahead = new Map<RecordState<T>, ClaimAnswer>();
  /** Requests that are under way. */
  readonly #asked = new Map<RecordState<T>, Asked>();
  /** Requests whose answer is unknown: asked again with the same token, they recognise themselves. */
  readonly #unknown = new Map<RecordState<T>, ClaimRequest>();
  readonly #demands: { readonly state: RecordState<T>; readonly resolve: (answer: ClaimAnswer) => void }[] = [];
  /** Answers and releases that are on their way. */
  #underWay = 0;
  #allArrived: Deferred<void> | undefined = undefined;
  readonly #over = new AbortController();
  #filling = false;
  #isHeld = false;

  constructor(options: ClaimWindowOptions) {
    this.#options = options;
    // One for each request that is asked again: that is no leak.
    setMaxListeners(0, this.#over.signal);
  }

  /** The answer for the record that a lane is at, if it is here already. */
  take(state: RecordState<T>): ClaimAnswer | undefined {
    const known = this.#ahead.get(state);
    if (known) {
      this.#ahead.delete(state);
      this.#started += 1;
    }
    return known;
  }

  /** The claim for the record that a lane is at. */
  claim(state: RecordState<T>): Promise<ClaimAnswer> {
    const known = this.take(state);
    if (known) return Promise.resolve(known);
    this.#started += 1;
    return new Promise((resolve) => {
      const asked = this.#asked.get(state);
      if (asked) {
        asked.resolve = resolve;
        return;
      }
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
    void this.#release(claims);
  }

  /**
   * A record is about to run alone: gives back what its death would leave claimed, and takes nothing ahead until
   * {@link goOn}. Those that will run alone themselves are kept: one more unclean end changes nothing for them.
   */
  async hold(): Promise<void> {
    this.#isHeld = true;
    const claims: Claim[] = [];
    for (const [state, answer] of this.#ahead) {
      if (answer.kind !== 'claimed' || runsAlone(answer.claim)) continue;
      this.#ahead.delete(state);
      claims.push(answer.claim);
    }
    await this.#release(claims);
  }

  goOn(): void {
    this.#isHeld = false;
  }

  /** Gives back everything that did not start, unknown answers included. Takes nothing more. */
  async close(): Promise<void> {
    this.#over.abort(WOKEN);
    await this.#arrived();
    const claims = [...this.#ahead.values()].flatMap((answer) => (answer.kind === 'claimed' ? [answer.claim] : []));
    const unknown = [...this.#unknown.values()].map((request): Claim => ({ ...request, attempts: 0 }));
    this.#ahead.clear();
    this.#unknown.clear();
    void this.#release([...claims, ...unknown]);
    await this.#arrived();
  }

  async #arrived(): Promise<void> {
    while (this.#underWay > 0) {
      this.#allArrived ??= deferred();
      await this.#allArrived.promise;
    }
  }

  #hasArrived(): void {
    this.#underWay -= 1;
    if (this.#underWay > 0) return;
    this.#allArrived?.resolve();
    this.#allArrived = undefined;
  }

  async #fill(): Promise<void> {
    this.#filling = true;
    // Lanes that go on in the same tick ask in the same request.
    await Promise.resolve();
    while (this.#demands.length > 0) {
      this.#resize();
      const demands = this.#demands.splice(0, this.#size);
      const found = this.#lookAhead(new Set(demands.map(({ state }) => state)));
      const whole = Math.floor((demands.length + found.length) / IN_A_REQUEST) * IN_A_REQUEST;
      const ahead = whole < demands.length ? found : found.slice(0, whole - demands.length);
      // Those that have to be asked again are not waited for: every other lane goes on.
      await this.#ask(demands, ahead);
      await Promise.resolve();
    }
    this.#filling = false;
  }

  #resize(): void {
    const now = this.#options.clock.now();
    const isSoon = now - this.#countedSinceMs <= SOON_MS;
    if (isSoon && this.#started < this.#size) return;
    this.#size = isSoon ? Math.min(4 * this.#size, WIDEST_WINDOW) : CLAIM_WINDOW;
    this.#started = 0;
    this.#countedSinceMs = now;
  }

  #ask(
    demands: readonly { readonly state: RecordState<T>; readonly resolve: (answer: ClaimAnswer) => void }[],
    ahead: readonly { readonly state: RecordState<T>; readonly lane: Lane<T> }[],
  ): Promise<void> {
    const members = [
      ...demands.map(({ state, resolve }) => ({ state, lane: undefined, resolve })),
      ...ahead.map(({ state, lane }) => ({ state, lane, resolve: undefined })),
    ];
    const requests = members.map(({ state }) => this.#request(state));
    const { asked, answers } = this.#options.ask(requests, this.#over.signal);
    members.forEach(({ state, lane, resolve }, index) => {
      const entry: Asked = { request: requests[index] as ClaimRequest, resolve };
      this.#asked.set(state, entry);
      this.#underWay += 1;
      void answers[index]?.then((answer) => {
        this.#asked.delete(state);
        if (answer.kind === 'unknown') this.#unknown.set(state, entry.request);
        else this.#unknown.delete(state);
        if (entry.resolve) entry.resolve(answer);
        else if (lane) this.#keep(state, lane, answer);
        this.#hasArrived();
      });
    });
    return asked;
  }

  #keep(state: RecordState<T>, lane: Lane<T>, answer: ClaimAnswer): void {
    const isUnwanted = this.#over.signal.aborted || lane.phase !== 'running' || this.#isHeld;
    if (answer.kind === 'claimed' && isUnwanted) void this.#release([answer.claim]);
    else if (answer.kind === 'claimed' || answer.kind === 'closed') this.#ahead.set(state, answer);
    // Busy and conflicting ones are asked for again when their lane is there.
  }

  /** The next records of running lanes, each lane's nearest first, as many as the window has room for. */
  #lookAhead(demanded: ReadonlySet<RecordState<T>>): { state: RecordState<T>; lane: Lane<T> }[] {
    const found: { state: RecordState<T>; lane: Lane<T> }[] = [];
    if (this.#isHeld) return found;
    let room = this.#size - demanded.size - this.#ahead.size - this.#asked.size;
    // Lanes take slots in turn: of those that wait for one, the least advanced is next.
    let lanes = this.lanes
      .filter(({ phase }) => phase === 'running')
      .sort((one, other) => one.position - other.position);
    for (let depth = 0; room > 0 && lanes.length > 0; depth += 1) {
      lanes = lanes.filter((lane) => {
        const state = lane.records[lane.position + depth];
        if (state === undefined || state.content?.kind === 'failed') return false;
        if (state.isSettled) return true;
        // A twin is judged by the store after the one before it; asking earlier would only meet our own claim (O3, C9).
        if (state.previousTwin?.outcome === 'open') return false;
        const isAsked = demanded.has(state) || this.#asked.has(state) || this.#ahead.has(state);
        if (state.content?.kind === 'ready' && room > 0 && !isAsked) {
          found.push({ state, lane });
          room -= 1;
        }
        return true;
      });
    }
    return found;
  }

  #request(state: RecordState<T>): ClaimRequest {
    if (state.content?.kind !== 'ready' || state.content.id === undefined)
      throw new Error(`${state.name} has no identity to claim: report this bug`);
    const { clock, random, leaseMs } = this.#options;
    const { id, payloadDigest } = state.content;
    const { partition, offset } = state.record;
    const nowMs = clock.now();
    const asked = this.#unknown.get(state);
    // After its time another worker may have had its turn with the identity, and no owner comes back.
    const token = asked && asked.leaseUntilMs > nowMs ? asked.token : random.token();
    return { id, token, partition, offset, payloadDigest, leaseUntilMs: nowMs + leaseMs };
  }

  async #release(claims: readonly Claim[]): Promise<void> {
    if (claims.length === 0) return;
    this.#underWay += 1;
    await this.#options.release(claims);
    this.#hasArrived();
  }
}
