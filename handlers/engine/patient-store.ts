import type {
  Claim,
  ClaimAnswer,
  ClaimRequest,
  ClaimStore,
  Failure,
  Unknown,
  WriteAnswer,
} from '../claims/claim-store';
import { settle } from '../claims/settle';
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

  claim(batch: readonly ClaimRequest[]): Promise<ClaimAnswer[]> {
    return this.#ask<ClaimRequest, ClaimAnswer>(
      batch,
      (members) => this.#store.claim(members),
      () => this.#deadline.atMs,
    );
  }

  renew(batch: readonly { readonly claim: Claim; readonly leaseUntilMs: number }[]): Promise<WriteAnswer[]> {
    return this.#mark(batch, (members) => this.#store.renew(members));
  }

  complete(claim: Claim): Promise<WriteAnswer> {
    return this.#markOne({ claim }, (members) => this.#store.complete(members));
  }

  fail(failure: Failure): Promise<WriteAnswer> {
    return this.#markOne(failure, (members) => this.#store.fail(members));
  }

  release(claims: readonly Claim[]): Promise<WriteAnswer[]> {
    return this.#mark(
      claims.map((claim) => ({ claim })),
      (members) => this.#store.release(members),
    );
  }

  get #store(): ClaimStore {
    return this.#ports.store;
  }

  async #markOne<Member>(
    member: Member,
    ask: (batch: readonly Member[]) => Promise<WriteAnswer[]>,
  ): Promise<WriteAnswer> {
    const [answer] = await this.#mark([member], ask);
    return answer as WriteAnswer;
  }

  #mark<Member>(batch: readonly Member[], ask: (batch: readonly Member[]) => Promise<WriteAnswer[]>) {
    return this.#ask<Member, WriteAnswer>(batch, ask, () => this.#deadline.lastMarkAtMs);
  }

  #ask<Member, Answer extends { readonly kind: string }>(
    batch: readonly Member[],
    ask: (batch: readonly Member[]) => Promise<(Answer | Unknown)[]>,
    untilMs: () => number,
  ): Promise<(Answer | Unknown)[]> {
    const timed = async (members: readonly Member[]) => {
      const startedAtMs = this.#ports.clock.now();
      const answers = await ask(members).catch((error: unknown) =>
        members.map((): Unknown => ({ kind: 'unknown', reason: 'failed', error })),
      );
      this.#deadline.learn(this.#ports.clock.now() - startedAtMs);
      return answers;
    };
    return settle(batch, timed, untilMs, this.#ports);
  }
}
