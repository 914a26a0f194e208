/** The furthest that a Date reaches. A producer may write any number as a record's timestamp. */
const FURTHEST_MS = 8.64e15;

export function isoTime(ms: number): string {
  return new Date(Math.max(-FURTHEST_MS, Math.min(ms, FURTHEST_MS))).toISOString();
}
