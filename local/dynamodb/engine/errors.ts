import type { Item } from './attribute-value';

const SERVICE = 'com.amazonaws.dynamodb.v20120810#';
const VALIDATION = 'com.amazon.coral.validate#';

/** How one of several writes has failed: a reason of a cancellation, or the error of a member of a batch. */
export interface MemberError {
  readonly Code: string;
  readonly Message?: string;
  readonly Item?: Item;
}

/** An error as the service answers it: `name` is the service's name for it. */
export class DynamoDbEngineError extends Error {
  constructor(
    override readonly name: string,
    message: string,
    /** What stands in the body beside type and message. */
    readonly details: { readonly Item?: Item; readonly CancellationReasons?: readonly MemberError[] } = {},
    readonly statusCode = 400,
    /**
     * Whose mistake it is in a transaction. Without a word what is found in reading a request is a mistake of the
     * request, and what is found in its item the reason of that item.
     */
    readonly scope?: 'request' | 'item',
  ) {
    super(message);
  }

  /** The body of the answer. Source: DynamoDB Developer Guide, "Error handling". */
  get body(): object {
    const prefix = this.name === 'ValidationException' ? VALIDATION : SERVICE;
    // The model of this one error spells its member with a capital.
    const member = this.name === 'TransactionCanceledException' ? 'Message' : 'message';
    return { __type: `${prefix}${this.name}`, ...this.details, [member]: this.message };
  }
}

/** Source: API Reference, BatchStatementError, and the reasons of TransactWriteItems. */
const CODES: Readonly<Record<string, string>> = {
  ConditionalCheckFailedException: 'ConditionalCheckFailed',
  DuplicateItemException: 'DuplicateItem',
  ResourceNotFoundException: 'ResourceNotFound',
  ValidationException: 'ValidationError',
};

export function reasonOf({ name, message, details }: DynamoDbEngineError): MemberError {
  return { Code: CODES[name] ?? name, Message: message, ...(details.Item && { Item: details.Item }) };
}

/** Gives the error where there is one; a bug of the engine goes on. */
export function attempt<Result>(
  run: () => Result,
  caught: (error: DynamoDbEngineError) => boolean = () => true,
): Result | DynamoDbEngineError {
  try {
    return run();
  } catch (error) {
    if (error instanceof DynamoDbEngineError && caught(error)) return error;
    throw error;
  }
}

export function validationError(message: string): DynamoDbEngineError {
  return new DynamoDbEngineError('ValidationException', message);
}

/** A mistake in the item or its key: a transaction is cancelled by it. Measured with DynamoDB Local 3.1.0. */
export function itemError(message: string): DynamoDbEngineError {
  return new DynamoDbEngineError('ValidationException', message, {}, 400, 'item');
}

/** A mistake that is an error of the whole request, wherever it is found. */
export function requestError(message: string): DynamoDbEngineError {
  return new DynamoDbEngineError('ValidationException', message, {}, 400, 'request');
}

export function conditionalCheckFailed(item?: Item): DynamoDbEngineError {
  return new DynamoDbEngineError(
    'ConditionalCheckFailedException',
    'The conditional request failed',
    item ? { Item: item } : {},
  );
}

export function tableNotFound(): DynamoDbEngineError {
  return new DynamoDbEngineError('ResourceNotFoundException', 'Requested resource not found');
}

export function duplicateItem(): DynamoDbEngineError {
  return new DynamoDbEngineError('DuplicateItemException', 'Duplicate primary key exists in table');
}

export function transactionCanceled(reasons: readonly MemberError[]): DynamoDbEngineError {
  const codes = reasons.map(({ Code }) => Code).join(', ');
  return new DynamoDbEngineError(
    'TransactionCanceledException',
    `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes}]`,
    { CancellationReasons: reasons },
  );
}

/**
 * What the service may well accept and this engine does not imitate. It has a name of its own, so that nobody takes it
 * for an answer of the service.
 */
export function notInEngine(what: string, accepted: string): DynamoDbEngineError {
  return new DynamoDbEngineError(
    'NotInEngineException',
    `The in-process DynamoDB engine does not imitate ${what}. It accepts ${accepted}. Use DynamoDB Local for the rest (--dynamodb URL).`,
  );
}
