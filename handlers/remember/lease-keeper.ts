import type { Claim, WriteAnswer } from '../claims/claim-store';
import { WOKEN } from '../core/woken';
import type { Clock, Sleep } from '../ports';
import type { Settling } from '../store/settle';

/** Anything that is ours for a time. */
interface Leased {
  readonly leaseUntilMs: number;
}

export interface LeaseKeeperOptions<Owned extends Leased = Claim> {
  readonly clock: Clock;
  readonly sleep: Sleep;
  readonly leaseMs: number;
  readonly renew: (batch: readonly { readonly claim: Owned; readonly leaseUntilMs: number }[]) => Settling<WriteAnswer>;
}

interface Kept<Owned> {
  claim: Owned;
  /** A renewal is under way. */
  isRenewing: boolean;
  readonly lost: () => void;
}

/** Renews the leases of running records at half (protocol C4), for as long as they are kept. */
export class LeaseKeeper<Owned extends Leased = Claim> {
  readonly #options: LeaseKeeperOptions<Owned>;
  readonly #kept = new Set<Kept<Owned>>();
  readonly #stop = new AbortController();

  constructor(options: LeaseKeeperOptions<Owned>) {
    this.#options = options;
    void this.#run();
  }

  /** Keeps the claim's lease; `lost` is called once it was refused or has run out. Gives a function that ends the keeping. */
  keep(claim: Owned, lost: () => void): () => void {
    const kept: Kept<Owned> = { claim, isRenewing: false, lost };
    this.#kept.add(kept);
    return () => this.#kept.delete(kept);
  }

  /** The claim as it stands now, of those that are kept. */
  find(isMeant: (claim: Owned) => boolean): Owned | undefined {
    for (const { claim } of this.#kept) if (isMeant(claim)) return claim;
    return undefined;
  }

  stop(): void {
    this.#stop.abort(WOKEN);
  }

  async #run(): Promise<void> {
    const { clock, sleep, leaseMs } = this.#options;
    while (!this.#stop.signal.aborted) {
      // Often enough that a lease is renewed with a third of it left, the store's answer included.
      const leftMs = [...this.#kept].map(({ claim }) => claim.leaseUntilMs - clock.now());
      await sleep(Math.min(leaseMs / 6, ...leftMs), this.#stop.signal);
      this.#dropOver();
      const due = [...this.#kept].filter(
        ({ claim, isRenewing }) => !isRenewing && claim.leaseUntilMs - clock.now() <= leaseMs / 2,
      );
      if (due.length > 0 && !this.#stop.signal.aborted) this.#renew(due);
    }
  }

  /** A worker that cannot reach the store must not run on beside the one that takes over. */
  #dropOver(): void {
    const now = this.#options.clock.now();
    for (const kept of this.#kept) {
      if (kept.claim.leaseUntilMs <= now && this.#kept.delete(kept)) kept.lost();
    }
  }

  /** Waits for nobody: a lease whose renewal is throttled must not let the others run out. */
  #renew(due: readonly Kept<Owned>[]): void {
    const leaseUntilMs = this.#options.clock.now() + this.#options.leaseMs;
    const { answers } = this.#options.renew(due.map(({ claim }) => ({ claim, leaseUntilMs })));
    due.forEach((kept, index) => {
      kept.isRenewing = true;
      void answers[index]?.then(({ kind }) => {
        kept.isRenewing = false;
        if (kind === 'written') kept.claim = { ...kept.claim, leaseUntilMs };
        if (kind === 'lost' && this.#kept.delete(kept)) kept.lost();
      });
    });
  }
}
