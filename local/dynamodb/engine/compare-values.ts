import { type AttributeValue, type Item, isSetType, setElements, typeOf } from './attribute-value';
import { compareNumbers } from './decimal';

/** By UTF-8 bytes, as the service compares strings; UTF-16 order differs beyond the basic plane. */
export function compareStrings(left: string, right: string): number {
  return left === right ? 0 : Buffer.compare(Buffer.from(left), Buffer.from(right));
}

export function compareBinaries(left: string, right: string): number {
  return Buffer.compare(Buffer.from(left, 'base64'), Buffer.from(right, 'base64'));
}

/** Below, at or above 0; undefined where the two have no order. */
export function compareValues(left: AttributeValue, right: AttributeValue): number | undefined {
  if ('S' in left && 'S' in right) return compareStrings(left.S, right.S);
  if ('N' in left && 'N' in right) return compareNumbers(left.N, right.N);
  if ('B' in left && 'B' in right) return compareBinaries(left.B, right.B);
  return undefined;
}

/** Canonical form makes equal scalars and sets equal texts. */
export function equalValues(left: AttributeValue, right: AttributeValue): boolean {
  if (left === right) return true;
  const type = typeOf(left);
  if (type !== typeOf(right)) return false;
  if ('M' in left && 'M' in right) return equalItems(left.M, right.M);
  if ('L' in left && 'L' in right) {
    const others = right.L;
    return left.L.length === others.length && left.L.every((element, index) => equalOptional(element, others[index]));
  }
  if (isSetType(type)) {
    const others = setElements(right);
    return (
      setElements(left).length === others.length && setElements(left).every((text, index) => text === others[index])
    );
  }
  return (left as Record<string, unknown>)[type] === (right as Record<string, unknown>)[type];
}

function equalItems(left: Item, right: Item): boolean {
  const names = Object.keys(left);
  return (
    names.length === Object.keys(right).length &&
    names.every((name) => Object.hasOwn(right, name) && equalOptional(left[name], right[name]))
  );
}

function equalOptional(left: AttributeValue | undefined, right: AttributeValue | undefined): boolean {
  return left !== undefined && right !== undefined && equalValues(left, right);
}
