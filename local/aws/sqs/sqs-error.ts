/** An error as SQS answers it in its JSON protocol. */
export class SqsError extends Error {
  constructor(
    /** The error's shape, and what stands in its place in the older query protocol. */
    readonly shape: string,
    message: string,
    readonly queryCode: string = shape,
  ) {
    super(message);
  }
}

export const invalidParameter = (reason: string) =>
  new SqsError(
    'InvalidParameterValueException',
    `One or more parameters are invalid. Reason: ${reason}`,
    'InvalidParameterValue',
  );

export const noSuchQueue = () =>
  new SqsError('QueueDoesNotExist', 'The specified queue does not exist.', 'AWS.SimpleQueueService.NonExistentQueue');

export const unsupported = (what: string) =>
  new SqsError(
    'UnsupportedOperation',
    `The stand-in for SQS does not play ${what}. Use ElasticMQ (msk-once servers --with sqs).`,
    'AWS.SimpleQueueService.UnsupportedOperation',
  );
