import { ERROR_CODES, EXIT } from '../../contract/error-codes';
import { LocalError } from '../errors';

/** What was given as input is wrong from some place on; what came before it stands. */
export class InputError extends LocalError {
  constructor(message: string, options?: ErrorOptions) {
    super(ERROR_CODES.usage, message, EXIT.usage, options);
  }
}
