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

/** The item with `value` at the path; beyond the end of a list the value is appended. */
export function withPath(item: Item, path: DocumentPath, value: AttributeValue): Item {
  return changed({ M: item }, path, 0, value);
}

/** The item without what is at the path, if anything is. */
export function withoutPath(item: Item, path: DocumentPath): Item {
  return changed({ M: item }, path, 0, undefined);
}

function changed(root: { M: Item }, path: DocumentPath, depth: number, value: AttributeValue | undefined): Item {
  return (changedValue(root, path, depth, value) as { M: Item }).M;
}

function changedValue(
  parent: AttributeValue,
  path: DocumentPath,
  depth: number,
  value: AttributeValue | undefined,
): AttributeValue {
  const part = path[depth] as string | number;
  const last = depth === path.length - 1;
  if (typeof part === 'number' ? !('L' in parent) : !('M' in parent)) throw invalidPath();
  const inner = child(parent, part);
  if (!last && inner === undefined) throw invalidPath();
  const next = last ? value : changedValue(inner as AttributeValue, path, depth + 1, value);
  if ('L' in parent) {
    const list = [...parent.L];
    const index = part as number;
    if (next === undefined) list.splice(index, 1);
    else if (index < list.length) list[index] = next;
    else list.push(next);
    return { L: list };
  }
  const map = { ...(parent as { M: Item }).M };
  if (next === undefined) delete map[part];
  else if (part === '__proto__')
    Object.defineProperty(map, part, { value: next, enumerable: true, configurable: true });
  else map[part as string] = next;
  return { M: map };
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
