import { MAPPING_SETTINGS } from '../../../local/template/mapping-settings';
import { type Judgement, warning } from '../finding';
import type { Rule } from '../rule';

/** Slips of the pen, and settings of other event sources. */
export const settings: Rule = {
  name: 'setting',
  *judge({ mapping }): Iterable<Judgement> {
    for (const name of mapping.names()) {
      if (MAPPING_SETTINGS.includes(name)) continue;
      const why = 'Nothing comes of it, or the deployment fails.';
      yield warning(mapping.path(name), 'is not known as a setting of a Kafka mapping.', why, 'Check its name.');
    }
  },
};
