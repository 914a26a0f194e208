/**
 * Several workers on one table, whose requests wait on a wire until a schedule lets them arrive, one at a time: so
 * between any two requests anything may happen. What happened is judged by a model that sees the table alone, after
 * every request, and what the workers were answered.
 */
import type { Claim, ClaimAnswer, ClaimRequest, ClaimStore, WriteAnswer } from '../../handlers/claims/claim-store';
import type { StoredClaim } from '../../handlers/claims/judge';

export const SKEW_MS = 1_000;
export const LEASE_MS = 30_000;
export const REMEMBER_FOR_SECONDS = 1_209_600;
const START_MS = 1_790_000_000_000;
const IDS = ['a', 'b', 'c'] as const;
/** The clocks of the workers are as far apart as is allowed. */
const AHEAD_MS = [-SKEW_MS, SKEW_MS];

/** What may happen to a request. Faults of members concern every second one. */
export type Fault =
  | 'none'
  | 'request lost'
  | 'answer lost'
  | 'given up'
  | 'throttled'
  | 'members throttled'
  | 'members unanswered'
  | 'keys unprocessed';

export type Write = 'renew' | 'complete' | 'fail' | 'release' | 'suspect' | 'cutOff';

export type Action =
  /** A worker asks something for some of the identities; `again` asks once more what has no answer. */
  | { readonly do: 'start'; readonly worker: number; readonly what: 'claim' | 'again' | Write; readonly ids: number }
  /** A worker claims with a payload of its own. */
  | { readonly do: 'other payload'; readonly worker: number; readonly ids: number }
  | { readonly do: 'arrive'; readonly which: number; readonly fault: Fault }
  /** A request that was given up, or one more copy of an earlier one, arrives now. */
  | { readonly do: 'late'; readonly which: number }
  | { readonly do: 'wait'; readonly ms: number }
  /** Everything that is remembered expires. */
  | { readonly do: 'forget' }
  | { readonly do: 'crash'; readonly worker: number }
  /** TTL removes what has expired. */
  | { readonly do: 'vanish' };

/** One request, as the wire carries it. */
export interface Wired {
  readonly label: string;
  /** Everything that it carries. */
  readonly content: string;
  /** Takes effect. Throws what the service answers as an error of the whole request. */
  apply(fault: Fault): unknown;
}

export interface Backend {
  /** A store each of whose requests goes through the wire. */
  open(clock: { now(): number }, wire: (request: Wired) => Promise<unknown>): ClaimStore;
  read(id: string): StoredClaim | undefined;
  remove(id: string): void;
  /** Whether it sends requests of which a copy can be late. */
  readonly hasCopies: boolean;
}

interface Pending {
  readonly request: Wired;
  readonly worker: Worker;
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** A request of which a copy may arrive late, and what its first copy has changed. */
interface Late {
  readonly request: Wired;
  readonly changed: readonly string[];
}

interface Hold {
  claim: Claim;
  /** What was asked for and has no answer yet; until then nothing else is asked for. */
  unsure: Write | undefined;
  hasRun: boolean;
}

interface Worker {
  readonly name: string;
  readonly aheadMs: number;
  readonly store: ClaimStore;
  readonly holds: Map<string, Hold>;
  /** Claims without an answer. */
  readonly unknown: Map<string, { readonly request: ClaimRequest; isGivenBack: boolean }>;
  readonly inFlight: Set<string>;
  isAlive: boolean;
}

export class Interleavings {
  readonly history: string[] = [];
  /** The first one; thrown, a promise of the store would swallow it. */
  violation: string | undefined;
  #nowMs = START_MS;
  #names = 0;
  readonly #backend: Backend;
  readonly #workers: Worker[];
  readonly #pending: Pending[] = [];
  readonly #late: Late[] = [];
  /** Every owner that the table was seen with: identity and token, to the attempts it began with. */
  readonly #owners = new Map<string, number>();
  readonly #completed = new Set<string>();
  readonly #failed = new Set<string>();
  readonly #released = new Set<string>();
  readonly #cutOff = new Set<string>();
  readonly #digests = new Map<string, Set<string>>();

  constructor(backend: Backend) {
    this.#backend = backend;
    this.#workers = AHEAD_MS.map((aheadMs) => this.#hire(aheadMs));
  }

  async run(actions: readonly Action[]): Promise<void> {
    for (const action of actions) {
      await this.#act(action);
      this.#checkHolders();
    }
    await this.#end();
  }

  /** Nothing is stuck, wherever the workers have stopped: a lease later another one gets everything that is not done. */
  async #end(): Promise<void> {
    for (const worker of this.#workers) this.#crash(worker);
    this.#nowMs += LEASE_MS + 10 * SKEW_MS;
    const last = this.#hire(0);
    this.#workers.push(last);
    this.#start(last, 'claim', IDS);
    for (let requests = 0; last.inFlight.size > 0; requests += 1) {
      if (requests > 20) this.#violated('a claim in peace has no end');
      await this.#arrive(0, 'none');
    }
    for (const id of IDS) {
      const item = this.#backend.read(id);
      const isOver = last.holds.has(id) || item?.status === 'COMPLETED' || item?.payloadDigest === 'other';
      if (!isOver) this.#violated(`${id} is stuck: ${show(item)}`);
    }
  }

  #hire(aheadMs: number): Worker {
    const worker: Worker = {
      name: `w${++this.#names}`,
      aheadMs,
      store: this.#backend.open(
        { now: () => this.#nowMs + aheadMs },
        (request) =>
          new Promise((resolve, reject) => {
            if (worker.isAlive) this.#pending.push({ request, worker, resolve, reject });
          }),
      ),
      holds: new Map(),
      unknown: new Map(),
      inFlight: new Set(),
      isAlive: true,
    };
    return worker;
  }

  async #act(action: Action): Promise<void> {
    switch (action.do) {
      case 'start':
        return this.#start(this.#worker(action.worker), action.what, subset(action.ids));
      case 'other payload':
        return this.#start(this.#worker(action.worker), 'claim', subset(action.ids), 'other');
      case 'arrive':
        return this.#arrive(action.which, action.fault);
      case 'late':
        return this.#arriveLate(action.which);
      case 'wait':
        this.#nowMs += action.ms;
        this.#log(`${action.ms} ms go by`);
        return;
      case 'forget':
        this.#forget();
        return;
      case 'crash':
        this.#replace(action.worker % this.#workers.length);
        return;
      case 'vanish':
        for (const id of IDS) {
          if (!this.#hasExpired(this.#backend.read(id), -SKEW_MS)) continue;
          this.#backend.remove(id);
          this.#log(`TTL removes ${id}`);
        }
    }
  }

  /** So much time that everything expires: no invocation lasts as long, and no network keeps a request. */
  #forget(): void {
    this.#workers.forEach((_, index) => {
      this.#replace(index);
    });
    this.#late.splice(0);
    this.#nowMs += (REMEMBER_FOR_SECONDS + 1) * 1_000 + LEASE_MS + SKEW_MS;
    this.#log('everything expires');
  }

  #replace(index: number): void {
    const worker = this.#worker(index);
    this.#crash(worker);
    this.#workers[index] = this.#hire(worker.aheadMs);
  }

  #worker(index: number): Worker {
    return this.#workers[index % this.#workers.length] as Worker;
  }

  /** Its requests that are on their way may still arrive. */
  #crash(worker: Worker): void {
    worker.isAlive = false;
    for (const { request } of takeAll(this.#pending, (pending) => pending.worker === worker)) {
      this.#late.push({ request, changed: [] });
    }
    worker.inFlight.clear();
    this.#log(`${worker.name} dies`);
  }

  /** Where the worker can do nothing of the kind it claims, so that few actions do nothing. */
  #start(worker: Worker, what: 'claim' | 'again' | Write, ids: readonly string[], payloadDigest = 'digest'): void {
    const free: readonly string[] = IDS.filter((id) => !worker.inFlight.has(id));
    const some = (candidates: readonly string[]) => {
      const chosen = candidates.filter((id) => ids.includes(id));
      return chosen.length > 0 ? chosen : candidates;
    };
    if (what === 'again') {
      const lost = some(free.filter((id) => worker.unknown.get(id)?.isGivenBack === false));
      const requests = lost.flatMap((id) => worker.unknown.get(id)?.request ?? []);
      this.#claim(worker, requests);
      for (const write of ['renew', 'complete', 'fail', 'release', 'suspect', 'cutOff'] as const) {
        this.#write(
          worker,
          write,
          free.filter((id) => worker.holds.get(id)?.unsure === write),
        );
      }
      return;
    }
    if (what !== 'claim') {
      const held = free.filter((id) => worker.holds.has(id) && worker.holds.get(id)?.unsure === undefined);
      const given = what === 'release' ? free.filter((id) => worker.unknown.has(id)) : [];
      const written = some([...held, ...given]).filter((id) => !held.includes(id) || this.#mayStart(worker, id, what));
      this.#write(worker, what, written);
      if (written.length > 0) return;
    }
    const fresh = some(free.filter((id) => !worker.holds.has(id) && !worker.unknown.has(id)));
    this.#claim(
      worker,
      fresh.map((id) => this.#request(worker, id, `${worker.name}-${++this.#names}`, payloadDigest)),
    );
  }

  /** A completion comes after the effect, which starts under a lease that is live by the worker's own clock (C4). */
  #mayStart(worker: Worker, id: string, what: Write): boolean {
    const hold = worker.holds.get(id) as Hold;
    if (what !== 'complete' || hold.hasRun) return true;
    if (!this.#isLive(worker, hold)) return false;
    hold.hasRun = true;
    this.#log(`${worker.name} has the effect of ${id}`);
    const item = this.#backend.read(id);
    if (item?.status === 'COMPLETED' && !this.#hasExpired(item, SKEW_MS)) {
      this.#violated(`the effect of ${id} happens again, though it is done`);
    }
    return true;
  }

  #request(worker: Worker, id: string, token: string, payloadDigest: string | undefined): ClaimRequest {
    const leaseUntilMs = this.#nowMs + worker.aheadMs + LEASE_MS;
    return { id, token, partition: 0, offset: IDS.indexOf(id as 'a'), payloadDigest, leaseUntilMs };
  }

  #claim(worker: Worker, batch: readonly ClaimRequest[]): void {
    if (batch.length === 0) return;
    this.#log(`${worker.name} claims ${batch.map(({ id, payloadDigest }) => `${id} (${payloadDigest})`).join(', ')}`);
    for (const { id } of batch) worker.inFlight.add(id);
    void worker.store.claim(batch).then((answers) => {
      if (!worker.isAlive) return;
      if (answers.length !== batch.length) this.#violated(`${answers.length} answers for ${batch.length} claims`);
      for (const [index, request] of batch.entries()) {
        this.#claimAnswered(worker, request, answers[index] as ClaimAnswer);
      }
    });
  }

  #claimAnswered(worker: Worker, request: ClaimRequest, answer: ClaimAnswer): void {
    const { id, token } = request;
    this.#log(`${worker.name}: the claim of ${id} is ${answer.kind}`);
    worker.inFlight.delete(id);
    worker.unknown.delete(id);
    const item = this.#backend.read(id);
    if (answer.kind === 'claimed') {
      const attempts = this.#owners.get(`${id} ${token}`);
      if (attempts === undefined) this.#violated(`${worker.name} has claimed ${id}, and never owned it`);
      if (attempts !== answer.claim.attempts)
        this.#violated(`${id} has ${attempts} attempts, not ${answer.claim.attempts}`);
      if (answer.claim.token !== token || answer.claim.id !== id) this.#violated(`the answer for ${id} is another's`);
      worker.holds.set(id, { claim: answer.claim, unsure: undefined, hasRun: false });
    }
    if (answer.kind === 'closed' && !this.#completed.has(id)) this.#violated(`${id} was never done`);
    if (answer.kind === 'conflict') {
      const others = [...(this.#digests.get(id) ?? [])].filter((digest) => digest !== request.payloadDigest);
      if (others.length === 0) this.#violated(`${id} never had another payload`);
    }
    if (answer.kind === 'busy' && !this.#digests.has(id))
      this.#violated(`${id} is busy and was never claimed: ${show(item)}`);
    if (answer.kind === 'unknown') worker.unknown.set(id, { request, isGivenBack: false });
  }

  #write(worker: Worker, what: Write, ids: readonly string[]): void {
    if (ids.length === 0) return;
    this.#log(`${worker.name} ${what}s ${ids.join(', ')}`);
    const leaseUntilMs = this.#nowMs + worker.aheadMs + LEASE_MS;
    const batch = ids.map((id) => {
      const unknown = worker.unknown.get(id);
      if (unknown) unknown.isGivenBack = true;
      worker.inFlight.add(id);
      const hold = worker.holds.get(id);
      if (hold) hold.unsure = what;
      const claim = hold?.claim ?? ({ ...unknown?.request, attempts: 0 } as Claim);
      return { claim, leaseUntilMs, error: 'E', atMs: this.#nowMs };
    });
    void worker.store[what](batch).then((answers) => {
      if (!worker.isAlive) return;
      if (answers.length !== batch.length) this.#violated(`${answers.length} answers for ${batch.length} writes`);
      for (const [index, { claim }] of batch.entries()) {
        this.#writeAnswered(worker, what, claim, leaseUntilMs, answers[index] as WriteAnswer);
      }
    });
  }

  #writeAnswered(worker: Worker, what: Write, { id, token }: Claim, leaseUntilMs: number, { kind }: WriteAnswer): void {
    this.#log(`${worker.name}: to ${what} ${id} is ${kind}`);
    worker.inFlight.delete(id);
    const hold = worker.holds.get(id);
    if (kind === 'unknown') return;
    worker.unknown.delete(id);
    const item = this.#backend.read(id);
    if (kind === 'lost') {
      const isOurs = item?.owner === token && item.status === 'INPROGRESS' && (item.leaseUntilMs ?? 0) > 0;
      if (isOurs) this.#violated(`${worker.name} has lost ${id}, which is its own: ${show(item)}`);
      const hasLanded: Partial<Record<Write, Set<string>>> = {
        complete: this.#completed,
        fail: this.#failed,
        release: this.#released,
        cutOff: this.#cutOff,
      };
      if (item?.owner === token && hasLanded[what]?.has(`${id} ${token}`)) {
        this.#violated(`${worker.name} was told that it lost ${id}, though to ${what} it has landed (C8)`);
      }
      worker.holds.delete(id);
      return;
    }
    const key = `${id} ${token}`;
    if (what === 'renew') {
      if (hold) Object.assign(hold, { claim: { ...hold.claim, leaseUntilMs }, unsure: undefined });
      return;
    }
    if (what === 'suspect') {
      if (hold) hold.unsure = undefined;
      if (item?.owner === token && item.status === 'INPROGRESS' && item.leaseUntilMs && item.suspect === undefined)
        this.#violated(`the start of ${id} is not written: ${show(item)}`);
      return;
    }
    if (what === 'cutOff' && !this.#cutOff.has(key)) this.#violated(`the cut of ${id} was not counted: ${show(item)}`);
    if (what === 'complete' && !this.#completed.has(key))
      this.#violated(`the mark of ${id} is not there: ${show(item)}`);
    if (what === 'fail' && !this.#failed.has(key))
      this.#violated(`the failure of ${id} was not counted: ${show(item)}`);
    worker.holds.delete(id);
  }

  async #arrive(which: number, fault: Fault): Promise<void> {
    const [pending] = this.#pending.splice(which % Math.max(1, this.#pending.length), 1);
    if (!pending) return;
    const { request, worker, resolve, reject } = pending;
    this.#log(`${request.label} of ${worker.name}: ${fault === 'none' ? 'arrives' : fault}`);
    if (fault === 'throttled') reject(named('ProvisionedThroughputExceededException'));
    else if (fault === 'request lost') reject(named('TimeoutError'));
    else if (fault === 'given up') {
      this.#late.push({ request, changed: [] });
      reject(named('TimeoutError'));
    } else {
      let answer: unknown;
      try {
        answer = this.#apply(request, fault);
      } catch (error) {
        reject(error as Error);
        return settled();
      }
      if (fault === 'answer lost') reject(named('TimeoutError'));
      else resolve(answer);
    }
    return settled();
  }

  async #arriveLate(which: number): Promise<void> {
    if (!this.#backend.hasCopies || this.#late.length === 0) return;
    const { request, changed } = this.#late[which % this.#late.length] as Late;
    const before = changed.map((id) => show(this.#backend.read(id)));
    this.#log(`a late copy of ${request.label} arrives`);
    try {
      this.#apply(request, 'none');
    } catch {
      // Nobody hears it.
    }
    changed.forEach((id, index) => {
      const after = show(this.#backend.read(id));
      if (after !== before[index]) this.#violated(`a late copy has changed ${id} from ${before[index]} to ${after}`);
    });
  }

  /** Lets a request take effect, and judges what it has changed. */
  #apply(request: Wired, fault: Fault): unknown {
    const before = IDS.map((id) => this.#backend.read(id));
    let answer: unknown;
    try {
      answer = request.apply(fault);
    } finally {
      const changed = IDS.filter((id, index) => show(before[index]) !== show(this.#backend.read(id)));
      for (const id of changed) this.#judge(request, id, before[IDS.indexOf(id)], this.#backend.read(id));
      if (changed.length > 0) this.#late.push({ request, changed });
    }
    return answer;
  }

  /** Every change of an item that the protocol allows; any other one is a violation. */
  #judge(request: Wired, id: string, before: StoredClaim | undefined, after: StoredClaim | undefined): void {
    const change = `${id} goes from ${show(before)} to ${show(after)}`;
    this.#log(change);
    if (after?.status === undefined) {
      this.#violated(`${change}: nothing but TTL removes`);
      return;
    }
    const key = `${id} ${after.owner}`;
    if (!request.content.includes(`"${after.owner}"`)) this.#violated(`${change}: by another than its owner (C5)`);
    if (after.payloadDigest !== undefined) {
      this.#digests.set(id, (this.#digests.get(id) ?? new Set()).add(after.payloadDigest));
    }
    if (before?.owner === after.owner && !this.#hasExpired(before, SKEW_MS)) {
      this.#judgeOwner(key, change, before as StoredClaim, after);
    } else {
      const begins = before === undefined || this.#hasExpired(before, SKEW_MS);
      if (after.status !== 'INPROGRESS' || !after.leaseUntilMs) this.#violated(`${change}: no claim`);
      if (!begins) this.#judgeTakeover(change, before, after);
      if (before === undefined && after.attempts !== 0) this.#violated(`${change}: attempts from nowhere`);
      // A late copy of whatever was sent in the first tenure, or was sent by whoever read it, would meet it again.
      if (this.#owners.has(key)) this.#violated(`${change}: an earlier owner comes back (C3)`);
      this.#owners.set(key, after.attempts ?? 0);
    }
    if (after.status === 'COMPLETED') {
      this.#completed.add(id);
      this.#completed.add(key);
    }
  }

  #judgeTakeover(change: string, before: StoredClaim, after: StoredClaim): void {
    if (before.status !== 'INPROGRESS') this.#violated(`${change}: done is never undone (C5)`);
    const isOver = before.leaseUntilMs === 0 || this.#nowMs + SKEW_MS > (before.leaseUntilMs ?? 0) + 2 * SKEW_MS;
    if (!isOver) this.#violated(`${change}: a live lease is taken over (C3)`);
    const wasGivenBack = before.leaseUntilMs === 0;
    const deaths = before.suspect !== undefined && !wasGivenBack ? 1 : 0;
    if (after.attempts !== (before.attempts ?? 0) + deaths) this.#violated(`${change}: attempts (C5, P3)`);
    const unclean = (before.unclean ?? 0) + (wasGivenBack ? 0 : 1);
    if ((after.unclean ?? 0) !== unclean) this.#violated(`${change}: not ${unclean} unclean ends (P3)`);
    if (after.suspect !== undefined) this.#violated(`${change}: a suspect that has not been started (P3)`);
    if (after.payloadDigest !== before.payloadDigest) this.#violated(`${change}: a conflict is overwritten (C7)`);
  }

  #judgeOwner(key: string, change: string, before: StoredClaim, after: StoredClaim): void {
    if (before.status !== 'INPROGRESS' || !before.leaseUntilMs) {
      this.#violated(`${change}: what is done or given back is not changed by its owner (C5)`);
      return;
    }
    const counted = (after.attempts ?? 0) - (before.attempts ?? 0);
    if (after.status === 'INPROGRESS' && after.leaseUntilMs === 0 && counted === 1) {
      if (this.#failed.has(key)) this.#violated(`${change}: one failure is counted twice (P2)`);
      this.#failed.add(key);
    } else if (after.status === 'INPROGRESS' && counted === 1) {
      if (this.#cutOff.has(key)) this.#violated(`${change}: one cut is counted twice (P2)`);
      if (after.suspect !== undefined) this.#violated(`${change}: a cut that was counted leaves its suspect (P3)`);
      this.#cutOff.add(key);
    } else if (counted !== 0) this.#violated(`${change}: attempts (P2)`);
    else if (after.suspect !== undefined && this.#cutOff.has(key))
      this.#violated(`${change}: a start is written after its cut (P2)`);
    else if (after.status === 'INPROGRESS' && after.leaseUntilMs === 0) this.#released.add(key);
    else if (
      after.status === 'INPROGRESS' &&
      after.leaseUntilMs !== 0 &&
      after.suspect === before.suspect &&
      (after.leaseUntilMs ?? 0) <= before.leaseUntilMs
    ) {
      this.#violated(`${change}: a lease moves back (C4)`);
    }
  }

  /** Mutual exclusion: no two workers believe at once, each by its own clock, that they may run the same record. */
  #checkHolders(): void {
    for (const id of IDS) {
      const holders = this.#workers.filter((worker) => {
        const hold = worker.holds.get(id);
        return (
          worker.isAlive &&
          hold !== undefined &&
          hold.unsure !== 'release' &&
          hold.unsure !== 'fail' &&
          this.#isLive(worker, hold)
        );
      });
      if (holders.length > 1) this.#violated(`${holders.map(({ name }) => name).join(' and ')} hold ${id} at once`);
    }
  }

  #isLive({ aheadMs }: Worker, { claim }: Hold): boolean {
    return this.#nowMs + aheadMs < claim.leaseUntilMs;
  }

  #hasExpired(item: StoredClaim | undefined, aheadMs: number): boolean {
    return item?.expiration !== undefined && item.expiration * 1_000 <= this.#nowMs + aheadMs;
  }

  #log(line: string): void {
    this.history.push(`${String(this.#nowMs - START_MS).padStart(7)} ms  ${line}`);
  }

  #violated(what: string): void {
    this.#log(`VIOLATION: ${what}`);
    this.violation ??= what;
  }
}

const named = (name: string) => Object.assign(new Error(name), { name });
const subset = (bits: number) => IDS.filter((_, index) => (bits & (1 << index)) !== 0);

function takeAll<Item>(list: Item[], isTaken: (item: Item) => boolean): Item[] {
  const taken = list.filter(isTaken);
  list.splice(0, list.length, ...list.filter((item) => !isTaken(item)));
  return taken;
}

function show(item: StoredClaim | undefined): string {
  if (item === undefined) return 'nothing';
  const { status, owner, attempts, leaseUntilMs, payloadDigest, unclean = 0, suspect } = item;
  const lease = leaseUntilMs ? `until ${leaseUntilMs - START_MS} ms` : leaseUntilMs === 0 ? 'released' : 'no lease';
  const deaths = `${unclean} unclean${suspect === undefined ? '' : ', suspect'}`;
  return `[${status} of ${owner}, ${lease}, ${attempts} attempts, ${deaths}, ${payloadDigest}]`;
}

/** Everything that follows from an answer has happened. */
const settled = () => new Promise<void>((resolve) => setImmediate(resolve));
