import { ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import fc from 'fast-check';
import { traceContextOf, traceFields } from '../../../handlers/observe/trace-context';
import { Headers } from '../../../handlers/record/headers';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const SPAN = 'b7ad6b7169203331';
const GOOD = `00-${TRACE}-${SPAN}-01`;

type Pair = readonly [name: string, value: string];
const headers = (...pairs: readonly Pair[]) =>
  new Headers(
    pairs.map(([name, value]) => ({ [name]: [...Buffer.from(value)].map((byte) => (byte > 127 ? byte - 256 : byte)) })),
  );

/** OpenTelemetry's own reading of the same headers. */
function byOpenTelemetry(pairs: readonly Pair[]) {
  const context = new W3CTraceContextPropagator().extract(ROOT_CONTEXT, pairs, {
    keys: (carrier: readonly Pair[]) => carrier.map(([name]) => name),
    get: (carrier: readonly Pair[], key) => {
      const values = carrier.filter(([name]) => name === key).map(([, value]) => value);
      return key === 'tracestate' ? values : values.length > 1 ? values : values[0];
    },
  });
  return trace.getSpanContext(context);
}

describe('where a record comes from', () => {
  test('is read from its header traceparent', () => {
    expect(traceContextOf(headers(['traceparent', GOOD]))).toEqual({
      traceId: TRACE,
      spanId: SPAN,
      traceFlags: 1,
      traceState: undefined,
    });
    expect(traceFields(headers(['other', 'x'], ['traceparent', GOOD]))).toEqual({ trace_id: TRACE, span_id: SPAN });
  });

  // W3C Trace Context, level 1, section 3.2.
  test.each<[string, string]>([
    ['nothing', ''],
    ['version ff', `ff-${TRACE}-${SPAN}-01`],
    ['a trace of zeros', `00-${'0'.repeat(32)}-${SPAN}-01`],
    ['a span of zeros', `00-${TRACE}-${'0'.repeat(16)}-01`],
    ['upper case', GOOD.toUpperCase()],
    ['a member too many in version 00', `${GOOD}-what`],
    ['flags that are missing', `00-${TRACE}-${SPAN}`],
    ['a short trace', `00-${TRACE.slice(1)}-${SPAN}-01`],
    ['blanks', ` ${GOOD} `],
    ['a line end', `${GOOD}\n`],
    ['what is no text', '\u0000\u00ff\u0100'],
    ['what is far too long', `01-${TRACE}-${SPAN}-01-${'x'.repeat(5_000)}`],
  ])('a header with %s is ignored', (_what, value) => {
    expect(traceContextOf(headers(['traceparent', value]))).toBeUndefined();
    expect(traceFields(headers(['traceparent', value]))).toEqual({});
  });

  test('two headers traceparent say nothing, and a null one neither', () => {
    expect(traceContextOf(headers(['traceparent', GOOD], ['traceparent', GOOD]))).toBeUndefined();
    expect(traceContextOf(new Headers([{ traceparent: null }]))).toBeUndefined();
  });

  test('a later version is read as far as it is known', () => {
    expect(traceContextOf(headers(['traceparent', `cc-${TRACE}-${SPAN}-01-more`]))).toMatchObject({ traceId: TRACE });
  });

  test('several headers tracestate are one list; one that is malformed leaves the context as it is', () => {
    const state = (...values: readonly string[]) =>
      traceContextOf(headers(['traceparent', GOOD], ...values.map((value): Pair => ['tracestate', value])));

    expect(state('a=1', 'b=2')?.traceState).toBe('a=1,b=2');
    expect(state('no member')).toMatchObject({ traceId: TRACE, traceState: undefined });
    expect(state('a=\u0007')).toMatchObject({ traceId: TRACE, traceState: undefined });
    expect(state(Array.from({ length: 33 }, (_, n) => `k${n}=1`).join(','))).toMatchObject({ traceState: undefined });
  });

  test('whatever stands in the headers: no harm, and the same trace as OpenTelemetry reads', () => {
    const hex = (length: number) =>
      fc.oneof(
        { weight: 8, arbitrary: fc.stringMatching(new RegExp(`^[0-9a-f]{${length}}$`)) },
        { weight: 1, arbitrary: fc.constant('0'.repeat(length)) },
        { weight: 1, arbitrary: fc.stringMatching(/^[0-9a-fA-F]{1,40}$/) },
      );
    const traceparent = fc.oneof(
      { weight: 1, arbitrary: fc.string({ unit: 'binary' }) },
      {
        weight: 8,
        arbitrary: fc
          .tuple(fc.constantFrom('00', '00', '01', 'ff'), hex(32), hex(16), hex(2), fc.constantFrom('', '', '-x'))
          .map(([version, traceId, spanId, flags, rest]) => `${version}-${traceId}-${spanId}-${flags}${rest}`),
      },
    );
    fc.assert(
      fc.property(
        fc.array(traceparent, { maxLength: 1 }),
        fc.array(fc.string(), { maxLength: 2 }),
        (parents, states) => {
          const pairs: Pair[] = [
            ...parents.map((value): Pair => ['traceparent', value]),
            ...states.map((value): Pair => ['tracestate', value]),
          ];
          const expected = byOpenTelemetry(pairs);

          const found = traceContextOf(headers(...pairs));

          expect(found && { traceId: found.traceId, spanId: found.spanId, traceFlags: found.traceFlags }).toEqual(
            expected && { traceId: expected.traceId, spanId: expected.spanId, traceFlags: expected.traceFlags },
          );
        },
      ),
      { numRuns: 500 },
    );
  });
});
