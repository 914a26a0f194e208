import type { Claimed, Leased, Marked, Observation } from './observation';
import type { Promised } from './promise';
import { holdName } from './units';

/** The time from an accepted claim on an identity or a partition to the next one. */
export interface Tenure {
  readonly worker: string;
  /** Index of the claim among the observations. */
  readonly from: number;
  readonly atMs: number;
  /** When the claim was sent: what was sent before belongs to an earlier one. */
  readonly sentAtMs: number;
  /** The latest end of the lease that the worker was ever granted, by the observer's clock. */
  endMs: number;
  /** Index at which it gave the claim back, or closed the identity. */
  givenBackAt: number | undefined;
}

/** Who held what, and until when. */
export class Tenures {
  readonly #promised: Promised;
  readonly #ofHold = new Map<string, Tenure[]>();

  constructor(promised: Promised, observations: readonly Observation[]) {
    this.#promised = promised;
    observations.forEach((observation, index) => {
      if (observation.kind === 'claim') this.#claim(observation, index);
      else if (observation.kind === 'lease' || observation.kind === 'mark') {
        const tenure = this.before(holdName(observation), index);
        if (tenure?.worker === observation.worker) this.#change(tenure, observation, index);
      }
    });
  }

  /** In the order of their claims. */
  of(hold: string): readonly Tenure[] {
    return this.#ofHold.get(hold) ?? [];
  }

  /** The tenure that an observation at this index falls into; of this worker, the latest that began before. */
  before(hold: string, index: number, worker?: string): Tenure | undefined {
    return this.of(hold).findLast(({ from, worker: holder }) => from < index && (worker ?? holder) === holder);
  }

  /** Where another worker rightly took over what a worker held when it was at `index`: after the lease had run out or been given back. */
  lossOf(hold: string, worker: string, index: number): number | undefined {
    const tenures = this.of(hold);
    const own = tenures.findLastIndex((tenure) => tenure.worker === worker && tenure.from < index);
    for (let next = Math.max(own, 0) + 1; next < tenures.length; next += 1) {
      const [tenure, successor] = [tenures[next - 1] as Tenure, tenures[next] as Tenure];
      if (tenure.worker === worker && successor.worker !== worker && isRightful(tenure, successor)) {
        return successor.from;
      }
    }
    return undefined;
  }

  #claim(claim: Claimed, index: number): void {
    const { worker, atMs, sentAtMs = atMs, leaseUntilMs } = claim;
    const endMs = this.#observed(worker, leaseUntilMs);
    const tenure = { worker, from: index, atMs, sentAtMs, endMs, givenBackAt: undefined };
    const earlier = this.#ofHold.get(holdName(claim));
    if (earlier) earlier.push(tenure);
    else this.#ofHold.set(holdName(claim), [tenure]);
  }

  #change(tenure: Tenure, { kind, worker, identity, leaseUntilMs, atMs }: Leased | Marked, index: number): void {
    const endMs = leaseUntilMs === undefined ? tenure.endMs : this.#observed(worker, leaseUntilMs);
    // The mark of an identity ends its claim, that of offsets does not.
    const isOver =
      (kind === 'mark' && identity !== undefined) || (leaseUntilMs !== undefined && endMs <= (atMs ?? tenure.atMs));
    if (isOver) tenure.givenBackAt ??= index;
    else tenure.endMs = Math.max(tenure.endMs, endMs);
  }

  #observed(worker: string, workerMs: number): number {
    return workerMs - (this.#promised.clockAheadMs?.[worker] ?? 0);
  }
}

/** Whether a claim came when the lease before it was over: run out, by the clock of its worker, or given back. */
export function isRightful({ endMs, givenBackAt }: Tenure, successor: Tenure): boolean {
  return endMs <= successor.atMs || (givenBackAt !== undefined && givenBackAt < successor.from);
}
