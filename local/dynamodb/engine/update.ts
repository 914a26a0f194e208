import { type AttributeValue, type Item, isSetType, type SetType, setElements, setOf, typeOf } from './attribute-value';
import { compareBinaries, compareStrings } from './compare-values';
import { addNumbers, compareNumbers, subtractNumbers } from './decimal';
import { type DocumentPath, removePath, resolvePath, setPath } from './document-path';
import { validationError } from './errors';

/** An update with its names and values. */
export type UpdateAction =
  | { readonly kind: 'set'; readonly path: DocumentPath; readonly value: SetValue }
  | { readonly kind: 'remove'; readonly path: DocumentPath }
  | { readonly kind: 'add' | 'delete'; readonly path: DocumentPath; readonly value: AttributeValue };

export type SetValue =
  | { readonly kind: 'value'; readonly value: AttributeValue }
  | { readonly kind: 'path'; readonly path: DocumentPath }
  | { readonly kind: 'ifNotExists'; readonly path: DocumentPath; readonly otherwise: SetValue }
  | { readonly kind: 'listAppend'; readonly left: SetValue; readonly right: SetValue }
  | { readonly kind: 'arithmetic'; readonly operator: '+' | '-'; readonly left: SetValue; readonly right: SetValue };

type Change = { readonly path: DocumentPath; readonly value: AttributeValue | undefined };

/** Every value is computed from the item as it was; indexes name its elements too, so removals come last, from the end. */
export function applyUpdate(actions: readonly UpdateAction[], item: Item): Item {
  const changes = actions.map((action) => changeOf(action, item));
  const written = changes.filter(({ value }) => value !== undefined).sort((a, b) => comparePaths(a.path, b.path));
  const removed = changes.filter(({ value }) => value === undefined).sort((a, b) => comparePaths(b.path, a.path));
  const result = { ...item };
  for (const { path, value } of written) setPath(result, path, value as AttributeValue);
  for (const { path } of removed) {
    if (resolvePath(item, path) !== undefined) removePath(result, path);
    // Nothing to remove, perhaps not even a place for it: that is refused.
    else removePath({ ...item }, path);
  }
  return result;
}

/** By index; names in no particular order, which does not matter to them. No path of an update contains another. */
function comparePaths(left: DocumentPath, right: DocumentPath): number {
  const place = left.findIndex((part, index) => part !== right[index]);
  const [a, b] = [left[place], right[place]];
  return typeof a === 'number' && typeof b === 'number' ? a - b : String(a) < String(b) ? -1 : 1;
}

function changeOf(action: UpdateAction, item: Item): Change {
  const { kind, path } = action;
  if (kind === 'remove') return { path, value: undefined };
  if (kind === 'set') return { path, value: evaluate(action.value, item) };
  const stored = resolvePath(item, path);
  return { path, value: kind === 'add' ? added(stored, action.value) : withoutElements(stored, action.value) };
}

function evaluate(value: SetValue, item: Item): AttributeValue {
  switch (value.kind) {
    case 'value':
      return value.value;
    case 'path': {
      const stored = resolvePath(item, value.path);
      if (stored !== undefined) return stored;
      throw validationError('The provided expression refers to an attribute that does not exist in the item');
    }
    case 'ifNotExists': {
      // Evaluated in any case: a missing attribute there is an error. Measured with DynamoDB Local 3.1.0.
      const otherwise = evaluate(value.otherwise, item);
      return resolvePath(item, value.path) ?? otherwise;
    }
    case 'listAppend': {
      const left = evaluate(value.left, item);
      const right = evaluate(value.right, item);
      if (!('L' in left && 'L' in right)) throw incorrectType();
      return { L: [...left.L, ...right.L] };
    }
    case 'arithmetic': {
      const left = evaluate(value.left, item);
      const right = evaluate(value.right, item);
      if (!('N' in left && 'N' in right)) throw incorrectType();
      return { N: (value.operator === '+' ? addNumbers : subtractNumbers)(left.N, right.N) };
    }
  }
}

function added(stored: AttributeValue | undefined, value: AttributeValue): AttributeValue {
  if (stored === undefined) return value;
  if ('N' in stored && 'N' in value) return { N: addNumbers(stored.N, value.N) };
  const type = sameSetType(stored, value);
  return setOf(type, [...new Set([...setElements(stored), ...setElements(value)])].sort(SET_ORDER[type]));
}

/** A set without elements does not exist: then the attribute goes. */
function withoutElements(stored: AttributeValue | undefined, value: AttributeValue): AttributeValue | undefined {
  if (stored === undefined) return undefined;
  const type = sameSetType(stored, value);
  const unwanted = new Set(setElements(value));
  const left = setElements(stored).filter((element) => !unwanted.has(element));
  return left.length === 0 ? undefined : setOf(type, left);
}

function sameSetType(stored: AttributeValue, value: AttributeValue): SetType {
  const type = typeOf(stored);
  if (!isSetType(type) || type !== typeOf(value)) throw incorrectType();
  return type;
}

const SET_ORDER: Record<SetType, (left: string, right: string) => number> = {
  SS: compareStrings,
  NS: compareNumbers,
  BS: compareBinaries,
};

function incorrectType() {
  return validationError('An operand in the update expression has an incorrect data type');
}
