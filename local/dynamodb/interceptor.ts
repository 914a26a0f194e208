/** A request of a worker to the database. */
export interface DatabaseRequest {
  readonly worker: string;
  /** From 1 on, in the order in which the requests of all workers came in. A copy has the number of its original. */
  readonly number: number;
  /** Such as `UpdateItem`. */
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
  /** When it came in, milliseconds since the epoch. */
  readonly receivedAtMs: number;
  /** Aborted when the worker is gone or has given the request up. */
  readonly gone: AbortSignal;
  /** Sent once more from here: nobody waits for its answer. */
  readonly isCopy: boolean;
  /**
   * Sends the same bytes to the database once more. The answer of the copy is seen by `answered`, or its lack by
   * `unanswered`; then it resolves. Never rejects for what the database does.
   */
  sendCopy(): Promise<void>;
}

export type Decision =
  | {
      readonly kind: 'forward';
      /** It goes on even if its sender is gone meanwhile: it has left the sender's machine. @default false */
      readonly onItsWay?: boolean;
    }
  /** Another request of the same operation is forwarded, and the worker gets what is made of its answer. */
  | {
      readonly kind: 'replace';
      readonly input: Readonly<Record<string, unknown>>;
      readonly answer: (output: unknown) => object;
    }
  /** Answered here; the database never sees it. */
  | { readonly kind: 'answer'; readonly status: number; readonly body: object }
  /** The connection is closed without an answer; the database never sees it. */
  | { readonly kind: 'drop' }
  /** No answer comes, until the sender gives up; the database never sees it. */
  | { readonly kind: 'hang' };

/** What becomes of the database's answer. */
export type AnswerDecision =
  | { readonly kind: 'pass' }
  /** The connection is closed without it. */
  | { readonly kind: 'drop' }
  /** It never comes, until the sender gives up. */
  | { readonly kind: 'hang' };

/** Sees every request before the database does, and every answer before the worker does. */
export interface Interceptor {
  request(request: DatabaseRequest): Decision | Promise<Decision>;
  /** Called as the answers come in. Nothing returned: it is passed on. */
  answered(
    request: DatabaseRequest,
    status: number,
    output: unknown,
  ): void | AnswerDecision | Promise<void> | Promise<AnswerDecision | undefined>;
  /** Forwarded, and the database gave no answer: it is down or broke off. Whether the request was done is unknown. */
  unanswered?(request: DatabaseRequest, problem: string): void;
}

/**
 * Several interceptors as one. Each sees everything, in this order; the first that does not simply pass a request or an
 * answer on decides about it, and those after it do not see that request.
 */
export function chained(...interceptors: readonly Interceptor[]): Interceptor {
  return {
    async request(request) {
      let decision: Decision = { kind: 'forward' };
      for (const interceptor of interceptors) {
        const found = await interceptor.request(request);
        if (found.kind !== 'forward') return found;
        if (found.onItsWay) decision = found;
      }
      return decision;
    },
    async answered(request, status, output) {
      let decision: AnswerDecision = { kind: 'pass' };
      // Started at once for all of them: what one waits for must not change the order in which another one sees answers.
      const found = await Promise.all(interceptors.map(async (one) => one.answered(request, status, output)));
      for (const one of found) if (decision.kind === 'pass' && one) decision = one;
      return decision;
    },
    unanswered(request, problem) {
      for (const interceptor of interceptors) interceptor.unanswered?.(request, problem);
    },
  };
}
