import type { Type } from 'avsc';
import avscTypes from 'avsc/lib/types.js';
import { Unreadable } from '../wire/unreadable';

/** What a 64-bit integer becomes: a `number`, and an error where that would be rounded, or always a `bigint`. */
export type Longs = 'number' | 'bigint';

/** avsc's own `long` gives wrong numbers below -(2^52), so it is not used for either. */
const READERS = { number: longType(readNumber, exactNumber), bigint: longType(readBigInt, (long) => long) };

export function longTypeOf(longs: Longs): Type {
  return READERS[longs];
}

/** As a `long` of the writer is read by a reader with a `double` or a `float`: exactly, or not at all. */
export const DOUBLE_TYPE = promoting(avscTypes.Type.forSchema('double'));
export const FLOAT_TYPE = promoting(avscTypes.Type.forSchema('float'));

export function exactNumber(long: bigint): number {
  const number = Number(long);
  if (Number.isSafeInteger(number)) return number;
  throw new Unreadable("it holds a long beyond 2^53-1, which a number would round; longs: 'bigint' reads it exactly");
}

function longType(read: (bytes: Buffer) => number | bigint, convert: (long: bigint) => number | bigint): Type {
  const toBigInt = (value: number | bigint) => BigInt(value);
  return avscTypes.builtins.LongType.__with(
    {
      fromBuffer: read,
      toBuffer: (value: number | bigint) => writeVarint(toBigInt(value)),
      fromJSON: (value: number | bigint) => convert(toBigInt(value)),
      toJSON: (value: number | bigint) => value,
      isValid: (value: unknown) => typeof value === 'bigint' || Number.isSafeInteger(value),
      compare: (a: number | bigint, b: number | bigint) => (a < b ? -1 : a > b ? 1 : 0),
    },
    // The bytes as they stand, variable-length and zig-zag.
    true,
  );
}

interface Internals {
  _read(tap: object): number | bigint;
  _update(resolver: { _read?: (tap: object) => number }, writer: Type & Internals): void;
}

function promoting(type: Type): Type {
  const own = type as Type & Internals;
  return Object.create(own, {
    _update: {
      value(resolver: { _read?: (tap: object) => number }, writer: Type & Internals) {
        if (writer.typeName !== 'abstract:long') return own._update(resolver, writer);
        resolver._read = (tap) => exactNumber(BigInt(writer._read(tap)));
      },
    },
  }) as Type;
}

function readNumber(bytes: Buffer): number {
  // Seven bytes hold 49 bits, which are exact in a number.
  if (bytes.length > 7) return exactNumber(readBigInt(bytes));
  let zigzag = 0;
  for (let index = bytes.length - 1; index >= 0; index -= 1) {
    zigzag = zigzag * 0x80 + ((bytes[index] as number) & 0x7f);
  }
  return zigzag % 2 === 0 ? zigzag / 2 : -(zigzag + 1) / 2;
}

function readBigInt(bytes: Buffer): bigint {
  let zigzag = 0n;
  for (let index = bytes.length - 1; index >= 0; index -= 1) {
    zigzag = (zigzag << 7n) | BigInt((bytes[index] as number) & 0x7f);
  }
  return BigInt.asIntN(64, (zigzag >> 1n) ^ -(zigzag & 1n));
}

function writeVarint(long: bigint): Buffer {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, (long << 1n) ^ (long >> 63n));
  for (; rest > 0x7fn; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  bytes.push(Number(rest));
  return Buffer.from(bytes);
}
