import { isOnceError, type OnceError } from '../../handlers';

/** The error of msk-once that decoding ends with, now or later; anything else fails the test. */
export async function refusalOf(act: () => unknown): Promise<OnceError> {
  try {
    await act();
  } catch (error) {
    if (isOnceError(error)) return error;
    throw error;
  }
  throw new Error('it was decoded');
}
