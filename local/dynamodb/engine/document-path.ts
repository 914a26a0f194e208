import type { AttributeValue, Item } from './attribute-value';
import { validationError } from './errors';

/** Names of attributes and indexes of lists, from the item inwards; never empty. */
export type DocumentPath = readonly (string | number)[];

export function formatPath(path: DocumentPath): string {
  return `[${path.map((part) => (typeof part === 'number' ? `[${part}]` : part)).join(', ')}]`;
}

export function samePath(left: DocumentPath, right: DocumentPath): boolean {
  return left.length === right.length && left.every((part, index) => part === right[index]);
}

export function resolvePath(item: Item | undefined, path: DocumentPath): AttributeValue | undefined {
  if (item === undefined) return undefined;
  let value: AttributeValue | undefined = { M: item };
  for (const part of path) {
    value = value && child(value, part);
    if (value === undefined) return undefined;
  }
  return value;
}

function child(value: AttributeValue, part: string | number): AttributeValue | undefined {
  if (typeof part === 'number') return 'L' in value ? value.L[part] : undefined;
  return 'M' in value && Object.hasOwn(value.M, part) ? value.M[part] : undefined;
}

type MutableItem = Record<string, AttributeValue>;

/** Puts `value` at the path of an item that is the caller's own; what lies deeper is copied. Beyond its end a list grows. */
export function setPath(item: MutableItem, path: DocumentPath, value: AttributeValue): void {
  change(item, path, value);
}

/** Takes away what is at the path, if anything is. */
export function removePath(item: MutableItem, path: DocumentPath): void {
  change(item, path, undefined);
}

function change(item: MutableItem, path: DocumentPath, value: AttributeValue | undefined): void {
  const [name, ...inner] = path as readonly [string, ...DocumentPath];
  put(item, name, inner.length === 0 ? value : changed(child({ M: item }, name), inner, value));
}

function put(map: MutableItem, name: string, value: AttributeValue | undefined): void {
  if (value === undefined) delete map[name];
  else if (name === '__proto__') Object.defineProperty(map, name, { value, enumerable: true, configurable: true });
  else map[name] = value;
}

function changed(
  parent: AttributeValue | undefined,
  path: DocumentPath,
  value: AttributeValue | undefined,
): AttributeValue {
  const [part, ...inner] = path as readonly [string | number, ...DocumentPath];
  if (parent === undefined) throw invalidPath();
  const next = inner.length === 0 ? value : changed(child(parent, part), inner, value);
  if (typeof part === 'number' && 'L' in parent) {
    const list = [...parent.L];
    if (next === undefined) list.splice(part, 1);
    else if (part < list.length) list[part] = next;
    else list.push(next);
    return { L: list };
  }
  if (typeof part === 'string' && 'M' in parent) {
    const map = { ...parent.M };
    put(map, part, next);
    return { M: map };
  }
  throw invalidPath();
}

function invalidPath() {
  return validationError('The document path provided in the update expression is invalid for update');
}

/** Two paths of one expression may neither contain one another nor take one place for a map and a list. */
export function requireSeparatePaths(paths: readonly DocumentPath[]): void {
  for (const [index, later] of paths.entries()) {
    for (const earlier of paths.slice(0, index)) {
      const relation = relationOf(earlier, later);
      if (relation === undefined) continue;
      throw validationError(
        `Two document paths ${relation} with each other; must remove or rewrite one of these paths; ` +
          `path one: ${formatPath(earlier)}, path two: ${formatPath(later)}`,
      );
    }
  }
}

function relationOf(left: DocumentPath, right: DocumentPath): 'overlap' | 'conflict' | undefined {
  for (let index = 0; index < Math.min(left.length, right.length); index += 1) {
    if (left[index] === right[index]) continue;
    return typeof left[index] === typeof right[index] ? undefined : 'conflict';
  }
  return 'overlap';
}
