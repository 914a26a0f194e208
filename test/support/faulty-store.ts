import type { Claim, ClaimRequest, ClaimStore, Failure, Unknown } from '../../handlers/claims/claim-store';
import type { VirtualTime } from './virtual-world';

export type Operation = keyof ClaimStore;

/**
 * What may happen to one member of one request: it never arrives; it arrives and its answer is lost; it arrives long
 * after it was given up (`deliverLate`); it is throttled; it is refused for good; nobody ever answers.
 */
export type StoreFault = 'request lost' | 'answer lost' | 'late copy' | 'throttled' | 'refused' | 'hang';

export interface Call {
  readonly operation: Operation;
  readonly id: string;
  readonly token: string;
  readonly partition: number;
  readonly offset: number;
  readonly atMs: number;
  /** How many times this operation was asked for this id before. */
  readonly nth: number;
}

export interface Faults {
  readonly faultOf?: (call: Call) => StoreFault | undefined;
  /** How long a request is under way before it takes effect. */
  readonly latencyMs?: (call: Call) => number;
}

type Member = ClaimRequest | { readonly claim: Claim } | Failure;

/** A claim store behind a bad connection. */
export class FaultyStore implements ClaimStore {
  /** One for each member of each request, in order. */
  readonly calls: Call[] = [];
  /** One for each request, whatever its size. */
  readonly batches: { readonly operation: Operation; readonly ids: readonly string[] }[] = [];
  readonly #late: (() => Promise<unknown>)[] = [];
  readonly #counts = new Map<string, number>();

  constructor(
    readonly inner: ClaimStore,
    private readonly time: VirtualTime,
    public faults: Faults = {},
  ) {}

  readonly claim: ClaimStore['claim'] = (batch) => this.#send('claim', batch);
  readonly renew: ClaimStore['renew'] = (batch) => this.#send('renew', batch);
  readonly complete: ClaimStore['complete'] = (batch) => this.#send('complete', batch);
  readonly fail: ClaimStore['fail'] = (batch) => this.#send('fail', batch);
  readonly release: ClaimStore['release'] = (batch) => this.#send('release', batch);

  /** The calls of one operation, as `partition@offset`. */
  called(operation: Operation): string[] {
    return this.calls
      .filter((call) => call.operation === operation)
      .map(({ partition, offset }) => `${partition}@${offset}`);
  }

  /** What was given up arrives now. */
  async deliverLate(): Promise<void> {
    for (const deliver of this.#late.splice(0)) await deliver();
  }

  #send<Answer>(operation: Operation, batch: readonly Member[]): Promise<Answer[]> {
    const claimed = (member: Member) => ('claim' in member ? member.claim : member);
    if (batch.length > 0) this.batches.push({ operation, ids: batch.map((member) => claimed(member).id) });
    return Promise.all(batch.map((member) => this.#one(operation, member))) as Promise<Answer[]>;
  }

  async #one(operation: Operation, member: Member): Promise<unknown> {
    const { id, token, partition, offset } = 'claim' in member ? member.claim : member;
    const nth = this.#counts.get(`${operation} ${id}`) ?? 0;
    this.#counts.set(`${operation} ${id}`, nth + 1);
    const call: Call = { operation, id, token, partition, offset, atMs: this.time.nowMs, nth };
    this.calls.push(call);
    const deliver = async () =>
      (await (this.inner[operation] as (batch: unknown[]) => Promise<unknown[]>)([member]))[0];
    const latencyMs = this.faults.latencyMs?.(call) ?? 0;
    const fault = this.faults.faultOf?.(call);
    if (latencyMs > 0) await this.time.sleep(latencyMs);
    if (fault === undefined) return deliver();
    if (fault === 'answer lost') await deliver();
    if (fault === 'late copy') this.#late.push(deliver);
    if (fault === 'hang') return new Promise(() => undefined);
    const reason = fault === 'throttled' || fault === 'refused' ? fault : 'failed';
    return { kind: 'unknown', reason, error: new Error(fault) } satisfies Unknown;
  }
}

/** The store of one worker, which stops answering once the worker is dead: nothing of it goes on. */
export class MortalStore implements ClaimStore {
  dead = false;

  constructor(private readonly inner: ClaimStore) {}

  readonly claim: ClaimStore['claim'] = (batch) => this.#alive(() => this.inner.claim(batch));
  readonly renew: ClaimStore['renew'] = (batch) => this.#alive(() => this.inner.renew(batch));
  readonly complete: ClaimStore['complete'] = (batch) => this.#alive(() => this.inner.complete(batch));
  readonly fail: ClaimStore['fail'] = (batch) => this.#alive(() => this.inner.fail(batch));
  readonly release: ClaimStore['release'] = (batch) => this.#alive(() => this.inner.release(batch));

  async #alive<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
    const never = () => new Promise<Answer>(() => undefined);
    if (this.dead) return never();
    const answer = await ask();
    return this.dead ? never() : answer;
  }
}
