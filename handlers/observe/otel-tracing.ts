import { isThenable } from '../core/thenable';
import type { RawRecord } from '../record/parse-event';
import { type OpenTelemetryApi, type OpenTelemetrySpan, registeredOtel, type SpanContext } from './otel-api';
import { type TraceContext, traceContextOf } from './trace-context';
import type { TracedInvocation, Tracing } from './tracing';

const TRACER = 'msk-once';
// @opentelemetry/api: SpanKind.CONSUMER, SpanStatusCode.ERROR.
const CONSUMER = 4;
const ERROR = 2;
/** What a span keeps by default (OpenTelemetry specification, OTEL_SPAN_LINK_COUNT_LIMIT). */
const MOST_LINKS = 128;

interface Described {
  readonly attributes: Record<string, string | number>;
  readonly contexts: readonly TraceContext[];
}

/**
 * Spans named and described by the semantic conventions for messaging: one for the invocation, linked with the contexts
 * that its records carry, and one for each record under it if asked for. No payload, and no text of an error.
 * @param given undefined: what is registered in the process when an invocation begins, if anything
 */
export function otelTracing(given: OpenTelemetryApi | undefined, recordSpans: boolean): Tracing {
  const apiNow = () => given ?? registeredOtel();
  return {
    invocation: (invocation, work) => {
      const api = apiNow();
      if (api === undefined) return work();
      const name = `process ${topicsOf(invocation).join(' ')}`;
      return around(api, name, () => batch(invocation), work) as ReturnType<typeof work>;
    },
    record: recordSpans
      ? (record, attempt, work) => {
          const api = apiNow();
          if (api === undefined) return work() as Awaited<ReturnType<typeof work>>;
          return around(api, `process ${record.topic}`, () => single(record, attempt), work);
        }
      : undefined,
    call: recordSpans
      ? (records, work) => {
          const api = apiNow();
          if (api === undefined) return work() as Awaited<ReturnType<typeof work>>;
          return around(api, `process ${records[0]?.topic}`, () => several(records), work);
        }
      : undefined,
  };
}

function around<Result>(
  api: OpenTelemetryApi,
  name: string,
  describe: () => Described,
  work: () => Result | PromiseLike<Result>,
): Result | Promise<Result> {
  let outcome: { readonly result: Result | Promise<Result> } | { readonly thrown: unknown } | undefined;
  const run = (span: OpenTelemetrySpan | undefined) => {
    // Whoever starts spans may call this twice; the work is done once.
    if (outcome !== undefined) return;
    try {
      outcome = { result: watched(work(), span) };
    } catch (thrown) {
      outcome = { thrown };
      close(span, true);
    }
  };
  try {
    const { attributes, contexts } = describe();
    const links = contexts.map((context) => ({ context: spanContext(context, api) }));
    api.trace.getTracer(TRACER).startActiveSpan(name, { kind: CONSUMER, attributes, links }, run);
  } catch {
    // Tracing is broken; the work is not.
  }
  run(undefined);
  const ended = outcome as unknown as Exclude<typeof outcome, undefined>;
  if ('thrown' in ended) throw ended.thrown;
  return ended.result;
}

/** A promise of ours is given on: one that begins its work with each `then`, as query builders do, is asked once. */
function watched<Result>(
  result: Result | PromiseLike<Result>,
  span: OpenTelemetrySpan | undefined,
): Result | Promise<Result> {
  if (!isThenable(result)) {
    close(span, false);
    return result as Result;
  }
  const promise = Promise.resolve(result as PromiseLike<Result>);
  promise.then(
    () => close(span, false),
    () => close(span, true),
  );
  return promise;
}

function close(span: OpenTelemetrySpan | undefined, isFailed: boolean): void {
  try {
    if (isFailed) span?.setStatus({ code: ERROR });
    span?.end();
  } catch {
    // As above.
  }
}

const COMMON = {
  'messaging.system': 'kafka',
  'messaging.operation.name': 'process',
  'messaging.operation.type': 'process',
} as const;

function batch(invocation: TracedInvocation): Described {
  const { consumer, records } = invocation;
  const [topic, ...others] = topicsOf(invocation);
  const attributes = {
    ...COMMON,
    'messaging.consumer.group.name': consumer,
    'messaging.batch.message_count': records.reduce((sum, array) => sum + array.length, 0),
    ...(topic !== undefined && others.length === 0 && { 'messaging.destination.name': topic }),
  };
  return { attributes, contexts: contextsOf(records) };
}

function single({ topic, partition, offset, headers }: RawRecord, attempt: number): Described {
  const attributes = {
    ...COMMON,
    'messaging.destination.name': topic,
    'messaging.destination.partition.id': String(partition),
    'messaging.kafka.offset': offset,
    'msk_once.attempt': attempt,
  };
  const context = traceContextOf(headers);
  return { attributes, contexts: context ? [context] : [] };
}

function several(records: readonly RawRecord[]): Described {
  const [first] = records;
  const attributes = {
    ...COMMON,
    'messaging.batch.message_count': records.length,
    ...(first && {
      'messaging.destination.name': first.topic,
      'messaging.destination.partition.id': String(first.partition),
    }),
  };
  return { attributes, contexts: contextsOf([records]) };
}

function topicsOf({ records }: TracedInvocation): string[] {
  return [...new Set(records.flatMap(([first]) => (first ? [first.topic] : [])))];
}

/** Each span once, from every partition in turn, so that none stands for all. */
function contextsOf(records: TracedInvocation['records']): TraceContext[] {
  const found = new Map<string, TraceContext>();
  const longest = Math.max(0, ...records.map((array) => array.length));
  for (let index = 0; index < longest; index += 1) {
    for (const array of records) {
      const record = array[index];
      const context = record && traceContextOf(record.headers);
      if (context) found.set(`${context.traceId}-${context.spanId}`, context);
      if (found.size === MOST_LINKS) return [...found.values()];
    }
  }
  return [...found.values()];
}

function spanContext({ traceId, spanId, traceFlags, traceState }: TraceContext, api: OpenTelemetryApi): SpanContext {
  const state = traceState === undefined ? undefined : api.createTraceState?.(traceState);
  return { traceId, spanId, traceFlags, isRemote: true, ...(state && { traceState: state as never }) };
}
