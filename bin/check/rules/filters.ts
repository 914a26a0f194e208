import { isObject } from '../../../local/template/template';
import { shown } from '../../../local/template/template-error';
import { error, type Judgement, warning } from '../finding';
import type { Rule } from '../rule';

// Source of all: Lambda Developer Guide, filtering of Kafka event sources; Lambda API Reference, Filter.
const USUAL = 5;
const MOST = 10;
const LONGEST = 4096;

export const filters: Rule = {
  name: 'filter',
  *judge({ mapping }): Iterable<Judgement> {
    const list = mapping.list('FilterCriteria', 'Filters');
    const place = mapping.path('FilterCriteria', 'Filters');
    if (list.length > MOST) {
      yield error(place, `has ${list.length} filters.`, `The service takes at most ${MOST}.`, 'Join some of them.');
    } else if (list.length > USUAL) {
      const why = `More than ${USUAL} are refused until the account has a higher quota.`;
      yield warning(place, `has ${list.length} filters.`, why, 'Join some of them, or ask for the quota.');
    }
    for (const [index, filter] of list.entries()) {
      const here = `${place}[${index}].Pattern`;
      const pattern = isObject(filter) ? filter.Pattern : undefined;
      const parsed = typeof pattern === 'string' ? objectOf(pattern) : undefined;
      const right = 'Write the text of a JSON object, such as {"value":{"type":["order"]}}.';
      if (parsed === undefined || (pattern as string).length > LONGEST) {
        yield error(
          here,
          `is ${shown(pattern)}.`,
          `The service refuses it, or more than ${LONGEST} characters.`,
          right,
        );
        continue;
      }
      const others = Object.keys(parsed).filter((key) => key !== 'value');
      if (others.length > 0) {
        const why =
          'Of a Kafka record only the value is filtered: what else a pattern names does not work as it reads.';
        yield error(here, `has ${others.map(shown).join(', ')} beside or instead of "value".`, why, right);
      }
    }
  },
};

function objectOf(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    return isObject(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}
