import type { ErrorShape, InvokeMessage, WorkerMessage } from '../messages';
import { errorShape, RuntimeError } from './error-shape';
import { type Handler, loadHandler } from './load-handler';
import { runHandler } from './run-handler';

/**
 * The program of the worker process: it plays Lambda's Node.js runtime for one function. It takes invocations over
 * the IPC channel, one at a time, and ends when the channel closes, which happens also when the parent is killed.
 */

const channel = process.channel;
const sendToParent = process.send?.bind(process);

// For the function there is no parent: deployed, nobody listens to process.send.
delete (process as { send?: unknown }).send;

function send(message: WorkerMessage, sent?: () => void): void {
  sendToParent?.(message, undefined, undefined, () => sent?.());
}

process.on('disconnect', () => flush(() => process.exit()));

// Exit codes as in aws/aws-lambda-nodejs-runtime-interface-client, src/index.mjs.
process.on('uncaughtException', (error) => endWith(errorShape(error), 129));
process.on('unhandledRejection', (reason) => {
  const trace = reason instanceof Error ? reason.stack : undefined;
  const error = new RuntimeError('Runtime.UnhandledPromiseRejection', String(reason));
  if (trace !== undefined) error.stack = trace;
  endWith(errorShape(error), 128);
});

function endWith(error: ErrorShape, exitCode: number): void {
  console.error(`${error.errorType}: ${error.errorMessage}`);
  send({ type: 'fatal', error }, () => flush(() => process.exit(exitCode)));
}

/** What was printed may still lie in this process, and would end with it. */
function flush(then: () => void): void {
  process.stdout.write('', () => process.stderr.write('', then));
}

let idleListener: (() => void) | undefined;
process.on('beforeExit', () => {
  const listener = idleListener;
  idleListener = undefined;
  listener?.();
});

// The channel alone must not keep an invocation alive: "nothing left to wait for" has to be seen (runHandler).
channel?.unref();

loadHandler(process.env.LAMBDA_TASK_ROOT ?? process.cwd(), process.env._HANDLER ?? '').then(
  (handler) => {
    process.on('message', (message: InvokeMessage) => {
      if (message.type === 'invoke') void invoke(handler, message);
    });
    awaitInvocation();
    send({ type: 'ready' });
  },
  (error: unknown) => send({ type: 'init-error', error: errorShape(error) }, () => flush(() => process.exit(1))),
);

async function invoke(handler: Handler, message: InvokeMessage): Promise<void> {
  const { requestId } = message;
  channel?.unref();
  const outcome = await runHandler(handler, message, (listener) => {
    idleListener = listener;
  });
  awaitInvocation();
  send(
    'payload' in outcome
      ? { type: 'response', requestId, payload: outcome.payload }
      : { type: 'error', requestId, error: outcome.error },
  );
}

function awaitInvocation(): void {
  channel?.ref();
}
