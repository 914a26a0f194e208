import { isUtf8 } from 'node:buffer';
import type { Type, types } from 'avsc';
import { Unreadable } from '../wire/unreadable';

/** Elements that take no bytes, such as nulls: a few bytes can promise any number of them. */
const MAXIMUM_EMPTY_ELEMENTS = 100_000;
const MAXIMUM_DEPTH = 1_000;
const PROTOTYPE = '__proto__';

/**
 * Throws unless the bytes are one value of the type, whole and nothing behind it. avsc alone reads an array on past the
 * end of its bytes, for as many elements as a broken count says, and text that is no UTF-8 as replacement characters.
 */
export function checkBytes(type: Type, bytes: Buffer): void {
  const walk = new Walk(bytes);
  walk.through(type);
  const left = bytes.length - walk.position;
  if (left > 0) throw new Unreadable(`${left} bytes are left behind the value`);
}

class Walk {
  position = 0;
  readonly #bytes: Buffer;
  /** Where in the schema. */
  readonly #path: string[] = [];
  #emptyElements = 0;
  #depth = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  through(type: Type): void {
    if (++this.#depth > MAXIMUM_DEPTH) this.#fail(`it is nested more than ${MAXIMUM_DEPTH} deep`);
    this.#one(type);
    this.#depth -= 1;
  }

  #one(type: Type): void {
    switch (type.typeName) {
      case 'null':
        return;
      case 'boolean':
        if (this.#byte() > 1) this.#fail('a boolean is neither 0 nor 1');
        return;
      case 'int':
        if (!isInt32(this.#long())) this.#fail('an int is beyond 32 bits');
        return;
      case 'abstract:long':
        this.#long();
        return;
      case 'float':
        this.#skip(4);
        return;
      case 'double':
        this.#skip(8);
        return;
      case 'bytes':
        this.#skip(this.#length());
        return;
      case 'string':
        this.#text();
        return;
      case 'fixed':
        this.#skip((type as types.FixedType).size);
        return;
      case 'enum':
        this.#index((type as types.EnumType).symbols.length, 'an enum');
        return;
      case 'array':
        this.#blocks(() => this.through((type as types.ArrayType).itemsType));
        return;
      case 'map':
        this.#blocks(() => {
          this.#key();
          this.through((type as types.MapType).valuesType);
        });
        return;
      case 'record':
      case 'error':
        for (const field of (type as types.RecordType).fields) {
          this.#path.push(field.name);
          this.through(field.type);
          this.#path.pop();
        }
        return;
      case 'union:wrapped':
      case 'union:unwrapped':
        this.#union((type as types.UnwrappedUnionType).types);
        return;
      case 'long':
        // avsc's own, where somebody's logical type has refused its schema.
        if (!isExactInAvsc(this.#long())) this.#fail('a long is beyond 2^52');
        return;
      default:
        this.#one((type as types.LogicalType).underlyingType);
    }
  }

  #union(branches: readonly Type[]): void {
    const index = this.#long();
    const branch = branches[index];
    if (branch === undefined) this.#fail(`a union has no branch ${index}`);
    this.through(branch);
  }

  #index(count: number, what: string): void {
    const index = this.#long();
    if (index < 0 || index >= count) this.#fail(`${what} has no symbol ${index}`);
  }

  #blocks(element: () => void): void {
    for (let count = this.#long(); count !== 0; count = this.#long()) {
      // A negative count is followed by the bytes of the block.
      const size = count < 0 ? this.#length() : undefined;
      const start = this.position;
      this.#block(Math.abs(count), element);
      if (size !== undefined && this.position - start !== size) this.#fail('a block has another size than it says');
    }
  }

  #block(count: number, element: () => void): void {
    const start = this.position;
    element();
    if (this.position === start) {
      this.#emptyElements += count;
      if (this.#emptyElements > MAXIMUM_EMPTY_ELEMENTS) {
        this.#fail(`it promises more than ${MAXIMUM_EMPTY_ELEMENTS} elements without bytes`);
      }
      return;
    }
    for (let done = 1; done < count; done += 1) element();
  }

  /** Where the text begins. */
  #text(): number {
    const length = this.#length();
    const start = this.position;
    this.#skip(length);
    // Most texts are short and of ASCII alone.
    let at = start;
    while (at < this.position && (this.#bytes[at] as number) < 0x80) at += 1;
    const isText = at === this.position || isUtf8(this.#bytes.subarray(at, this.position));
    return isText ? start : this.#fail('a string is not valid UTF-8');
  }

  #key(): void {
    const start = this.#text();
    const isAsLong = this.position - start === PROTOTYPE.length;
    // On an object it would be the prototype.
    if (isAsLong && this.#bytes.toString('latin1', start, this.position) === PROTOTYPE) {
      this.#fail(`a map has the key ${PROTOTYPE}`);
    }
  }

  #length(): number {
    const length = this.#long();
    if (length < 0 || length > this.#bytes.length) this.#fail('a length is negative or beyond the end');
    return length;
  }

  #skip(bytes: number): void {
    this.position += bytes;
    if (this.position > this.#bytes.length) this.#fail('the bytes end within the value');
  }

  #byte(): number {
    this.#skip(1);
    return this.#bytes[this.position - 1] as number;
  }

  /** Variable-length, zig-zag; exact up to 2^53, and as large as it is beyond. */
  #long(): number {
    const first = this.#byte();
    if (first < 0x80) return (first >> 1) ^ -(first & 1);
    let zigzag = first & 0x7f;
    for (let place = 1, factor = 0x80; ; place += 1, factor *= 0x80) {
      const byte = this.#byte();
      if (place === 9 && byte > 1) this.#fail('an integer is beyond 64 bits');
      zigzag += (byte & 0x7f) * factor;
      if (byte < 0x80) return zigzag % 2 === 0 ? zigzag / 2 : -(zigzag + 1) / 2;
    }
  }

  #fail(what: string): never {
    throw new Unreadable(this.#path.length === 0 ? what : `${what}, at ${this.#path.join('.')}`);
  }
}

function isExactInAvsc(long: number): boolean {
  return Math.abs(long) < 2 ** 52;
}

function isInt32(long: number): boolean {
  return long >= -2_147_483_648 && long <= 2_147_483_647;
}
