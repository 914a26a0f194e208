import { ERROR_CODES } from '../contract/error-codes';
import { LocalError } from '../local/errors';
import { UsageError } from './usage';

/** What a person reads of the error that ended a command. */
export function errorText(error: unknown): string {
  if (error instanceof UsageError) return `${error.message}\n\n${error.usage}`;
  if (error instanceof LocalError) return error.message;
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return `${text}\nNobody had foreseen this: report it as a bug of msk-once, with this whole text. (${ERROR_CODES.unexpected})`;
}
