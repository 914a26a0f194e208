import { MAPPING_NAME, type ResponseMode } from '../contract/environment';
import { ERROR_CODES } from '../contract/error-codes';
import type { InvocationContext } from '../contract/event';
import { TestingError } from './errors';

/** The mapping that events of the testing kit come from, where a test names none. */
export const TEST_MAPPING = 'Test';

export interface FakeContextOptions {
  /** Until the service would end the invocation, in ms. @default 60 000 */
  readonly remainingMs?: number;
  /** What the time is counted down on. @default the real clock */
  readonly clock?: { now(): number };
  /** The event source mapping that calls: its name and the mode are the alias. @default 'Test' */
  readonly mapping?: string;
  /** @default 'partial' */
  readonly mode?: ResponseMode;
  /** @default 'test-function' */
  readonly functionName?: string;
  /** Another alias or a version, or null for none, instead of the one of mapping and mode. */
  readonly alias?: string | null;
  /** @default '00000000-0000-4000-8000-000000000000' */
  readonly awsRequestId?: string;
}

/** A Lambda context: fits `Context` of @types/aws-lambda too. */
export interface FakeContext extends InvocationContext {
  readonly awsRequestId: string;
  readonly functionName: string;
  readonly functionVersion: string;
  readonly memoryLimitInMB: string;
  readonly logGroupName: string;
  readonly logStreamName: string;
  callbackWaitsForEmptyEventLoop: boolean;
  /** Callbacks of Lambda's oldest runtime; they do nothing. */
  done(): void;
  fail(): void;
  succeed(): void;
}

/** The context of an invocation that starts now, as a mapping calls: through its alias, with a time that runs down. */
export function fakeContext(options: FakeContextOptions = {}): FakeContext {
  const { remainingMs = 60_000, clock = Date, mapping = TEST_MAPPING, mode = 'partial' } = options;
  const { functionName = 'test-function', alias = `${mapping}-${mode}` } = options;
  if (!MAPPING_NAME.test(mapping)) {
    throw new TestingError(
      ERROR_CODES.testInputInvalid,
      `fakeContext: the mapping is ${JSON.stringify(mapping)}; accepted are letters, digits, "-" and "_"`,
    );
  }
  const endsAtMs = clock.now() + remainingMs;
  const arn = `arn:aws:lambda:eu-west-1:111122223333:function:${functionName}`;
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionName,
    functionVersion: '$LATEST',
    invokedFunctionArn: alias === null ? arn : `${arn}:${alias}`,
    memoryLimitInMB: '128',
    awsRequestId: options.awsRequestId ?? '00000000-0000-4000-8000-000000000000',
    logGroupName: `/aws/lambda/${functionName}`,
    logStreamName: '2026/09/21/[$LATEST]00000000000000000000000000000000',
    getRemainingTimeInMillis: () => Math.max(0, endsAtMs - clock.now()),
    done: () => undefined,
    fail: () => undefined,
    succeed: () => undefined,
  };
}
