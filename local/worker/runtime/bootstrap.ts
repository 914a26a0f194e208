import type { ErrorShape, InvokeMessage, WorkerMessage } from '../messages';
import { takeSettings } from '../worker-settings';
import { shiftClock } from './clock';
import { errorShape, RuntimeError } from './error-shape';
import { type Handler, loadHandler } from './load-handler';
import { runHandler } from './run-handler';

/**
 * The program of the worker process: it plays Lambda's Node.js runtime for one function. It takes invocations over
 * the IPC channel, one at a time, and ends when the channel closes, which happens also when the parent is killed.
 */

const settings = takeSettings(process.argv);
if (settings.clockOffsetMs !== 0) shiftClock(settings.clockOffsetMs);

const channel = process.channel;
const sendToParent = process.send?.bind(process);

// For the function there is no parent: deployed, nobody listens to process.send.
delete (process as { send?: unknown }).send;

function send(message: WorkerMessage, sent?: () => void): void {
  sendToParent?.(message, undefined, undefined, () => sent?.());
}

function endWith(error: ErrorShape, exitCode: number): void {
  console.error(`${error.errorType}: ${error.errorMessage}`);
  send({ type: 'fatal', error }, () => flush(() => process.exit(exitCode)));
}

/** What was printed may still lie in this process, and would end with it. */
function flush(then: () => void): void {
  process.stdout.write('', () => process.stderr.write('', then));
}

let idleListener: (() => void) | undefined;
let handler: Handler | undefined;

// Exit codes as in aws/aws-lambda-nodejs-runtime-interface-client, src/index.mjs.
const LISTENERS: Readonly<Record<string, (given: never) => void>> = {
  disconnect: () => flush(() => process.exit()),
  uncaughtException: (error: unknown) => endWith(errorShape(error), 129),
  unhandledRejection: (reason: unknown) => {
    const trace = reason instanceof Error ? reason.stack : undefined;
    const error = new RuntimeError('Runtime.UnhandledPromiseRejection', String(reason));
    if (trace !== undefined) error.stack = trace;
    endWith(errorShape(error), 128);
  },
  beforeExit: () => {
    const listener = idleListener;
    idleListener = undefined;
    listener?.();
  },
  message: (message: InvokeMessage) => {
    if (message.type === 'invoke' && handler) void invoke(handler, message);
  },
};

/** The function may have taken them away. */
function listen(): void {
  for (const [event, listener] of Object.entries(LISTENERS)) {
    if (!process.listeners(event as 'disconnect').includes(listener as () => void))
      process.on(event as 'disconnect', listener as () => void);
  }
}

// The channel alone must not keep an invocation alive: "nothing left to wait for" has to be seen (runHandler).
listen();
channel?.unref();
void start();

async function start(): Promise<void> {
  // Node.js itself waits before it runs any of this: a debugger that came early would be missed here.
  if (settings.waitForDebugger) send({ type: 'attached' });
  try {
    handler = await loadHandler(process.env.LAMBDA_TASK_ROOT ?? process.cwd(), process.env._HANDLER ?? '');
    awaitInvocation();
    send({ type: 'ready' });
  } catch (error) {
    send({ type: 'init-error', error: errorShape(error) }, () => flush(() => process.exit(1)));
  }
}

async function invoke(handler: Handler, message: InvokeMessage): Promise<void> {
  const { requestId } = message;
  channel?.unref();
  const outcome = await runHandler(handler, message, {
    deadlineFd: settings.deadlineFd,
    whenIdle: (listener) => {
      idleListener = listener;
    },
  });
  awaitInvocation();
  send(
    'payload' in outcome
      ? { type: 'response', requestId, payload: outcome.payload }
      : { type: 'error', requestId, error: outcome.error },
  );
}

function awaitInvocation(): void {
  listen();
  channel?.ref();
}
