import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { LEDGER_ATTRIBUTES as A } from '../../contract/idempotency-table';
import type { Item } from '../dynamodb/item';
import { describe, ledgerUnreadable } from '../errors';
import { readAttempts, writeAttempts } from './attempts-bytes';
import { CLAIMANTS_KEPT } from './claimant';
import type { StoredLedger } from './judge-ledger';
import { Leb128Reader, Leb128Writer } from './leb128';
import { EMPTY_LEDGER, type LedgerState, type OffsetRun, type Sample } from './ledger-state';
import type { LedgerMark } from './ledger-store';
import { union } from './offset-runs';
import { MAXIMUM_OFFSET, readRuns, writeRuns } from './runs-bytes';
import { DIGEST_BYTES } from './sample';

/** What runs and attempts may need together, so that the whole item stays below 100 KB. */
const ROOM_BYTES = 91_000;

/** What a mark writes: `sets` over what stands, and `removes`, for what the state does not have. Without the key. */
export interface MarkAttributes {
  readonly sets: Item;
  readonly removes: readonly string[];
}

/** The whole state, the next `seq`, and the end of the lease; a release clears what was unclean (protocol L5). */
export function markAttributes({ state, seq, leaseUntilMs }: LedgerMark): MarkAttributes {
  const runs = runsBytes(state.runs);
  const isRelease = leaseUntilMs === undefined;
  const sets: Item = {
    [A.leaseUntilMs]: { N: String(leaseUntilMs ?? 0) },
    [A.seq]: { N: String(seq + 1) },
    [A.runs]: { B: runs },
    [A.high]: { N: String(state.high) },
    [A.highTimestampMs]: { N: String(state.highTimestampMs) },
    [A.delivered]: rangesValue(state.delivered),
    [A.samples]: { B: samplesBytes(state.samples) },
    [A.attempts]: { B: attemptsBytes(state, ROOM_BYTES - runs.length) },
    [A.closedByBound]: rangesValue(state.closedByBound),
    [A.unclean]: { N: isRelease ? '0' : String(state.unclean) },
    [A.claimants]: { L: state.claimants.map((claimant) => ({ S: claimant })) },
  };
  if (state.singly !== undefined) sets[A.singly] = rangesValue(state.singly);
  if (state.suspect === undefined || isRelease) return { sets, removes: [A.suspect] };
  sets[A.suspect] = { N: String(state.suspect) };
  return { sets, removes: [] };
}

/** Whether an item is what a mark has written, and nothing less or else. */
export function isWritten(item: Item, { sets, removes }: MarkAttributes): boolean {
  return (
    removes.every((name) => item[name] === undefined) &&
    Object.entries(sets).every(([name, value]) => isEqual(item[name], value))
  );
}

function isEqual(a: AttributeValue | undefined, b: AttributeValue | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  if (b.B) return a.B !== undefined && Buffer.compare(a.B, b.B) === 0;
  if (b.L) return a.L?.length === b.L.length && b.L.every((element, index) => isEqual(a.L?.[index], element));
  return a.N === b.N && a.S === b.S;
}

/**
 * Reads an item that a claim or a mark has written.
 *
 * @param own the array of the claim that asks: where the item notes it last, it is left out of `delivered`
 * @throws ledgerUnreadable, which names the key and the attribute, for whatever we would not have written
 */
export function fromLedgerItem(id: string, item: Item, own?: OffsetRun): StoredLedger {
  const read = new ItemReader(id, item);
  const runs = read.bytes(A.runs, (reader) => readRuns(reader), []);
  return {
    owner: read.string(A.owner),
    leaseUntilMs: read.number(A.leaseUntilMs, 0),
    seq: read.number(A.seq, 1),
    state: {
      runs,
      delivered: read.delivered(own),
      high: read.offset(A.high, -1n) ?? EMPTY_LEDGER.high,
      highTimestampMs: read.optional(A.highTimestampMs, (name) => read.number(name)) ?? EMPTY_LEDGER.highTimestampMs,
      samples: read.bytes(A.samples, readSamples, []),
      attempts: read.raw(A.attempts, (bytes) => (bytes.length === 0 ? [] : readAttempts(bytes, runs)), []),
      closedByBound: read.optional(A.closedByBound, (name) => read.ranges(name)) ?? [],
      unclean: read.number(A.unclean, 0),
      suspect: read.offset(A.suspect, 0n),
      singly: read.optional(A.singly, (name) => read.ranges(name)),
      claimants: read.strings(A.claimants).slice(-CLAIMANTS_KEPT),
    },
  };
}

/** Entries of the lists that each claim makes longer, in an item that may not be ours. */
export function appended(item: Item): number {
  return item[A.delivered]?.L?.length ?? 0;
}

const rangeValue = ({ first, last }: OffsetRun): AttributeValue => ({
  L: [{ N: String(first) }, { N: String(last) }],
});

export const rangesValue = (ranges: readonly OffsetRun[]): AttributeValue => ({ L: ranges.map(rangeValue) });

function runsBytes(runs: readonly OffsetRun[]): Uint8Array {
  const writer = new Leb128Writer();
  writeRuns(writer, runs);
  return writer.written();
}

function attemptsBytes({ attempts, runs }: LedgerState, roomBytes: number): Uint8Array {
  return attempts.length === 0 ? NONE : writeAttempts(attempts, runs, roomBytes);
}

const NONE = new Uint8Array();

function samplesBytes(samples: readonly Sample[]): Uint8Array {
  const writer = new Leb128Writer();
  for (const { offset, timestamp, digest } of samples) {
    writer.bigint(offset);
    if (timestamp < 0) writer.bigint(BigInt.asUintN(64, BigInt(timestamp)));
    else writer.number(timestamp);
    writer.bytes(Buffer.from(digest, 'hex'));
  }
  return writer.written();
}

function readSamples(reader: Leb128Reader): Sample[] {
  const samples: Sample[] = [];
  while (!reader.isAtEnd) {
    const offset = reader.bigint();
    if (offset > MAXIMUM_OFFSET) throw new RangeError(`holds the offset ${offset}`);
    const timestamp = Number(BigInt.asIntN(64, reader.bigint()));
    samples.push({ offset, timestamp, digest: Buffer.from(reader.bytes(DIGEST_BYTES)).toString('hex') });
  }
  return samples;
}

/** Reads attributes, and refuses with the name of the one that cannot be read. */
class ItemReader {
  readonly #id: string;
  readonly #item: Item;

  constructor(id: string, item: Item) {
    this.#id = id;
    this.#item = item;
  }

  string(name: string): string {
    return this.#item[name]?.S ?? this.#refuse(name, this.#received(name), 'a string');
  }

  strings(name: string): string[] {
    const accepted = 'a list of strings';
    const list = this.#item[name]?.L ?? this.#refuse(name, this.#received(name), accepted);
    return list.map((element) => element.S ?? this.#refuse(name, 'a list with something else in it', accepted));
  }

  /** A safe integer. */
  number(name: string, minimum = Number.MIN_SAFE_INTEGER): number {
    const value = Number(this.#item[name]?.N ?? Number.NaN);
    if (Number.isSafeInteger(value) && value >= minimum) return value;
    const least = minimum === Number.MIN_SAFE_INTEGER ? '' : ` from ${minimum}`;
    return this.#refuse(name, this.#received(name), `a whole number${least}`);
  }

  /** undefined where there is none. */
  offset(name: string, minimum: bigint): bigint | undefined {
    return this.optional(name, () => {
      const value = offsetOf(this.#item[name], minimum);
      return value ?? this.#refuse(name, this.#received(name), `an offset from ${minimum} to 2^63-1`);
    });
  }

  ranges(name: string): OffsetRun[] {
    const accepted = 'a list of pairs [first, last] of offsets';
    const list = this.#item[name]?.L ?? this.#refuse(name, this.#received(name), accepted);
    return list.map((pair) => {
      const [first, last] = [offsetOf(pair.L?.[0], 0n), offsetOf(pair.L?.[1], 0n)];
      const isPair = pair.L?.length === 2 && first !== undefined && last !== undefined && first <= last;
      return isPair ? { first, last } : this.#refuse(name, 'a list with something else in it', accepted);
    });
  }

  /** The arrays of claims, in the order in which they came: made sorted and disjoint. */
  delivered(own: OffsetRun | undefined): OffsetRun[] {
    const all = this.ranges(A.delivered);
    const latest = all.at(-1);
    if (own && latest?.first === own.first && latest.last === own.last) all.pop();
    if (all.length < 2) return all;
    return union(
      all.sort((a, b) => (a.first < b.first ? -1 : a.first > b.first ? 1 : 0)),
      [],
    );
  }

  bytes<Value>(name: string, read: (reader: Leb128Reader) => Value, otherwise: Value): Value {
    return this.raw(name, (bytes) => read(new Leb128Reader(bytes)), otherwise);
  }

  raw<Value>(name: string, read: (bytes: Uint8Array) => Value, otherwise: Value): Value {
    const value = this.optional(name, () => {
      const bytes = this.#item[name]?.B ?? this.#refuse(name, this.#received(name), 'a binary');
      try {
        return read(bytes);
      } catch (error) {
        if (!(error instanceof RangeError)) throw error;
        return this.#refuse(name, `a binary of ${bytes.length} bytes that ${error.message}`, 'what a mark has written');
      }
    });
    return value ?? otherwise;
  }

  optional<Value>(name: string, read: (name: string) => Value): Value | undefined {
    return this.#item[name] === undefined ? undefined : read(name);
  }

  #received(name: string): string {
    const value = this.#item[name];
    if (value === undefined) return 'not there';
    if (value.N !== undefined) return `the number ${value.N}`;
    if (value.S !== undefined) return `the string ${describe(value.S)}`;
    return `of the type ${Object.keys(value)[0]}`;
  }

  #refuse(attribute: string, received: string, accepted: string): never {
    throw ledgerUnreadable({ id: this.#id, attribute, received, accepted });
  }
}

function offsetOf(value: AttributeValue | undefined, minimum: bigint): bigint | undefined {
  if (value?.N === undefined || !/^-?\d{1,19}$/.test(value.N)) return undefined;
  const offset = BigInt(value.N);
  return offset >= minimum && offset <= MAXIMUM_OFFSET ? offset : undefined;
}
