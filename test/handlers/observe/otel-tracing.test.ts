import * as api from '@opentelemetry/api';
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import type { OpenTelemetryApi, OpenTelemetrySpan } from '../../../handlers/observe/otel-api';
import { otelTracing } from '../../../handlers/observe/otel-tracing';
import { parseEvent, type RawRecord } from '../../../handlers/record/parse-event';
import { event, type RecordInput } from '../../support/virtual-world';

const span = (n: number) => n.toString(16).padStart(16, '0');
const trace = (n: number) => n.toString(16).padStart(32, '0');
const from = (n: number, state?: string): RecordInput => ({
  value: { id: String(n) },
  headers: [
    { traceparent: [...Buffer.from(`00-${trace(n)}-${span(n)}-01`)] },
    ...(state === undefined ? [] : [{ tracestate: [...Buffer.from(state)] }]),
  ],
});

function recordsOf(partitions: Parameters<typeof event>[0]): (readonly RawRecord[])[] {
  return parseEvent(event(partitions)).map(({ records }) => records);
}

const exporter = new InMemorySpanExporter();
const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
/** As a user passes it, with a provider of its own. */
const given: OpenTelemetryApi = { ...api, trace: { getTracer: (name) => provider.getTracer(name) } };

beforeEach(() => exporter.reset());

describe('a span for the invocation', () => {
  test('says what it did, in the words of the semantic conventions', async () => {
    const records = recordsOf({ 0: [from(1)], 1: [from(2), { value: {} }] });

    const result = await otelTracing(given, false).invocation({ consumer: 'shop-orders', records }, async () => 7);

    expect(result).toBe(7);
    const [finished, ...others] = exporter.getFinishedSpans();
    expect(others).toEqual([]);
    expect(finished).toMatchObject({ name: 'process orders', kind: api.SpanKind.CONSUMER });
    expect(finished?.status.code).toBe(api.SpanStatusCode.UNSET);
    expect(finished?.attributes).toEqual({
      'messaging.system': 'kafka',
      'messaging.operation.name': 'process',
      'messaging.operation.type': 'process',
      'messaging.consumer.group.name': 'shop-orders',
      'messaging.destination.name': 'orders',
      'messaging.batch.message_count': 3,
    });
  });

  test('is linked with each context of its records once, state included', async () => {
    const records = recordsOf({ 0: [from(1, 'vendor=x'), from(1, 'vendor=x'), { value: {} }], 1: [from(2)] });

    await otelTracing(given, false).invocation({ consumer: 'c', records }, async () => undefined);

    const links = exporter.getFinishedSpans()[0]?.links ?? [];
    expect(links.map(({ context }) => [context.traceId, context.spanId, context.isRemote])).toEqual([
      [trace(1), span(1), true],
      [trace(2), span(2), true],
    ]);
    expect(links[0]?.context.traceState?.serialize()).toBe('vendor=x');
  });

  test('has at most 128 links, from every partition', async () => {
    const records = recordsOf({
      0: Array.from({ length: 500 }, (_, n) => from(n + 1)),
      1: [from(1_001), from(1_002)],
    });

    await otelTracing(given, false).invocation({ consumer: 'c', records }, async () => undefined);

    const spans = exporter.getFinishedSpans()[0]?.links.map(({ context }) => context.spanId);
    expect(spans).toHaveLength(128);
    expect(spans).toEqual(expect.arrayContaining([span(1_001), span(1_002)]));
  });

  test('of a failed invocation has the status, and no text; the error passes through', async () => {
    const error = new Error('secret');

    const failed = otelTracing(given, false).invocation({ consumer: 'c', records: [] }, () => Promise.reject(error));

    await expect(failed).rejects.toBe(error);
    const [finished] = exporter.getFinishedSpans();
    expect(finished?.status).toEqual({ code: api.SpanStatusCode.ERROR });
    expect(finished?.events).toEqual([]);
  });
});

describe('spans for records', () => {
  const record = recordsOf({ 3: [from(5)] })[0]?.[0] as RawRecord;

  test('are there only if asked for', () => {
    expect(otelTracing(given, false).record).toBeUndefined();
  });

  test('say which record and which attempt, and link with its context', () => {
    expect(otelTracing(given, true).record?.(record, 2, () => 'sync')).toBe('sync');

    const [finished] = exporter.getFinishedSpans();
    expect(finished?.attributes).toMatchObject({
      'messaging.destination.name': 'orders',
      'messaging.destination.partition.id': '3',
      'messaging.kafka.offset': 0,
      'msk_once.attempt': 2,
    });
    expect(finished?.links.map(({ context }) => context.spanId)).toEqual([span(5)]);
  });

  test('end when the promise does, with a status if it rejects', async () => {
    const error = new Error('no');
    let reject = (_: Error) => {};
    const pending = otelTracing(given, true).record?.(record, 1, () => new Promise((_, no) => { reject = no; })); // biome-ignore format: one line

    expect(exporter.getFinishedSpans()).toEqual([]);
    reject(error);
    await expect(pending).rejects.toBe(error);
    expect(exporter.getFinishedSpans()[0]?.status.code).toBe(api.SpanStatusCode.ERROR);
  });

  test('what process throws at once is thrown on', () => {
    const error = new Error('no');

    expect(() => otelTracing(given, true).record?.(record, 1, () => { throw error; })).toThrow(error); // biome-ignore format: one line
    expect(exporter.getFinishedSpans()[0]?.status.code).toBe(api.SpanStatusCode.ERROR);
  });

  test('a query builder, which begins with each then, begins once', async () => {
    let begun = 0;
    const lazy = {
      // biome-ignore lint/suspicious/noThenProperty: that is what such a builder has
      then: (resolve: (value: string) => void) => {
        begun += 1;
        resolve('done');
      },
    };

    const result = await otelTracing(given, true).record?.(record, 1, () => lazy as PromiseLike<string>);

    expect(result).toBe('done');
    expect(begun).toBe(1);
  });
});

describe('tracing that is broken does no harm', () => {
  const fails = () => {
    throw new Error('broken');
  };
  const brokenSpan: OpenTelemetrySpan = { setStatus: fails, end: fails };
  const tracer = (
    startActiveSpan: OpenTelemetryApi['trace'] extends { getTracer(name: string): infer T }
      ? T extends { startActiveSpan: infer S }
        ? S
        : never
      : never,
  ) => ({
    trace: { getTracer: () => ({ startActiveSpan }) },
  });

  test.each<[string, OpenTelemetryApi]>([
    ['no tracer', { trace: { getTracer: fails } }],
    ['a span that never starts', tracer(() => undefined)],
    ['a span that fails to start', tracer(fails)],
    ['a failure after the work', tracer((_, __, work) => { work(brokenSpan); fails(); })], // biome-ignore format: one line
    ['work that is called twice', tracer((_, __, work) => { work(brokenSpan); work(brokenSpan); })], // biome-ignore format: one line
    ['state that cannot be made', { ...given, createTraceState: fails }],
  ])('%s', async (_what, broken) => {
    const error = new Error('mine');
    const work = jest.fn(async () => 7);
    const invocation = { consumer: 'c', records: recordsOf({ 0: [from(1, 'a=1')] }) };

    await expect(otelTracing(broken, true).invocation(invocation, work)).resolves.toBe(7);
    await expect(otelTracing(broken, true).invocation(invocation, () => Promise.reject(error))).rejects.toBe(error);

    expect(work).toHaveBeenCalledTimes(1);
  });
});

describe('what is set up in the process', () => {
  afterEach(() => api.trace.disable());

  test('nothing: the work is done without a span', async () => {
    await expect(otelTracing(undefined, true).invocation({ consumer: 'c', records: [] }, async () => 7)).resolves.toBe(
      7,
    );
    expect(exporter.getFinishedSpans()).toEqual([]);
  });

  test('a provider that is registered after the handler was made is found', async () => {
    const tracing = otelTracing(undefined, true);
    const [records] = recordsOf({ 0: [from(1)] });
    api.trace.setGlobalTracerProvider(provider);

    await tracing.invocation({ consumer: 'c', records: [records ?? []] }, async () => undefined);
    void tracing.record?.(records?.[0] as RawRecord, 1, () => undefined);

    expect(exporter.getFinishedSpans().map(({ links }) => links.length)).toEqual([1, 1]);
  });
});

test('a call over several records has one span, linked with each of their contexts', async () => {
  const [records] = recordsOf({ 3: [from(5), from(6), { value: {} }] }) as [readonly RawRecord[]];

  expect(otelTracing(given, false).call).toBeUndefined();
  expect(await otelTracing(given, true).call?.(records, async () => 7)).toBe(7);

  const [finished, ...others] = exporter.getFinishedSpans();
  expect(others).toEqual([]);
  expect(finished).toMatchObject({ name: 'process orders', kind: api.SpanKind.CONSUMER });
  expect(finished?.links.map(({ context }) => context.spanId)).toEqual([span(5), span(6)]);
  expect(finished?.attributes).toEqual({
    'messaging.system': 'kafka',
    'messaging.operation.name': 'process',
    'messaging.operation.type': 'process',
    'messaging.destination.name': 'orders',
    'messaging.destination.partition.id': '3',
    'messaging.batch.message_count': 3,
  });
});
