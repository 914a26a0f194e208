/** What is used of `@opentelemetry/api`: `import * as api from '@opentelemetry/api'` fits. */
export interface OpenTelemetryApi {
  readonly trace: { getTracer(name: string): OpenTelemetryTracer };
  createTraceState?(text: string): object;
}

export interface OpenTelemetryTracer {
  startActiveSpan(name: string, options: SpanOptions, work: (span: OpenTelemetrySpan) => unknown): unknown;
}

export interface SpanOptions {
  kind: number;
  attributes: Record<string, string | number>;
  links: { context: SpanContext }[];
}

export interface SpanContext {
  traceId: string;
  spanId: string;
  traceFlags: number;
  isRemote: boolean;
  /** Made by `createTraceState`: whatever it is, it goes back to the same package. */
  traceState?: never;
}

export interface OpenTelemetrySpan {
  setStatus(status: { code: number }): unknown;
  end(): void;
}

/** Where every copy of `@opentelemetry/api` 1.x keeps what was registered, so that copies find each other. */
const REGISTERED = Symbol.for('opentelemetry.js.api.1');

/**
 * OpenTelemetry as a layer or a wrapper (`NODE_OPTIONS=--require …`) has set it up in this process, without a package of
 * ours; undefined where nothing is set up.
 */
export function registeredOtel(): OpenTelemetryApi | undefined {
  const api = (globalThis as { [REGISTERED]?: Partial<OpenTelemetryApi> })[REGISTERED];
  return typeof api?.trace?.getTracer === 'function' ? (api as OpenTelemetryApi) : undefined;
}
