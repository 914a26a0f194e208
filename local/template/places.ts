import { own, type Template } from './template';

/**
 * Where the file writes properties of one resource, by their dotted keys: `''` is the place of all of them. Only for
 * what does not stand at `Resources.<logical id>.Properties`, such as an event of SAM or a global.
 */
export type Places = Readonly<Record<string, string>>;

/** The place of a property as an error names it. `prefix` leads to a nested stack. */
export function placeOf(template: Template, prefix: string, logicalId: string, keys: readonly string[]): string {
  const places = template.places.get(logicalId) ?? {};
  for (let length = keys.length; length >= 0; length -= 1) {
    const found = own(places, keys.slice(0, length).join('.'));
    if (found !== undefined) return [inStack(found, prefix), ...keys.slice(length)].join('.');
  }
  return [inStack(`Resources.${logicalId}.Properties`, prefix), ...keys].join('.');
}

/** `Resources.Table` of the nested stack `Orders` is `Resources.Orders/Table`. */
export function inStack(place: string, prefix: string): string {
  return place.replace('.', `.${prefix}`);
}
