import type { Headers } from '../record/headers';

/** Where a record comes from, by W3C Trace Context. */
export interface TraceContext {
  /** 32 hexadecimal digits, lower case. */
  readonly traceId: string;
  /** 16 hexadecimal digits, lower case: the span that produced the record. */
  readonly spanId: string;
  readonly traceFlags: number;
  readonly traceState: string | undefined;
}

const LONGEST = 1_024;
// W3C Trace Context, section 3.2: a later version may append members behind another hyphen.
const TRACEPARENT = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;
const ONLY_ZEROS = /^0+$/;

/** undefined where there is no header `traceparent`, or more than one, or one that is not well-formed. */
export function traceContextOf(headers: Headers): TraceContext | undefined {
  const [parent, second] = headers.getAll('traceparent');
  if (parent === undefined || second !== undefined || parent.length > LONGEST) return undefined;
  const [, version, traceId, spanId, flags, rest] = TRACEPARENT.exec(parent.toString('latin1')) ?? [];
  if (traceId === undefined || spanId === undefined || flags === undefined) return undefined;
  if (version === 'ff' || (version === '00' && rest !== undefined)) return undefined;
  if (ONLY_ZEROS.test(traceId) || ONLY_ZEROS.test(spanId)) return undefined;
  return { traceId, spanId, traceFlags: Number.parseInt(flags, 16), traceState: traceStateOf(headers) };
}

/** Section 3.3: several headers are one list; at most 32 members, and nothing but printable ASCII. */
function traceStateOf(headers: Headers): string | undefined {
  const parts = headers.getAll('tracestate').map((bytes) => bytes.toString('latin1').trim());
  const state = parts.filter((part) => part !== '').join(',');
  if (state === '' || state.length > LONGEST || !/^[ -~\t]*$/.test(state)) return undefined;
  const members = state.split(',').filter((member) => member.trim() !== '');
  return members.length <= 32 && members.every((member) => member.includes('=')) ? state : undefined;
}

/** Fields of a line about a record, named as OpenTelemetry names them in logs. */
export function traceFields(headers: Headers): { trace_id?: string; span_id?: string } {
  const context = traceContextOf(headers);
  return context === undefined ? {} : { trace_id: context.traceId, span_id: context.spanId };
}
