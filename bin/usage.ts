import { ERROR_CODES, EXIT } from '../contract/error-codes';
import { LocalError } from '../local/errors';

/** The command line is wrong: what about it, how to write it, and exit code 2. */
export class UsageError extends LocalError {
  constructor(
    problem: string,
    readonly usage: string,
  ) {
    super(ERROR_CODES.usage, problem, EXIT.usage);
  }
}
