import type { OffsetRun } from './observation';
import { unreadable } from './wire/unreadable';

/**
 * Reads the closed offsets of a ledger item (`LEDGER_ATTRIBUTES.runs`): unsigned LEB128 numbers in pairs, how many
 * offsets to skip since the end of the run before, how many to take.
 */
export function readRuns(bytes: Uint8Array): OffsetRun[] {
  const numbers = readNumbers(bytes);
  const runs: OffsetRun[] = [];
  let next = 0;
  for (let index = 0; index < numbers.length; index += 2) {
    const [skip = 0, take] = [numbers[index], numbers[index + 1]];
    if (take === undefined || take === 0)
      throw unreadable('The runs of a ledger', [...bytes], 'pairs of skip and take');
    const first = next + skip;
    next = first + take;
    if (!Number.isSafeInteger(next - 1)) throw unreadable('The runs of a ledger', [...bytes], 'offsets below 2^53');
    runs.push([first, next - 1]);
  }
  return runs;
}

/** What the later runs close beyond the earlier ones. */
export function newlyClosed(before: readonly OffsetRun[], after: readonly OffsetRun[]): OffsetRun[] {
  return after.flatMap(([first, last]) => {
    const fresh: OffsetRun[] = [];
    let from = first;
    for (const [oldFirst, oldLast] of before) {
      if (oldLast < from || oldFirst > last) continue;
      if (oldFirst > from) fresh.push([from, oldFirst - 1]);
      from = oldLast + 1;
    }
    return from <= last ? [...fresh, [from, last] as const] : fresh;
  });
}

/** Seven bits a byte, the lowest first; the highest bit says that more follow. */
function readNumbers(bytes: Uint8Array): number[] {
  const numbers: number[] = [];
  let value = 0;
  let scale = 1;
  for (const byte of bytes) {
    value += (byte & 0x7f) * scale;
    scale *= 0x80;
    if (byte & 0x80) continue;
    numbers.push(value);
    [value, scale] = [0, 1];
  }
  if (scale > 1) throw unreadable('The runs of a ledger', [...bytes], 'whole LEB128 numbers');
  return numbers;
}
