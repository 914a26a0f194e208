import type { AttributeValue, Item } from './attribute-value';
import type { DocumentPath } from './document-path';

/** What the paths name, in the shape of the item; elements of a list close ranks. */
export function project(item: Item, paths: readonly DocumentPath[] | undefined): Item {
  if (paths === undefined) return item;
  return (selected({ M: item }, paths) as { M: Item } | undefined)?.M ?? {};
}

function selected(value: AttributeValue, paths: readonly DocumentPath[]): AttributeValue | undefined {
  if (paths.some((path) => path.length === 0)) return value;
  const inner = new Map<string | number, DocumentPath[]>();
  for (const path of paths) {
    const part = path[0] as string | number;
    inner.set(part, [...(inner.get(part) ?? []), path.slice(1)]);
  }
  if ('M' in value) {
    const entries = Object.entries(value.M).flatMap(([name, each]) => {
      const part = inner.get(name);
      const kept = part && selected(each, part);
      return kept === undefined ? [] : [[name, kept] as const];
    });
    return entries.length === 0 ? undefined : { M: Object.fromEntries(entries) };
  }
  if ('L' in value) {
    const kept = value.L.flatMap((each, index) => {
      const part = inner.get(index);
      const found = part && selected(each, part);
      return found === undefined ? [] : [found];
    });
    return kept.length === 0 ? undefined : { L: kept };
  }
  return undefined;
}
