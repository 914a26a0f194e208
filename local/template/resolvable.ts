import { LocalError } from '../errors';

/** The value as text; undefined where it is not set, or where only a deployment knows it. */
export function resolvable(resolve: () => unknown): string | undefined {
  try {
    const value = resolve();
    return value === undefined ? undefined : String(value);
  } catch (error) {
    if (error instanceof LocalError) return undefined;
    throw error;
  }
}
