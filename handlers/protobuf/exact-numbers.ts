import { Unreadable } from '../wire/unreadable';

/** The same value with numbers in place of bigints. Throws an {@link Unreadable} rather than round one. */
export function withNumbers(value: unknown): unknown {
  if (typeof value === 'bigint') return exactNumber(value);
  if (Array.isArray(value)) return value.map(withNumbers);
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, withNumbers(part)]));
}

function exactNumber(long: bigint): number {
  const number = Number(long);
  if (Number.isSafeInteger(number)) return number;
  throw new Unreadable(
    "it holds a 64-bit integer beyond 2^53-1, which a number would round; longs: 'bigint' reads it exactly",
  );
}
