import { DynamoDbEngineError } from './errors';

/** What a door needs of the engine, so that something can stand between the two. */
export interface EngineDoor {
  execute(operation: string, input: object): object;
}

export const CONTENT_TYPE = 'application/x-amz-json-1.0';

const TARGET = /^DynamoDB_20120810\.(\w+)$/;

/** One request of DynamoDB's JSON protocol. */
export function answerRequest(engine: EngineDoor, target: string, body: string): { statusCode: number; body: string } {
  try {
    return { statusCode: 200, body: JSON.stringify(engine.execute(operationOf(target), inputOf(body))) };
  } catch (error) {
    if (error instanceof DynamoDbEngineError) return { statusCode: error.statusCode, body: JSON.stringify(error.body) };
    throw error;
  }
}

function operationOf(target: string): string {
  const operation = TARGET.exec(target)?.[1];
  if (operation !== undefined) return operation;
  throw new DynamoDbEngineError(
    'UnknownOperationException',
    `X-Amz-Target must be DynamoDB_20120810.<operation>, found "${target}"`,
  );
}

function inputOf(body: string): object {
  try {
    const input: unknown = JSON.parse(body);
    if (typeof input === 'object' && input !== null && !Array.isArray(input)) return input;
  } catch {
    // Answered below.
  }
  throw new DynamoDbEngineError('SerializationException', 'The body of the request must be a JSON object');
}
