import { errorClassOf, valueUndecodable } from '../errors';
import { Unreadable } from './unreadable';

/**
 * What a record ends with whose value could not be read. Libraries quote values in their messages, so that what is not
 * our own is told by its name, and is the cause.
 */
export function refusal(codec: string, { length: bytes }: Buffer, error: unknown, hint: string): unknown {
  if (errorClassOf(error) !== undefined) return error;
  if (error instanceof Unreadable) return valueUndecodable({ codec, bytes, reason: `${error.message}${hint}` });
  const reason = `reading it failed with ${error instanceof Error ? error.name : `a ${typeof error}`}`;
  return valueUndecodable({ codec, bytes, reason: `${reason}${hint}` }, { cause: error });
}
