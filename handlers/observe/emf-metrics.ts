import { METRIC_DIMENSIONS, METRIC_NAMESPACE, METRIC_UNITS } from '../../contract/metrics';
import type { Metrics, TopicMetrics } from './metrics';

/**
 * Writes CloudWatch's embedded metric format: one line of JSON per topic, which CloudWatch Logs turns into metrics.
 * @param write takes one line, without its end, to standard output itself: under Lambda's JSON log format `console`
 * would wrap it in another object, where CloudWatch does not look
 */
export function emfMetrics(now: () => number, write: (line: string) => void): Metrics {
  return {
    publish(topics) {
      for (const topic of topics) write(JSON.stringify(documentOf(topic, now())));
    },
  };
}

function documentOf({ consumer, topic, values }: TopicMetrics, timestamp: number) {
  const names = [...values.keys()];
  return {
    _aws: {
      Timestamp: timestamp,
      CloudWatchMetrics: [
        {
          Namespace: METRIC_NAMESPACE,
          Dimensions: [METRIC_DIMENSIONS],
          Metrics: names.map((Name) => ({ Name, Unit: METRIC_UNITS[Name] })),
        },
      ],
    },
    consumer,
    topic,
    ...Object.fromEntries([...values].map(([name, numbers]) => [name, numbers.length === 1 ? numbers[0] : numbers])),
  };
}
