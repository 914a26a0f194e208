import { type Judgement, warning } from '../finding';
import type { Rule } from '../rule';

/** Source: Lambda Developer Guide, metrics of event source mappings. */
const GROUPS = ['EventCount', 'ErrorCount', 'KafkaMetrics'];

/** What the service tells of a mapping only where it is asked to. */
export const metrics: Rule = {
  name: 'metrics',
  *judge({ hasPollers, mapping }): Iterable<Judgement> {
    const found = hasPollers ? mapping.list('MetricsConfig', 'Metrics') : GROUPS;
    const missing = GROUPS.filter((group) => !found.includes(group));
    if (missing.length === 0) return;
    yield warning(
      mapping.path('MetricsConfig', 'Metrics'),
      `lacks ${missing.join(', ')}.`,
      'Without them nobody sees the lag of the mapping, or that the service dropped a record that fits into no event.',
      `Write ${JSON.stringify(GROUPS)}.`,
    );
  },
};
