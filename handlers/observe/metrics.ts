import type { MetricName } from '../../contract/metrics';

/** What one invocation noticed of one topic. */
export interface TopicMetrics {
  readonly consumer: string;
  readonly topic: string;
  /** Finite numbers, at most 100 of each; a metric without any is left out. */
  readonly values: ReadonlyMap<MetricName, readonly number[]>;
}

/** Where metrics go, once at the end of an invocation. */
export interface Metrics {
  publish(topics: readonly TopicMetrics[]): void;
}

export const NO_METRICS: Metrics = { publish: () => {} };
