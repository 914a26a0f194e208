import type {
  Claim,
  ClaimAnswer,
  ClaimRequest,
  ClaimStore,
  Failure,
  Unknown,
  WriteAnswer,
} from '../claims/claim-store';
import { type Settling, settle } from '../claims/settle';
import type { Deadline } from '../core/deadline';
import type { Ports } from '../ports';

/**
 * The store as one invocation asks it: with patience for throttling and lost answers inside the deadline (claims) or
 * inside the reserve (marks), and with a stopwatch that the deadline learns from.
 */
export class PatientStore {
  readonly #ports: Ports;
  readonly #deadline: Deadline;

  constructor(ports: Ports, deadline: Deadline) {
    this.#ports = ports;
    this.#deadline = deadline;
  }

  claim(batch: readonly ClaimRequest[], over: AbortSignal): Settling<ClaimAnswer> {
    return this.#ask<ClaimRequest, ClaimAnswer>(
      batch,
      (members) => this.#store.claim(members),
      () => this.#deadline.atMs,
      over,
    );
  }

  renew(batch: readonly { readonly claim: Claim; readonly leaseUntilMs: number }[]): Settling<WriteAnswer> {
    return this.#mark(batch, (members) => this.#store.renew(members));
  }

  complete(claim: Claim): Promise<WriteAnswer> {
    return this.#one(this.#mark([{ claim }], (members) => this.#store.complete(members)));
  }

  fail(failure: Failure): Promise<WriteAnswer> {
    return this.#one(this.#mark([failure], (members) => this.#store.fail(members)));
  }

  renewOne(claim: Claim, leaseUntilMs: number): Promise<WriteAnswer> {
    return this.#one(this.renew([{ claim, leaseUntilMs }]));
  }

  release(claims: readonly Claim[]): Promise<WriteAnswer[]> {
    const batch = claims.map((claim) => ({ claim }));
    return Promise.all(this.#mark(batch, (members) => this.#store.release(members)).answers);
  }

  get #store(): ClaimStore {
    return this.#ports.store;
  }

  async #one({ answers: [answer] }: Settling<WriteAnswer>): Promise<WriteAnswer> {
    return (await answer) as WriteAnswer;
  }

  #mark<Member>(
    batch: readonly Member[],
    ask: (batch: readonly Member[]) => Promise<WriteAnswer[]>,
  ): Settling<WriteAnswer> {
    return this.#ask<Member, WriteAnswer>(batch, ask, () => this.#deadline.lastMarkAtMs);
  }

  #ask<Member, Answer extends { readonly kind: string }>(
    batch: readonly Member[],
    ask: (batch: readonly Member[]) => Promise<(Answer | Unknown)[]>,
    untilMs: () => number,
    over?: AbortSignal,
  ): Settling<Answer> {
    const timed = async (members: readonly Member[]) => {
      const startedAtMs = this.#ports.clock.now();
      const answers = await ask(members).catch((error: unknown) =>
        members.map((): Unknown => ({ kind: 'unknown', reason: 'failed', error })),
      );
      this.#deadline.learn(this.#ports.clock.now() - startedAtMs);
      return answers;
    };
    return settle(batch, timed, untilMs, this.#ports, over);
  }
}
