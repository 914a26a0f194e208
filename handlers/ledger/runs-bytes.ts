import type { Leb128Reader, Leb128Writer } from './leb128';
import type { OffsetRun } from './ledger-state';

/** The largest offset of Kafka. */
export const MAXIMUM_OFFSET = 2n ** 63n - 1n;

/** Pairs `skip, take`; see `LEDGER_ATTRIBUTES.runs`. */
export function writeRuns(writer: Leb128Writer, runs: readonly OffsetRun[]): void {
  let next = 0n;
  for (const { first, last } of runs) {
    writer.bigint(first - next);
    writer.bigint(last - first + 1n);
    next = last + 1n;
  }
}

/** Reads `count` pairs, or all there are. Throws a RangeError for what cannot be runs. */
export function readRuns(reader: Leb128Reader, count = Number.POSITIVE_INFINITY): OffsetRun[] {
  const runs: OffsetRun[] = [];
  let next = 0n;
  while (runs.length < count && !reader.isAtEnd) {
    const first = next + reader.bigint();
    const take = reader.bigint();
    next = first + take;
    if (take === 0n) throw new RangeError('holds an empty run');
    if (next - 1n > MAXIMUM_OFFSET) throw new RangeError(`holds the offset ${next - 1n}`);
    const before = runs.at(-1);
    if (before && first === before.last + 1n) throw new RangeError('holds two runs that touch each other');
    runs.push({ first, last: next - 1n });
  }
  if (runs.length < count && Number.isFinite(count)) throw new RangeError('holds too few runs');
  return runs;
}
