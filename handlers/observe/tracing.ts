import type { RawRecord } from '../record/parse-event';

/** What an invocation is called in a trace. */
export interface TracedInvocation {
  readonly consumer: string;
  /** The records of each partition. */
  readonly records: readonly (readonly RawRecord[])[];
}

/** Spans around what the runtime does. Never changes what the work gives or throws, and never fails on its own. */
export interface Tracing {
  invocation<Result>(invocation: TracedInvocation, work: () => Promise<Result>): Promise<Result>;
  /** Around `process` for one record; undefined where records have no spans of their own. */
  readonly record:
    | (<Result>(
        record: RawRecord,
        attempt: number,
        work: () => Result | PromiseLike<Result>,
      ) => Result | Promise<Result>)
    | undefined;
  /** Around `processBatch` for several records; undefined where there are no such spans. */
  readonly call?:
    | (<Result>(records: readonly RawRecord[], work: () => Result | PromiseLike<Result>) => Result | Promise<Result>)
    | undefined;
}

export const NO_TRACING: Tracing = { invocation: (_, work) => work(), record: undefined };
