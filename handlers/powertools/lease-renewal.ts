import type { Claim, WriteAnswer } from '../claims/claim-store';
import type { Unknown } from '../store/unknown';

/** A claim whose function runs. */
export interface HeldClaim {
  claim: Claim;
  /** When the invocation ends, as far as anybody knows: no lease is longer. Milliseconds since the epoch. */
  readonly endsAtMs: number;
  /** The claim is another's now, or was. */
  isLost: boolean;
}

export interface LeaseRenewalOptions {
  readonly leaseMs: number;
  readonly renew: (claim: Claim, leaseUntilMs: number) => Promise<WriteAnswer | Unknown>;
}

/**
 * Renews the leases of running functions at half (protocol C4). Runs while something is held, and keeps no process
 * alive: a function that never ends must not keep its claim longer than its invocation.
 */
export class LeaseRenewal {
  readonly #options: LeaseRenewalOptions;
  readonly #held = new Set<HeldClaim>();
  readonly #renewing = new Set<HeldClaim>();
  #timer: NodeJS.Timeout | undefined;

  constructor(options: LeaseRenewalOptions) {
    this.#options = options;
  }

  hold(held: HeldClaim): void {
    this.#held.add(held);
    if (this.#timer !== undefined) return;
    this.#timer = setInterval(() => this.#renewDue(), this.#options.leaseMs / 6);
    this.#timer.unref();
  }

  drop(held: HeldClaim): void {
    this.#held.delete(held);
    if (this.#held.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #renewDue(): void {
    const nowMs = Date.now();
    for (const held of this.#held) {
      const isDue = held.claim.leaseUntilMs - nowMs <= this.#options.leaseMs / 2;
      const canGrow = leaseEndMs(nowMs, this.#options.leaseMs, held.endsAtMs) > held.claim.leaseUntilMs;
      if (nowMs >= held.endsAtMs || held.isLost) this.drop(held);
      else if (isDue && canGrow) void this.renew(held);
    }
  }

  /** Gives whether the lease was renewed. */
  async renew(held: HeldClaim): Promise<boolean> {
    if (this.#renewing.has(held)) return false;
    this.#renewing.add(held);
    const leaseUntilMs = leaseEndMs(Date.now(), this.#options.leaseMs, held.endsAtMs);
    const answer = await this.#options.renew(held.claim, leaseUntilMs);
    this.#renewing.delete(held);
    if (answer.kind === 'written') held.claim = { ...held.claim, leaseUntilMs };
    if (answer.kind === 'lost') held.isLost = true;
    return answer.kind === 'written';
  }
}

export function leaseEndMs(nowMs: number, leaseMs: number, endsAtMs: number): number {
  return Math.min(nowMs + leaseMs, endsAtMs);
}
