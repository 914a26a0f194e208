import { requestTimeouts } from './client-settings';
import type { RedriveFunction } from './function-name';
import type { Invoke } from './invocation';

/** Longer than any function may run. */
const REQUEST_TIMEOUT_MS = 15.5 * 60_000;

/** The function, by the SDK's client, with the environment's credentials. @param region @default the environment's */
export async function openLambdaInvoke(
  { functionName, qualifier, region: itsOwn }: RedriveFunction,
  region: string | undefined,
): Promise<Invoke> {
  const { InvokeCommand, LambdaClient } = await import('@aws-sdk/client-lambda');
  const chosen = itsOwn ?? region;
  const lambda = new LambdaClient({
    ...(chosen !== undefined && { region: chosen }),
    // One that got no answer may have run: whether to ask again is ours to say.
    maxAttempts: 1,
    requestHandler: requestTimeouts(REQUEST_TIMEOUT_MS),
  });
  return async (text) => {
    const { FunctionError, Payload } = await lambda.send(
      new InvokeCommand({ FunctionName: functionName, Qualifier: qualifier, Payload: Buffer.from(text) }),
    );
    return { functionError: FunctionError, payload: Buffer.from(Payload ?? []).toString() };
  };
}
