import { Leb128Reader, Leb128Writer } from './leb128';
import type { Attempts, OffsetRun } from './ledger-state';
import { MAXIMUM_OFFSET, readRuns, writeRuns } from './runs-bytes';

/** Different error names that are kept; the rarer ones become {@link OTHER_NAME}. */
const MAXIMUM_NAMES = 16;
const OTHER_NAME = 'Error';
const MAXIMUM_NAME_BYTES = 64;
/** Milliseconds: each is a multiple of the one before, so that what was rounded once is exact ever after. 0: no times. */
const UNITS = [1, 1_000, 60_000, 3_600_000, 86_400_000, 0] as const;

/**
 * The layout of `LEDGER_ATTRIBUTES.attempts`. Offsets are counted without the closed ones, so that where every record of
 * a batch fails they cost nothing, however far apart they lie. Times lose precision rather than need more than
 * `roomBytes`: of 10,000 failures the second will do. Attempts of closed offsets are left out.
 */
export function writeAttempts(
  attempts: readonly Attempts[],
  runs: readonly OffsetRun[],
  roomBytes: number,
): Uint8Array {
  const { stretches, members } = inOpenOffsets(attempts, runs);
  const names = namesOf(members);
  for (const unit of UNITS) {
    const writer = new Leb128Writer();
    writer.number(unit);
    writer.number(names.length);
    for (const name of names) {
      const bytes = Buffer.from(name);
      writer.number(bytes.length);
      writer.bytes(bytes);
    }
    writer.number(stretches.length);
    writeRuns(writer, stretches);
    writeGroups(writer, members, names, unit);
    if (writer.length <= roomBytes || unit === 0) return writer.written();
  }
  throw new Error('The last unit always returns: report this bug');
}

export function readAttempts(bytes: Uint8Array, runs: readonly OffsetRun[]): Attempts[] {
  const reader = new Leb128Reader(bytes);
  const unit = reader.number();
  const names = Array.from({ length: atMost(reader.number(), bytes) }, () =>
    Buffer.from(reader.bytes(reader.number())).toString(),
  );
  const stretches = readRuns(reader, atMost(reader.number(), bytes));
  const offsets = new OpenOffsets(runs);
  const attempts: Attempts[] = [];
  const total = stretches.reduce((sum, { first, last }) => sum + last - first + 1n, 0n);
  if (total > BigInt(MAXIMUM_ATTEMPTS_READ)) throw new RangeError(`holds ${total} attempts`);
  let group: Group = { size: 0, count: 0, name: 0, time: 0 };
  for (const { first, last } of stretches) {
    for (let open = first; open <= last; open += 1n) {
      if (group.size === 0) group = readGroup(reader, names.length, group.time);
      group = { ...group, size: group.size - 1 };
      const firstFailureMs = unit === 0 ? group.time : group.time * unit;
      const lastError = names[group.name] as string;
      const offset = offsets.at(open);
      if (offset > MAXIMUM_OFFSET) throw new RangeError(`holds the offset ${offset}`);
      attempts.push({ offset, count: group.count, firstFailureMs, lastError });
    }
  }
  if (group.size > 0 || !reader.isAtEnd) throw new RangeError('goes on behind its last value');
  return attempts;
}

/** Far more than are ever written: a few bytes written by hand must not ask for gigabytes. */
const MAXIMUM_ATTEMPTS_READ = 100_000;

function atMost(count: number, bytes: Uint8Array): number {
  if (count > bytes.length) throw new RangeError(ENDS_EARLY);
  return count;
}

const ENDS_EARLY = 'ends in the middle of a value';

interface Group {
  /** Offsets of the group that are still to come. */
  readonly size: number;
  readonly count: number;
  /** Index of the name. */
  readonly name: number;
  /** In units since the epoch. */
  readonly time: number;
}

const MANY = 1;
const TIME = 2;

function writeGroups(writer: Leb128Writer, members: readonly Attempts[], names: readonly string[], unit: number): void {
  const nameAt = new Map(names.map((name, index) => [name, index]));
  const other = nameAt.get(OTHER_NAME) ?? 0;
  const earliest =
    unit === 0 ? members.reduce((time, { firstFailureMs }) => Math.min(time, firstFailureMs), Infinity) : 0;
  const groups: Group[] = [];
  for (const { count, lastError, firstFailureMs } of members) {
    const name = nameAt.get(clipped(lastError)) ?? other;
    const time = unit === 0 ? earliest : Math.floor(firstFailureMs / unit);
    const last = groups.at(-1);
    if (last && last.count === count && last.name === name && last.time === time) {
      groups[groups.length - 1] = { ...last, size: last.size + 1 };
    } else {
      groups.push({ size: 1, count, name, time });
    }
  }
  let before = 0;
  for (const { size, count, name, time } of groups) {
    const flags = (size > 1 ? MANY : 0) + (time !== before ? TIME : 0);
    writer.number(((count - 1) * names.length + name) * 4 + flags);
    if (time !== before) writer.number(zigzag(time - before));
    if (size > 1) writer.number(size - 2);
    before = time;
  }
}

function readGroup(reader: Leb128Reader, names: number, timeBefore: number): Group {
  const head = reader.number();
  const flags = head % 4;
  const which = Math.floor(head / 4);
  if (names === 0) throw new RangeError('holds attempts without the name of an error');
  const time = timeBefore + (flags & TIME ? unzigzag(reader.number()) : 0);
  const size = flags & MANY ? reader.number() + 2 : 1;
  return { size, count: Math.floor(which / names) + 1, name: which % names, time };
}

const zigzag = (value: number) => (value < 0 ? -2 * value - 1 : 2 * value);
const unzigzag = (value: number) => (value % 2 === 0 ? value / 2 : -(value + 1) / 2);

/** The most frequent names first. */
function namesOf(members: readonly Attempts[]): string[] {
  const frequency = new Map<string, number>();
  for (const { lastError } of members) {
    const name = clipped(lastError);
    frequency.set(name, (frequency.get(name) ?? 0) + 1);
  }
  const names = [...frequency].sort(([, a], [, b]) => b - a).map(([name]) => name);
  if (names.length <= MAXIMUM_NAMES) return names;
  return [...names.filter((name) => name !== OTHER_NAME).slice(0, MAXIMUM_NAMES - 1), OTHER_NAME];
}

/** Whole characters in at most {@link MAXIMUM_NAME_BYTES}. */
function clipped(name: string): string {
  if (name.length * 3 <= MAXIMUM_NAME_BYTES || Buffer.byteLength(name) <= MAXIMUM_NAME_BYTES) return name;
  let bytes = 0;
  let end = 0;
  for (const character of name) {
    bytes += Buffer.byteLength(character);
    if (bytes > MAXIMUM_NAME_BYTES) break;
    end += character.length;
  }
  return name.slice(0, end);
}

/** The open ones among the attempts, and their places among all open offsets, neighbours together. */
function inOpenOffsets(attempts: readonly Attempts[], runs: readonly OffsetRun[]) {
  const stretches: OffsetRun[] = [];
  const members: Attempts[] = [];
  let closed = 0n;
  let next = 0;
  for (const member of attempts) {
    for (let run = runs[next]; run && run.last < member.offset; run = runs[next]) {
      closed += run.last - run.first + 1n;
      next += 1;
    }
    const run = runs[next];
    if (run && run.first <= member.offset) continue;
    members.push(member);
    const open = member.offset - closed;
    const last = stretches.at(-1);
    if (last && last.last + 1n === open) stretches[stretches.length - 1] = { first: last.first, last: open };
    else stretches.push({ first: open, last: open });
  }
  return { stretches, members };
}

/** From a place among the open offsets, in ascending order, to the offset. */
class OpenOffsets {
  readonly #runs: readonly OffsetRun[];
  #closed = 0n;
  #next = 0;

  constructor(runs: readonly OffsetRun[]) {
    this.#runs = runs;
  }

  at(open: bigint): bigint {
    for (let run = this.#runs[this.#next]; run && run.first <= open + this.#closed; run = this.#runs[this.#next]) {
      this.#closed += run.last - run.first + 1n;
      this.#next += 1;
    }
    return open + this.#closed;
  }
}
