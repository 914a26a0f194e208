import { MAXIMUM_PAYLOAD_BYTES } from '../../../contract/limits';
import type { ErrorShape, InvokeMessage } from '../messages';
import { errorShape, RuntimeError } from './error-shape';
import { invocationContext } from './invocation-context';
import { type Handler, takesCallback } from './load-handler';

export type Outcome = { readonly payload: string } | { readonly error: ErrorShape };

export interface Surroundings {
  /** Has `listener` run once when nothing is left that could still happen; `undefined` takes it back. */
  readonly whenIdle: (listener: (() => void) | undefined) => void;
  /** Where the deadline is noted, if it may be moved. */
  readonly deadlineFd: number | undefined;
}

/**
 * Runs the handler once and answers once: with what its promise gives, by the callback, or because nothing is left to
 * wait for. Source: aws/aws-lambda-nodejs-runtime-interface-client, src/Runtime.js and src/CallbackContext.js.
 */
export function runHandler(
  handler: Handler,
  message: InvokeMessage,
  { whenIdle, deadlineFd }: Surroundings,
): Promise<Outcome> {
  return new Promise((resolve) => {
    const settle = (outcome: Outcome) => {
      whenIdle(undefined);
      resolve(outcome);
    };
    const succeed = (result?: unknown) => settle(serialised(result));
    const fail = (error?: unknown) => settle({ error: errorShape(error ?? 'handled') });
    const done = (error?: unknown, result?: unknown) => (isSet(error) ? fail(error) : succeed(result));
    const context = invocationContext(message, { done, succeed, fail }, deadlineFd);
    const callback = (error: unknown, result?: unknown) => {
      if (isSet(error) || !context.callbackWaitsForEmptyEventLoop) done(error, result);
      else whenIdle(() => succeed(result));
    };

    const mayUseCallback = takesCallback(handler);
    // With nothing left to wait for an async function has failed; any other has forgotten its callback, which for
    // Lambda is a success without a result.
    whenIdle(() => (mayUseCallback ? succeed() : fail(new RuntimeError('Runtime.NodeJsExit', NEVER_SETTLED))));
    try {
      const result = handler(JSON.parse(message.event), context, callback);
      if (isThenable(result)) result.then(succeed, fail);
      else if (!mayUseCallback) succeed(result);
      else if (result !== undefined) console.warn(RESULT_IGNORED);
    } catch (error) {
      fail(error);
    }
  });
}

const TOO_LARGE = `Response payload size exceeded maximum allowed payload size (${MAXIMUM_PAYLOAD_BYTES} bytes).`;
const NEVER_SETTLED =
  'The Lambda runtime client detected an unexpected Node.js exit code. This is most commonly caused by a Promise that was never settled.';
const RESULT_IGNORED =
  'msk-once: the handler is no async function and returned a value. Up to nodejs22.x Lambda ignores it and waits for the callback; make the handler async.';

function serialised(result: unknown): Outcome {
  try {
    const payload = JSON.stringify(result) ?? 'null';
    if (Buffer.byteLength(payload) <= MAXIMUM_PAYLOAD_BYTES) return { payload };
    return { error: errorShape(new RuntimeError('Function.ResponseSizeTooLarge', TOO_LARGE)) };
  } catch (error) {
    const problem = `Unable to stringify response body: ${error instanceof Error ? error.message : String(error)}`;
    return { error: errorShape(new RuntimeError('Runtime.MarshalError', problem, { cause: error })) };
  }
}

function isSet(error: unknown): boolean {
  return error !== undefined && error !== null;
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as PromiseLike<unknown> | undefined | null)?.then === 'function';
}
