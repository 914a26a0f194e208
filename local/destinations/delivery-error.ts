import { ERROR_CODES, EXIT } from '../../contract/error-codes';
import { LocalError } from '../errors';

/** An on-failure destination did not take what it was given. `destination` as a person reads it. */
export function deliveryError(destination: string, cause: unknown): LocalError {
  const { message, code, name } = cause as { message?: string; code?: string; name?: string };
  return new LocalError(
    ERROR_CODES.serverFailed,
    `The on-failure destination, ${destination}, did not take the failed records: ${message || code || name}. The service would count them as dropped. Let the stand-in take them, and run this again.`,
    EXIT.failed,
    { cause },
  );
}
