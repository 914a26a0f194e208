/** An error as Lambda answers it. Source: Lambda API Reference, Invoke, errors. */
export class InvokeError extends Error {
  constructor(
    readonly status: number,
    readonly type: string,
    message: string,
  ) {
    super(message);
  }
}

export const noSuchFunction = (name: string, qualifier: string | undefined, known: readonly string[]) =>
  new InvokeError(
    404,
    'ResourceNotFoundException',
    `Function not found: ${name}${qualifier === undefined ? '' : `:${qualifier}`}; there are ${known.join(', ') || 'none'}`,
  );

export const throttled = () => new InvokeError(429, 'TooManyRequestsException', 'Rate Exceeded.');

export const tooLarge = (bytes: number) =>
  new InvokeError(
    413,
    'RequestTooLargeException',
    `Request must be smaller than ${bytes} bytes for the InvokeFunction operation`,
  );

export const invalidContent = (reason: string) =>
  new InvokeError(400, 'InvalidRequestContentException', `Could not parse request body into json: ${reason}`);

export const unsupported = (what: string) =>
  new InvokeError(501, 'NotImplemented', `This stand-in for Lambda does not play ${what}`);
