import { LocalError } from '../../local/errors';

/** What one part finds, and its error where it cannot be read: that hides nothing of the other parts. */
export function* apart<T>(part: () => Iterable<T>): Iterable<T | LocalError> {
  try {
    yield* part();
  } catch (thrown) {
    if (!(thrown instanceof LocalError)) throw thrown;
    yield thrown;
  }
}
