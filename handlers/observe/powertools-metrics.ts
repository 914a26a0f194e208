import { METRIC_UNITS } from '../../contract/metrics';
import type { Metrics } from './metrics';

/** What is used of a `Metrics` of `@aws-lambda-powertools/metrics`. */
export interface PowertoolsMetrics {
  /** Each value that is added to it is published at once, and takes nothing along of what waits in this one. */
  singleMetric(): PowertoolsSingleMetric;
}

export interface PowertoolsSingleMetric {
  addDimension(name: string, value: string): unknown;
  addMetric(name: string, unit: 'Count' | 'Milliseconds', value: number): unknown;
}

/**
 * Publishes through the user's own Powertools `Metrics`: in its namespace, with its default dimensions beside consumer
 * and topic. What the user's code has added to it and not published stays there as it is: our dimensions belong to
 * single metrics alone. Each of those is a line of the log, so of ages and waits only the highest goes out.
 */
export function powertoolsMetrics(metrics: PowertoolsMetrics): Metrics {
  return {
    publish(topics) {
      for (const { consumer, topic, values } of topics) {
        for (const [name, numbers] of values) {
          const single = metrics.singleMetric();
          single.addDimension('consumer', consumer);
          single.addDimension('topic', topic);
          single.addMetric(name, METRIC_UNITS[name], Math.max(...numbers));
        }
      }
    },
  };
}
