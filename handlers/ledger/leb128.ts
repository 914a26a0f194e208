/** Unsigned LEB128: 7 bits a byte, the lowest first, the top bit set in each but the last. */
export class Leb128Writer {
  #bytes = new Uint8Array(64);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** @param value a safe integer from 0 */
  number(value: number): void {
    let rest = value;
    while (rest > 0x7f) {
      this.#byte((rest % 0x80) | 0x80);
      rest = Math.floor(rest / 0x80);
    }
    this.#byte(rest);
  }

  /** @param value from 0 to 2^64-1 */
  bigint(value: bigint): void {
    let rest = value;
    while (rest > SAFE) {
      this.#byte(Number(rest & 0x7fn) | 0x80);
      rest >>= 7n;
    }
    this.number(Number(rest));
  }

  bytes(bytes: Uint8Array): void {
    for (const byte of bytes) this.#byte(byte);
  }

  written(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  #byte(value: number): void {
    if (this.#length === this.#bytes.length) {
      const larger = new Uint8Array(2 * this.#length);
      larger.set(this.#bytes);
      this.#bytes = larger;
    }
    this.#bytes[this.#length++] = value;
  }
}

const SAFE = BigInt(Number.MAX_SAFE_INTEGER);

/** Reads what {@link Leb128Writer} wrote. Throws a RangeError where the bytes end too early or say too much. */
export class Leb128Reader {
  readonly #bytes: Uint8Array;
  #next = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.#next >= this.#bytes.length;
  }

  /** A safe integer. */
  number(): number {
    const value = this.bigint();
    if (value > SAFE) throw new RangeError(`holds ${value} where a number below 2^53 is needed`);
    return Number(value);
  }

  /** At most 2^64-1. */
  bigint(): bigint {
    let low = 0;
    let factor = 1;
    // 7 bytes are 49 bits: exact in a number.
    for (let count = 0; count < 7; count += 1) {
      const byte = this.#byte();
      low += (byte & 0x7f) * factor;
      if (byte < 0x80) return BigInt(low);
      factor *= 0x80;
    }
    let value = BigInt(low);
    for (let shift = 49n; shift < 70n; shift += 7n) {
      const byte = this.#byte();
      value |= BigInt(byte & 0x7f) << shift;
      if (byte >= 0x80) continue;
      if (value > LARGEST) break;
      return value;
    }
    throw new RangeError('holds a number of more than 64 bits');
  }

  bytes(length: number): Uint8Array {
    const end = this.#next + length;
    if (end > this.#bytes.length) throw new RangeError(ENDS_EARLY);
    const bytes = this.#bytes.subarray(this.#next, end);
    this.#next = end;
    return bytes;
  }

  #byte(): number {
    const byte = this.#bytes[this.#next];
    if (byte === undefined) throw new RangeError(ENDS_EARLY);
    this.#next += 1;
    return byte;
  }
}

const LARGEST = 2n ** 64n - 1n;
const ENDS_EARLY = 'ends in the middle of a value';
