import type { Type, types } from 'avsc';
import { Unreadable } from '../wire/unreadable';
import type { Longs } from './long-types';
import { exactNumber } from './long-types';

/**
 * A value of the type from its JSON form: that of the Avro specification, or the plain one that leaves the branches of
 * unions unnamed and may leave nulls out. Throws an {@link Unreadable} that names the place and nothing of the content.
 */
export function fromJson(type: Type, json: unknown, longs: Longs): unknown {
  return new JsonReader(longs).read(type, json);
}

class JsonReader {
  readonly #longs: Longs;
  /** Where in the schema. */
  readonly #path: string[] = [];

  constructor(longs: Longs) {
    this.#longs = longs;
  }

  read(type: Type, json: unknown): unknown {
    switch (type.typeName) {
      case 'null':
        return this.#if(json === null, json, 'null');
      case 'boolean':
        return this.#if(typeof json === 'boolean', json, 'a boolean');
      case 'string':
        return this.#if(typeof json === 'string', json, 'a string');
      case 'int':
        return this.#if(Number.isInteger(json) && json === ((json as number) | 0), json, 'an int');
      case 'long':
      case 'abstract:long':
        return this.#long(json);
      case 'float':
      case 'double':
        return this.#if(typeof json === 'number', json, 'a number');
      case 'bytes':
        return this.#bytes(json);
      case 'fixed': {
        const bytes = this.#bytes(json);
        return this.#if(bytes.length === (type as types.FixedType).size, bytes, 'a fixed of its size');
      }
      case 'enum':
        return this.#if((type as types.EnumType).symbols.includes(json as string), json, 'a symbol of its enum');
      case 'array':
        if (!Array.isArray(json)) return this.#fail('an array');
        return json.map((item) => this.read((type as types.ArrayType).itemsType, item));
      case 'map': {
        const entries = Object.entries(this.#object(json));
        return Object.fromEntries(
          entries.map(([key, value]) => [key, this.read((type as types.MapType).valuesType, value)]),
        );
      }
      case 'record':
      case 'error':
        return this.#record((type as types.RecordType).fields, this.#object(json));
      case 'union:wrapped':
      case 'union:unwrapped':
        return this.#union(type as types.WrappedUnionType, json);
      default: {
        const { underlyingType, _fromValue } = type as Type & {
          underlyingType: Type;
          _fromValue(value: unknown): unknown;
        };
        return _fromValue.call(type, this.read(underlyingType, json));
      }
    }
  }

  #record(fields: readonly types.Field[], json: Readonly<Record<string, unknown>>): Record<string, unknown> {
    const record: Record<string, unknown> = {};
    for (const { name, type, defaultValue } of fields) {
      this.#path.push(name);
      const given = Object.hasOwn(json, name) ? json[name] : undefined;
      record[name] = given === undefined ? this.#missing(type, defaultValue()) : this.read(type, given);
      this.#path.pop();
    }
    return record;
  }

  #missing(type: Type, value: unknown): unknown {
    if (value !== undefined) return value;
    return branchesOf(type).some(({ typeName }) => typeName === 'null') ? null : this.#fail('there');
  }

  #union(union: types.WrappedUnionType, json: unknown): unknown {
    const depth = this.#path.length;
    for (const [branch, inner] of candidates(union.types, json)) {
      try {
        const value = this.read(branch, inner);
        const isNamed = union.typeName === 'union:wrapped' && value !== null;
        return isNamed ? { [branch.branchName as string]: value } : value;
      } catch {
        this.#path.length = depth;
      }
    }
    return this.#fail('of any branch of its union');
  }

  #long(json: unknown): number | bigint {
    const isExact = Number.isSafeInteger(json) || (typeof json === 'string' && /^-?\d{1,19}$/.test(json));
    // JSON.parse has rounded any other number already.
    if (!isExact) return this.#fail('a long within 2^53-1, or its decimal digits as a string');
    const long = BigInt(json as number | string);
    if (BigInt.asIntN(64, long) !== long) return this.#fail('a long');
    return this.#longs === 'bigint' ? long : exactNumber(long);
  }

  /** One character for each byte, as the Avro specification writes bytes. */
  #bytes(json: unknown): Buffer {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: bytes are what they stand for here.
    const isBytes = typeof json === 'string' && /^[\u0000-\u00ff]*$/.test(json);
    return isBytes ? Buffer.from(json, 'latin1') : this.#fail('bytes');
  }

  #object(json: unknown): Readonly<Record<string, unknown>> {
    const isObject = typeof json === 'object' && json !== null && !Array.isArray(json);
    return isObject ? (json as Readonly<Record<string, unknown>>) : this.#fail('an object');
  }

  #if(is: boolean, json: unknown, what: string): unknown {
    return is ? json : this.#fail(what);
  }

  #fail(what: string): never {
    const place = this.#path.length === 0 ? '' : ` at ${this.#path.join('.')}`;
    throw new Unreadable(`its JSON form is not ${what}${place}`);
  }
}

/** The branches that may be meant: the one that an object of one property names, then each as it stands. */
function* candidates(branches: readonly Type[], json: unknown): Iterable<readonly [branch: Type, json: unknown]> {
  if (typeof json === 'object' && json !== null && Object.keys(json).length === 1) {
    const [name, inner] = Object.entries(json)[0] as [string, unknown];
    for (const branch of branches) if (branch.branchName === name) yield [branch, inner];
  }
  for (const branch of branches) yield [branch, json];
}

function branchesOf(type: Type): readonly Type[] {
  return type.typeName.startsWith('union:') ? (type as types.WrappedUnionType).types : [];
}
