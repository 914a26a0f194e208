import { isObject, type JsonObject } from '../../local/template/template';

/** The resources of a template that CloudFormation makes before the one asked for, and that one itself. */
export function madeBefore(resources: Readonly<Record<string, unknown>>, logicalId: string): ReadonlySet<string> {
  const found = new Set<string>();
  const open = [logicalId];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (found.has(id) || !Object.hasOwn(resources, id)) continue;
    found.add(id);
    const { DependsOn, Properties } = resources[id] as JsonObject;
    open.push(...[DependsOn ?? []].flat().map(String), ...references(Properties));
  }
  return found;
}

function references(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(references);
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, argument]) => {
    const first = Array.isArray(argument) ? argument[0] : argument;
    if (key === 'Ref') return [String(argument)];
    if (key === 'Fn::GetAtt') return [String(first).replace(/\..*$/s, '')];
    const within =
      key === 'Fn::Sub' ? [...String(first).matchAll(/\$\{([^!}.][^}.]*)/g)].map(([, id]) => id ?? '') : [];
    return [...within, ...references(argument)];
  });
}
