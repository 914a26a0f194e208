import { emfMetrics } from './emf-metrics';
import { harmlessLog, harmlessMetrics } from './harmless';
import { jsonLog, type Log } from './log';
import type { Metrics } from './metrics';
import type { OpenTelemetryApi } from './otel-api';
import { otelTracing } from './otel-tracing';
import { type UserLogger, userLog } from './powertools-log';
import { type PowertoolsMetrics, powertoolsMetrics } from './powertools-metrics';
import { NO_TRACING, type Tracing } from './tracing';

export interface TracingOptions {
  /** `import * as api from '@opentelemetry/api'`. @default what a layer or wrapper has registered in the process */
  readonly api?: OpenTelemetryApi;
  /** A span for each record under that of the invocation, around `process`; one for a call of `processBatch`. @default false */
  readonly recordSpans?: boolean;
}

/** Options of `processRecords`. */
export interface ObservationOptions {
  /** A `Logger` of Powertools, or any that takes fields after the message. @default lines of JSON on standard output */
  readonly logger?: UserLogger;
  /**
   * Metrics of Powertools: ours are published there too, beside those that the alarms of our constructs read.
   * `false`: none at all, and those alarms see nothing.
   * @default one line of CloudWatch's embedded metric format for each invocation and topic
   */
  readonly metrics?: PowertoolsMetrics | false;
  /** Spans of OpenTelemetry; `false`: none. @default a span for each invocation where OpenTelemetry is set up */
  readonly tracing?: TracingOptions | false;
}

export interface Observation {
  readonly log: Log;
  readonly metrics: Metrics;
  readonly tracing: Tracing;
}

/** @param write takes one line, without its end, to standard output */
export function observationOf(
  { logger, metrics, tracing = {} }: ObservationOptions,
  now: () => number,
  write: (line: string) => void,
): Observation {
  const own = harmlessLog(jsonLog(now, write), () => {});
  const broken = (what: string) => (error: unknown) =>
    own.error(`msk-once: the ${what} that processRecords was given threw`, {
      error: error instanceof Error ? error.name : typeof error,
    });
  return {
    log: logger === undefined ? own : harmlessLog(userLog(logger), broken('logger')),
    metrics: harmlessMetrics(
      metrics === false ? [] : [emfMetrics(now, write), ...(metrics ? [powertoolsMetrics(metrics)] : [])],
      broken('metrics'),
    ),
    tracing: tracing === false ? NO_TRACING : otelTracing(tracing.api, tracing.recordSpans === true),
  };
}

/** What is accepted of each option, and whether this is it. */
export const OBSERVATION_CHECKS = {
  logger: {
    accepted: 'a logger with info() and error()',
    fits: (value: unknown) => value === undefined || hasFunctions(value, 'info', 'error'),
  },
  metrics: {
    accepted: 'a Metrics of @aws-lambda-powertools/metrics, or false',
    fits: (value: unknown) => value === undefined || value === false || hasFunctions(value, 'singleMetric'),
  },
  tracing: {
    accepted: '{ api, recordSpans } with the api of OpenTelemetry, or false',
    fits: (value: unknown) => value === undefined || value === false || isTracingOptions(value),
  },
} as const satisfies Record<keyof ObservationOptions, { accepted: string; fits: (value: unknown) => boolean }>;

function isTracingOptions(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { api, recordSpans } = value as { api?: { trace?: unknown }; recordSpans?: unknown };
  const isApi = api === undefined || hasFunctions(api?.trace, 'getTracer');
  // The api itself is an easy mistake: nothing of it would be used.
  return isApi && !('trace' in value) && (recordSpans === undefined || typeof recordSpans === 'boolean');
}

function hasFunctions(value: unknown, ...names: readonly string[]): boolean {
  const isObject = (typeof value === 'object' && value !== null) || typeof value === 'function';
  return isObject && names.every((name) => typeof (value as Record<string, unknown>)[name] === 'function');
}
