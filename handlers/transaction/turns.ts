/** What of the records that wait for their commit may be sent. */
export interface Turns<Each> {
  /** Nothing is known against them. */
  readonly first: readonly Each[];
  /** Refused before, and due again. They go by themselves, so that another refusal costs nobody else a request (C6). */
  readonly again: readonly Each[];
  /** When the first of those that were refused before is due. */
  readonly againAtMs: number;
}

/**
 * Sorts out who may go, each list in the order of the records. Behind a record that waits for its time its lane waits
 * too (O1).
 * @param againAtMsOf undefined: the record does not wait for a time
 */
export function turnsOf<Each>(
  waiting: readonly Each[],
  laneOf: (record: Each) => unknown,
  againAtMsOf: (record: Each) => number | undefined,
  nowMs: number,
): Turns<Each> {
  const first: Each[] = [];
  const again: Each[] = [];
  const held = new Set<unknown>();
  let nextMs = Number.POSITIVE_INFINITY;
  for (const record of waiting) {
    const lane = laneOf(record);
    if (held.has(lane)) continue;
    const againAtMs = againAtMsOf(record);
    if (againAtMs === undefined) {
      first.push(record);
      continue;
    }
    held.add(lane);
    nextMs = Math.min(nextMs, againAtMs);
    if (againAtMs <= nowMs) again.push(record);
  }
  return { first, again, againAtMs: nextMs };
}
