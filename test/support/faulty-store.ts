import type { Claim, ClaimRequest, ClaimStore, Failure, LookUp } from '../../handlers/claims/claim-store';
import type { LedgerClaimRequest, LedgerMark, LedgerStore } from '../../handlers/ledger/ledger-store';
import type { Parked } from '../../handlers/parking/parked';
import type { ParkingStore, RedriveClaim, RedriveRequest } from '../../handlers/parking/parking-store';
import type { Store } from '../../handlers/store/store';
import type { Unknown } from '../../handlers/store/unknown';
import type { RedriveCommitRequest, RedriveStore } from '../../handlers/transaction/redrive-store';
import type { TransactionRequest, TransactionStore } from '../../handlers/transaction/transaction-store';
import type { VirtualTime } from './virtual-world';

/** What the doors of a store are asked for: claims of identities, partitions of the ledger, transactions, parked items. */
export type Operation =
  | keyof ClaimStore
  | 'claimPartition'
  | 'mark'
  | 'commit'
  | `${keyof ParkingStore | 'commit'} parked`;

/**
 * What may happen to one member of one request: it never arrives; it arrives and its answer is lost; it arrives long
 * after it was given up (`deliverLate`); it is throttled; it is refused for good; nobody ever answers.
 */
export type StoreFault = 'request lost' | 'answer lost' | 'late copy' | 'throttled' | 'refused' | 'hang';

export interface Call {
  readonly operation: Operation;
  /** Key of the item: an identity's, or a partition's. */
  readonly id: string;
  /** Empty for a look-up, and partition and offset -1: it is no record's own. */
  readonly token: string;
  readonly partition: number;
  /** -1 for the marks of a partition. */
  readonly offset: number;
  readonly atMs: number;
  /** How many times this operation was asked for this id before. */
  readonly nth: number;
  /** Of a mark: it gives the partition back. */
  readonly isRelease: boolean;
  /** How many records a transaction commits. */
  readonly records: number;
}

export interface Faults {
  readonly faultOf?: (call: Call) => StoreFault | undefined;
  /** How long a request is under way before it takes effect. */
  readonly latencyMs?: (call: Call) => number;
}

type ParkedMember = string | Parked | RedriveRequest | { readonly claim: RedriveClaim };
type ClaimMember = LookUp | ClaimRequest | { readonly claim: Claim } | Failure;
type About = Omit<Call, 'operation' | 'atMs' | 'nth'>;

/** A store behind a bad connection. */
export class FaultyStore implements Store {
  readonly table: string;
  /** One for each member of each request, in order. */
  readonly calls: Call[] = [];
  /** One for each request, whatever its size. */
  readonly batches: { readonly operation: Operation; readonly ids: readonly string[] }[] = [];
  readonly #late: (() => Promise<unknown>)[] = [];
  readonly #counts = new Map<string, number>();

  constructor(
    readonly inner: Store,
    private readonly time: VirtualTime,
    public faults: Faults = {},
  ) {
    this.table = inner.table;
  }

  readonly claims: ClaimStore = {
    lookUp: (batch) => this.#claims('lookUp', batch),
    claim: (batch) => this.#claims('claim', batch),
    renew: (batch) => this.#claims('renew', batch),
    complete: (batch) => this.#claims('complete', batch),
    park: (batch) => this.#claims('park', batch),
    fail: (batch) => this.#claims('fail', batch),
    release: (batch) => this.#claims('release', batch),
    suspect: (batch) => this.#claims('suspect', batch),
    cutOff: (batch) => this.#claims('cutOff', batch),
  };

  readonly ledger: LedgerStore = {
    claim: (batch) => this.#send('claimPartition', batch, aboutPartition, (some) => this.inner.ledger.claim(some)),
    mark: (batch) => this.#send('mark', batch, aboutMark, (some) => this.inner.ledger.mark(some)),
  };

  readonly transactions: TransactionStore = {
    commit: async (request) => {
      const commit = ([one]: readonly TransactionRequest[]) =>
        this.inner.transactions.commit(one as TransactionRequest).then((answer) => [answer]);
      const [answer] = await this.#send('commit', [request], aboutCommit, commit);
      return answer as Awaited<ReturnType<TransactionStore['commit']>>;
    },
  };

  readonly parking: ParkingStore = {
    lookUp: (ids) => this.#parking('lookUp', ids),
    park: (batch) => this.#parking('park', batch),
    claim: (batch) => this.#parking('claim', batch),
    renew: (batch) => this.#parking('renew', batch),
    complete: (batch) => this.#parking('complete', batch),
    fail: (batch) => this.#parking('fail', batch),
    release: (batch) => this.#parking('release', batch),
  };

  readonly redrives: RedriveStore = {
    commit: async (request) => {
      const commit = ([one]: readonly RedriveCommitRequest[]) =>
        this.inner.redrives.commit(one as RedriveCommitRequest).then((answer) => [answer]);
      const [answer] = await this.#send('commit parked', [request], aboutParked, commit);
      return answer as Awaited<ReturnType<RedriveStore['commit']>>;
    },
  };

  /** The calls of one operation, as `partition@offset`. */
  called(operation: Operation): string[] {
    return this.#callsOf(operation).map(({ partition, offset }) => `${partition}@${offset}`);
  }

  /** How often it was asked, as requests. */
  requests(...operations: readonly Operation[]): number {
    return this.batches.filter(({ operation }) => operations.includes(operation)).length;
  }

  /** What was given up arrives now. */
  async deliverLate(): Promise<void> {
    for (const deliver of this.#late.splice(0)) await deliver();
  }

  #callsOf(operation: Operation): Call[] {
    return this.calls.filter((call) => call.operation === operation);
  }

  #claims<Answer>(operation: keyof ClaimStore, batch: readonly ClaimMember[]): Promise<Answer[]> {
    const ask = this.inner.claims[operation] as (batch: readonly ClaimMember[]) => Promise<Answer[]>;
    return this.#send(operation, batch, aboutClaim, (some) => ask.call(this.inner.claims, some));
  }

  #parking<Answer>(operation: keyof ParkingStore, batch: readonly ParkedMember[]): Promise<Answer[]> {
    const ask = this.inner.parking[operation] as (batch: readonly ParkedMember[]) => Promise<Answer[]>;
    return this.#send(`${operation} parked`, batch, aboutParked, (some) => ask.call(this.inner.parking, some));
  }

  #send<Member, Answer>(
    operation: Operation,
    batch: readonly Member[],
    about: (member: Member) => About,
    ask: (batch: readonly Member[]) => Promise<Answer[]>,
  ): Promise<Answer[]> {
    if (batch.length > 0) this.batches.push({ operation, ids: batch.map((member) => about(member).id) });
    const one = async (member: Member) => (await ask([member]))[0];
    return Promise.all(
      batch.map((member) => this.#one(operation, about(member), () => one(member)) as Promise<Answer>),
    );
  }

  async #one(operation: Operation, about: About, deliver: () => Promise<unknown>): Promise<unknown> {
    const { id } = about;
    const nth = this.#counts.get(`${operation} ${id}`) ?? 0;
    this.#counts.set(`${operation} ${id}`, nth + 1);
    const call: Call = { ...about, operation, atMs: this.time.nowMs, nth };
    this.calls.push(call);
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

const WHOLE = { isRelease: false, records: 0 };

function aboutClaim(member: ClaimMember): About {
  const { id, token, partition, offset } = {
    token: '',
    partition: -1,
    offset: -1,
    ...('claim' in member ? member.claim : member),
  };
  return { ...WHOLE, id, token, partition, offset };
}

const partitionOf = (id: string) => Number(id.split('#').at(-1));

function aboutPartition({ id, token, first }: LedgerClaimRequest): About {
  return { ...WHOLE, id, token, partition: partitionOf(id), offset: Number(first) };
}

function aboutMark({ id, token, leaseUntilMs }: LedgerMark): About {
  return { ...WHOLE, id, token, partition: partitionOf(id), offset: -1, isRelease: leaseUntilMs === undefined };
}

function aboutParked(member: ParkedMember): About {
  const { id, token } = {
    token: '',
    ...(typeof member === 'string'
      ? { id: member }
      : 'claim' in member
        ? { id: member.claim.parked.id, token: member.claim.token }
        : member),
  };
  const [partition, offset] = id.split('#').slice(-2).map(Number) as [number, number];
  return { ...WHOLE, id, token, partition, offset };
}

function aboutCommit({ mark, members }: TransactionRequest): About {
  return { ...aboutMark(mark), records: members.length };
}

/** The store of one worker, which stops answering once the worker is dead: nothing of it goes on. */
export class MortalStore implements Store {
  readonly table: string;
  dead = false;

  constructor(private readonly inner: Store) {
    this.table = inner.table;
  }

  readonly claims: ClaimStore = {
    lookUp: (batch) => this.#alive(() => this.inner.claims.lookUp(batch)),
    claim: (batch) => this.#alive(() => this.inner.claims.claim(batch)),
    renew: (batch) => this.#alive(() => this.inner.claims.renew(batch)),
    complete: (batch) => this.#alive(() => this.inner.claims.complete(batch)),
    park: (batch) => this.#alive(() => this.inner.claims.park(batch)),
    fail: (batch) => this.#alive(() => this.inner.claims.fail(batch)),
    release: (batch) => this.#alive(() => this.inner.claims.release(batch)),
    suspect: (batch) => this.#alive(() => this.inner.claims.suspect(batch)),
    cutOff: (batch) => this.#alive(() => this.inner.claims.cutOff(batch)),
  };

  readonly ledger: LedgerStore = {
    claim: (batch) => this.#alive(() => this.inner.ledger.claim(batch)),
    mark: (batch) => this.#alive(() => this.inner.ledger.mark(batch)),
  };

  readonly transactions: TransactionStore = {
    commit: (request) => this.#alive(() => this.inner.transactions.commit(request)),
  };

  readonly parking: ParkingStore = {
    lookUp: (ids) => this.#alive(() => this.inner.parking.lookUp(ids)),
    park: (batch) => this.#alive(() => this.inner.parking.park(batch)),
    claim: (batch) => this.#alive(() => this.inner.parking.claim(batch)),
    renew: (batch) => this.#alive(() => this.inner.parking.renew(batch)),
    complete: (batch) => this.#alive(() => this.inner.parking.complete(batch)),
    fail: (batch) => this.#alive(() => this.inner.parking.fail(batch)),
    release: (batch) => this.#alive(() => this.inner.parking.release(batch)),
  };

  readonly redrives: RedriveStore = {
    commit: (request) => this.#alive(() => this.inner.redrives.commit(request)),
  };

  async #alive<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
    const never = () => new Promise<Answer>(() => undefined);
    if (this.dead) return never();
    const answer = await ask();
    return this.dead ? never() : answer;
  }
}
