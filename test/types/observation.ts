/**
 * Claims about types, checked by `npm run typecheck`: this file is compiled and never run. A line behind
 * `@ts-expect-error` must not compile.
 */

import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import * as otel from '@opentelemetry/api';
import type { ObservationOptions } from '../../handlers/observe/observation';

// What users have at hand fits as it is.
export const everything: ObservationOptions = {
  logger: new Logger({ serviceName: 'orders' }),
  metrics: new Metrics({ namespace: 'Shop' }),
  tracing: { api: otel, recordSpans: true },
};
export const off: ObservationOptions = { metrics: false, tracing: false };
export const nothing: ObservationOptions = {};
export const consoleFits: ObservationOptions = { logger: console };

// @ts-expect-error: the class in the place of an instance
export const noInstance: ObservationOptions = { metrics: Metrics };
// @ts-expect-error: there are always lines
export const noLogger: ObservationOptions = { logger: false };
// @ts-expect-error: the api in the place of the options
export const noOptions: ObservationOptions = { tracing: otel };
