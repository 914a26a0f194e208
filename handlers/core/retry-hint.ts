/** Fields in which errors of HTTP clients and SDKs carry how long to wait. */
interface Hinted {
  readonly retryAfterMs?: unknown;
  /** Seconds, as a number or as the header's text, or the header's HTTP date. */
  readonly retryAfter?: unknown;
  readonly headers?: unknown;
  readonly response?: unknown;
  readonly $response?: unknown;
  readonly cause?: unknown;
}

/** Causes that are looked through. */
const DEPTH = 4;

/**
 * How long the error asks to wait, in ms: `retryAfterMs`, `retryAfter`, or a `Retry-After` header of the answer that it
 * carries (fetch, axios, undici, the AWS SDK); undefined: it does not say. Source of the header: RFC 9110, section 10.2.3.
 */
export function retryHintMs(error: unknown, nowMs: number, depth = DEPTH): number | undefined {
  if (typeof error !== 'object' || error === null || depth === 0) return undefined;
  const { retryAfterMs, retryAfter, headers, response, $response, cause } = error as Hinted;
  if (typeof retryAfterMs === 'number' && retryAfterMs >= 0) return retryAfterMs;
  return (
    delayMs(retryAfter, nowMs) ??
    delayMs(headerOf(headers), nowMs) ??
    delayMs(headerOf((response as Hinted | undefined)?.headers), nowMs) ??
    delayMs(headerOf(($response as Hinted | undefined)?.headers), nowMs) ??
    retryHintMs(cause, nowMs, depth - 1)
  );
}

function headerOf(headers: unknown): unknown {
  if (typeof headers !== 'object' || headers === null) return undefined;
  if ('get' in headers && typeof headers.get === 'function') return headers.get('retry-after');
  const name = Object.keys(headers).find((key) => key.toLowerCase() === 'retry-after');
  return name === undefined ? undefined : (headers as Record<string, unknown>)[name];
}

function delayMs(value: unknown, nowMs: number): number | undefined {
  if (value instanceof Date) return until(value.getTime(), nowMs);
  if (typeof value === 'number') return value >= 0 ? value * 1_000 : undefined;
  if (typeof value !== 'string' || value.trim() === '') return undefined;
  const seconds = Number(value);
  if (Number.isFinite(seconds)) return seconds >= 0 ? seconds * 1_000 : undefined;
  return until(Date.parse(value), nowMs);
}

function until(atMs: number, nowMs: number): number | undefined {
  return Number.isNaN(atMs) ? undefined : Math.max(0, atMs - nowMs);
}
