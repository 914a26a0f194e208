import { ERROR_CODES, EXIT } from '../contract/error-codes';
import { LocalError } from '../local/errors';

/** The command line is wrong: usage, and exit code 2. */
export function usageError(problem: string, usage: string): LocalError {
  return new LocalError(ERROR_CODES.usage, `${problem}\n\n${usage}\n`, EXIT.usage);
}
