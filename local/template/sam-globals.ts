import { isIntrinsic, isObject, own } from './template';

/** A property with what the section Globals adds to it. */
export interface Merged {
  readonly value: unknown;
  /** Dotted keys below the property of what comes from Globals alone; `''` is the whole of it. */
  readonly inherited: readonly string[];
}

/**
 * Globals are defaults: objects are merged key by key, lists are joined, the global items first, and of everything
 * else the resource's own value holds. Source: SAM Developer Guide, Globals section.
 */
export function mergeGlobals(general: unknown, local: unknown): Merged {
  if (local === undefined) return { value: general, inherited: general === undefined ? [] : [''] };
  if (Array.isArray(general) && Array.isArray(local)) return { value: [...general, ...local], inherited: [] };
  if (isPlain(general) && isPlain(local)) return mergeObjects(general, local);
  return { value: local, inherited: [] };
}

function mergeObjects(general: Readonly<Record<string, unknown>>, local: Readonly<Record<string, unknown>>): Merged {
  const keys = [...new Set([...Object.keys(general), ...Object.keys(local)])];
  const merged = keys.map((key) => [key, mergeGlobals(own(general, key), own(local, key))] as const);
  return {
    value: Object.fromEntries(merged.map(([key, { value }]) => [key, value])),
    inherited: merged.flatMap(([key, { inherited }]) =>
      inherited.map((rest) => (rest === '' ? key : `${key}.${rest}`)),
    ),
  };
}

/** An intrinsic function is one value, however it looks. */
function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  return isObject(value) && !isIntrinsic(value);
}
