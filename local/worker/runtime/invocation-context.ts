import { readDeadlineNote } from '../deadline-note';
import type { InvokeMessage } from '../messages';
import { machineNow } from './clock';

/** The legacy way to answer, which Lambda puts on the context. */
export interface Completion {
  done(error?: unknown, result?: unknown): void;
  succeed(result?: unknown): void;
  fail(error?: unknown): void;
}

/** What a handler gets as its context. Source: Lambda Developer Guide, Node.js context object. */
export function invocationContext(
  message: InvokeMessage,
  completion: Completion,
  /** Where the deadline is noted, if it may be moved. */
  deadlineFd: number | undefined,
): { callbackWaitsForEmptyEventLoop: boolean } {
  const { env } = process;
  return {
    callbackWaitsForEmptyEventLoop: true,
    ...completion,
    functionName: env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: env.AWS_LAMBDA_FUNCTION_VERSION,
    memoryLimitInMB: env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: env.AWS_LAMBDA_LOG_STREAM_NAME,
    identity: undefined,
    clientContext: undefined,
    invokedFunctionArn: message.invokedFunctionArn,
    awsRequestId: message.requestId,
    getRemainingTimeInMillis: () => remainingMs(message, deadlineFd),
  } as { callbackWaitsForEmptyEventLoop: boolean };
}

/** By the wall clock, as in Lambda: a sandbox that stood still finds its time gone. */
function remainingMs({ deadlineMs }: InvokeMessage, deadlineFd: number | undefined): number {
  const noted = (deadlineFd === undefined ? undefined : readDeadlineNote(deadlineFd)) ?? { deadlineMs };
  return 'leftMs' in noted ? noted.leftMs : noted.deadlineMs - machineNow();
}
