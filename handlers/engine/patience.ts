import type { Deadline } from '../core/deadline';
import type { Ports } from '../ports';
import { type Settling, settle } from '../store/settle';
import type { Unknown } from '../store/unknown';

type Ask<Member, Answer> = (batch: readonly Member[]) => Promise<(Answer | Unknown)[]>;

/**
 * How one invocation asks the store: with patience for throttling and lost answers inside the deadline (claims) or
 * inside the reserve (marks), and with a stopwatch that the deadline learns from.
 */
export class Patience {
  readonly #ports: Ports;
  readonly #deadline: Deadline;

  constructor(ports: Ports, deadline: Deadline) {
    this.#ports = ports;
    this.#deadline = deadline;
  }

  /** What is asked before a record starts. Gives up what it has to ask again once `over` is aborted. */
  start<Member, Answer extends { readonly kind: string }>(
    batch: readonly Member[],
    ask: Ask<Member, Answer>,
    over: AbortSignal,
  ): Settling<Answer> {
    return settle(batch, this.#timed(ask), () => this.#deadline.atMs, this.#ports, over);
  }

  /** What saves what was done. */
  save<Member, Answer extends { readonly kind: string }>(
    batch: readonly Member[],
    ask: Ask<Member, Answer>,
  ): Settling<Answer> {
    return settle(batch, this.#timed(ask), () => this.#deadline.lastMarkAtMs, this.#ports);
  }

  #timed<Member, Answer>(ask: Ask<Member, Answer>): Ask<Member, Answer> {
    return async (members) => {
      const startedAtMs = this.#ports.clock.now();
      const answers = await ask(members).catch((error: unknown) =>
        members.map((): Unknown => ({ kind: 'unknown', reason: 'failed', error })),
      );
      this.#deadline.learn(this.#ports.clock.now() - startedAtMs);
      return answers;
    };
  }
}
