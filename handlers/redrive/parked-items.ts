import type { WriteAnswer } from '../claims/claim-store';
import type { Scope } from '../engine/scope';
import type {
  ParkedAnswer,
  RedriveClaim,
  RedriveClaimAnswer,
  RedriveCompletion,
  RedriveRequest,
} from '../parking/parking-store';
import { Gatherer } from '../remember/gatherer';
import { LeaseKeeper } from '../remember/lease-keeper';

/** Members that travel together: a batch of statements. */
const GATHERED = 25;

type Owned = { readonly claim: RedriveClaim };
type Failure = Owned & { readonly atMs: number };

/** Parked items as one redrive asks for them: what is asked in the same turn travels together, and leases are kept. */
export class ParkedItems<T> {
  readonly #scope: Scope<T>;
  readonly #keeper: LeaseKeeper<RedriveClaim>;
  readonly #claims: Gatherer<RedriveRequest, RedriveClaimAnswer>;
  readonly #completions: Gatherer<RedriveCompletion, WriteAnswer>;
  readonly #failures: Gatherer<Failure, WriteAnswer>;
  readonly #releases: Gatherer<Owned, WriteAnswer>;

  constructor(scope: Scope<T>) {
    this.#scope = scope;
    const { ports, patience, settings, stopped } = scope;
    const { parking } = ports.store;
    this.#keeper = new LeaseKeeper({
      clock: ports.clock,
      sleep: ports.sleep,
      leaseMs: settings.leaseMs,
      renew: (batch) => patience.save(batch, (members) => parking.renew(members)),
    });
    // Nobody counts the requests of a redrive, and its marks are better durable at once.
    const gathered = { size: GATHERED, delayMs: 0, sleep: ports.sleep };
    this.#claims = new Gatherer({
      ...gathered,
      send: (batch) =>
        patience.start<RedriveRequest, RedriveClaimAnswer>(batch, (members) => parking.claim(members), stopped),
    });
    this.#completions = new Gatherer({
      ...gathered,
      send: (batch) => patience.save<RedriveCompletion, WriteAnswer>(batch, (members) => parking.complete(members)),
    });
    this.#failures = new Gatherer({
      ...gathered,
      send: (batch) => patience.save<Failure, WriteAnswer>(batch, (members) => parking.fail(members)),
    });
    this.#releases = new Gatherer({
      ...gathered,
      send: (batch) => patience.save<Owned, WriteAnswer>(batch, (members) => parking.release(members)),
    });
  }

  claim(id: string): Promise<RedriveClaimAnswer> {
    const { clock, random } = this.#scope.ports;
    const leaseUntilMs = clock.now() + this.#scope.settings.leaseMs;
    return new Promise((answered) => this.#claims.add({ id, token: random.token(), leaseUntilMs }, answered));
  }

  /** Renews the lease; `lost` is called once that was refused. Gives a function that ends it. */
  keep(claim: RedriveClaim, lost: () => void): () => void {
    return this.#keeper.keep(claim, lost);
  }

  complete(completion: RedriveCompletion): Promise<WriteAnswer> {
    return new Promise((answered) => this.#completions.add(completion, answered));
  }

  fail(claim: RedriveClaim): Promise<WriteAnswer> {
    const atMs = this.#scope.ports.clock.now();
    return new Promise((answered) => this.#failures.add({ claim, atMs }, answered));
  }

  release(claim: RedriveClaim): Promise<WriteAnswer> {
    return new Promise((answered) => this.#releases.add({ claim }, answered));
  }

  async lookUp(id: string): Promise<ParkedAnswer> {
    const { patience, ports } = this.#scope;
    const { answers } = patience.save<string, ParkedAnswer>([id], (ids) => ports.store.parking.lookUp(ids));
    return (await answers[0]) as ParkedAnswer;
  }

  stop(): void {
    this.#keeper.stop();
    for (const writes of [this.#claims, this.#completions, this.#failures, this.#releases]) writes.stop();
  }
}
