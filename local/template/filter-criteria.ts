import type { PropertyReader } from './property-reader';
import { isObject } from './template';
import { shown, templateInvalid } from './template-error';

/** As CloudFormation passes it on. Source: Lambda API Reference, CreateEventSourceMapping. */
const SERVICE_ANSWER = 'Invalid filter pattern definition.';
// Source: Lambda API Reference, Filter.
const MAXIMUM_PATTERN_LENGTH = 4096;

/** The patterns of a mapping's filters, each the text of a JSON object. A record that fits one of them is delivered. */
export function readFilters(properties: PropertyReader): readonly string[] {
  return properties.list('FilterCriteria', 'Filters').map((filter, index) => {
    const place = `${properties.path('FilterCriteria', 'Filters')}[${index}].Pattern`;
    const pattern = isObject(filter) ? filter.Pattern : undefined;
    if (typeof pattern !== 'string') {
      throw templateInvalid(place, `is ${shown(pattern)}; a pattern is the text of a JSON object.`);
    }
    if (pattern.length > MAXIMUM_PATTERN_LENGTH) {
      throw templateInvalid(place, `has ${pattern.length} characters; accepted are at most ${MAXIMUM_PATTERN_LENGTH}.`);
    }
    if (!isObject(parsed(pattern))) {
      throw templateInvalid(
        place,
        `is ${shown(pattern)}, not the text of a JSON object. The service refuses it: "${SERVICE_ANSWER}" Write it as in {"value":{"type":["order"]}}.`,
      );
    }
    return pattern;
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
