import type { ErrorShape } from './messages';

/** How an invocation ended. Only `response` is a success of the function; after `error` the worker may go on. */
export type InvocationResult = Response | FunctionError | TimedOut | Crash | InitError;

interface Timed {
  /** Milliseconds from the invocation to this result, as the event source saw them. */
  readonly durationMs: number;
}

export interface Response extends Timed {
  readonly kind: 'response';
  /** What the handler returned, after a round through JSON; `null` for nothing. */
  readonly payload: unknown;
}

/** The handler threw or rejected, or its result could not be sent back. */
export interface FunctionError extends Timed, ErrorShape {
  readonly kind: 'error';
}

/** The function's time-out was reached; the process was killed and is gone. */
export interface TimedOut extends Timed, ErrorShape {
  readonly kind: 'timeout';
}

/** The process ended during the invocation: `process.exit`, a signal, out of memory. */
export interface Crash extends Timed, ErrorShape {
  readonly kind: 'crash';
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** The function never became ready: its module threw, is missing, or took too long. */
export interface InitError extends Timed, ErrorShape {
  readonly kind: 'init-error';
}
