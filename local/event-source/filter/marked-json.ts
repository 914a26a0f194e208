/**
 * A JSON value that remembers how its numbers were written: a string stands as `s…`, a number as `n…`, and so does every
 * object key as `s…`. JSON.parse alone forgets what tells 300 from 300.0.
 */
export type MarkedJson = string | boolean | null | readonly MarkedJson[] | MarkedObject;
export interface MarkedObject {
  readonly [key: string]: MarkedJson;
}

/** Looks at one leaf: a string, number, boolean or null. */
export type LeafTest = (leaf: MarkedJson) => boolean;

const ESCAPE_QUOTE_OR_NUMBER = /\\.|"|-?\d[\d.eE+-]*/g;

/** undefined: the text is not JSON. */
export function parseMarked(text: string): MarkedJson | undefined {
  try {
    JSON.parse(text);
  } catch {
    return undefined;
  }
  // A pattern for whole strings fails on one with millions of escapes.
  let isInString = false;
  const marked = text.replace(ESCAPE_QUOTE_OR_NUMBER, (token) => {
    if (token === '"') {
      isInString = !isInString;
      return isInString ? '"s' : '"';
    }
    return isInString ? token : `"n${token}"`;
  });
  return JSON.parse(marked) as MarkedJson;
}

export const markedString = (text: string): string => `s${text}`;

/** The text of a string; undefined for everything else. */
export function stringOf(value: MarkedJson | undefined): string | undefined {
  return typeof value === 'string' && value.startsWith('s') ? value.slice(1) : undefined;
}

/** The value of a number; undefined for everything else. */
export function numberOf(value: MarkedJson | undefined): number | undefined {
  return typeof value === 'string' && value.startsWith('n') ? Number(value.slice(1)) : undefined;
}

export function isMarkedObject(value: MarkedJson | undefined): value is MarkedObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isMarkedArray(value: MarkedJson | undefined): value is readonly MarkedJson[] {
  return Array.isArray(value);
}

/** Keys and values of an object, the keys without their mark. */
export function entriesOf(object: MarkedObject): readonly (readonly [key: string, value: MarkedJson])[] {
  return Object.entries(object).map(([key, value]) => [key.slice(1), value]);
}

export function memberOf(object: MarkedObject, key: string): MarkedJson | undefined {
  const marked = markedString(key);
  return Object.hasOwn(object, marked) ? object[marked] : undefined;
}
