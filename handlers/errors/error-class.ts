import { ERROR_CLASS_SYMBOL } from '../../contract/error-codes';

/**
 * What an error means for its record (protocol P1): `permanent` will never work, `transient` may work later,
 * `outage` concerns everything and not this record.
 */
export type ErrorClass = 'permanent' | 'transient' | 'outage';

const CLASSES: readonly unknown[] = ['permanent', 'transient', 'outage'] satisfies ErrorClass[];

export function isErrorClass(value: unknown): value is ErrorClass {
  return CLASSES.includes(value);
}

/** What an error says of itself, also one of another copy of the package; undefined: nothing. */
export function errorClassOf(error: unknown): ErrorClass | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const said = (error as { readonly [ERROR_CLASS_SYMBOL]?: unknown })[ERROR_CLASS_SYMBOL];
  return isErrorClass(said) ? said : undefined;
}
