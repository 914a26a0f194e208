import { ERROR_CODES } from '../../../contract/error-codes';
import { LocalError } from '../../errors';

/** Something in a request that cannot be read: nothing may be overlooked, so the run cannot be judged. */
export function unreadable(what: string, received: unknown, accepted: string): LocalError {
  const text = typeof received === 'string' ? received : JSON.stringify(received);
  return new LocalError(
    ERROR_CODES.requestUnreadable,
    `${what} cannot be read: ${text ?? 'nothing'}. Accepted is ${accepted}. Leave it out of the function, or judge its run in another way.`,
  );
}
