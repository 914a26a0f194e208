import { ERROR_CODES, EXIT } from '../../contract/error-codes';
import { LocalError } from '../errors';

/** The history is not in the form of `read-history.ts`; exit code 2. */
export function historyInvalid(place: string, received: unknown, accepted: string): LocalError {
  const text = JSON.stringify(received);
  const short = text !== undefined && text.length > 80 ? `${text.slice(0, 80)}…` : (text ?? 'left out');
  return new LocalError(
    ERROR_CODES.historyInvalid,
    `${place === '' ? 'The history' : `${place} of the history`} is ${short}; accepted is ${accepted}.`,
    EXIT.usage,
  );
}

/** A value of a JSON document with its place in it. Each question is answered, or is an error that names the place. */
export class JsonReader {
  constructor(
    readonly value: unknown,
    readonly place: string,
  ) {}

  /** An object with these properties and no others. */
  object(properties: readonly string[]): void {
    const { value } = this;
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw this.invalid('an object');
    const unknown = Object.keys(value).find((name) => !properties.includes(name));
    if (unknown !== undefined) throw this.#child(unknown).invalid(`none: the properties are ${properties.join(', ')}`);
  }

  /** The value of a property, which may be left out. */
  get(name: string): JsonReader {
    return this.#child(name);
  }

  get isLeftOut(): boolean {
    return this.value === undefined;
  }

  /** Reads it unless it is left out. */
  optional<Value>(read: (reader: JsonReader) => Value): Value | undefined {
    return this.isLeftOut ? undefined : read(this);
  }

  list(): JsonReader[] {
    const { value, place } = this;
    if (!Array.isArray(value)) throw this.invalid('a list');
    return value.map((member: unknown, index) => new JsonReader(member, `${place}[${index}]`));
  }

  /** The properties of an object of any, by name. */
  entries(): [string, JsonReader][] {
    const { value } = this;
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw this.invalid('an object');
    return Object.keys(value).map((name) => [name, this.#child(name)]);
  }

  text(): string {
    if (typeof this.value !== 'string') throw this.invalid('a text');
    return this.value;
  }

  name(): string {
    if (typeof this.value !== 'string' || this.value === '') throw this.invalid('a text that is not empty');
    return this.value;
  }

  flag(): boolean {
    if (typeof this.value !== 'boolean') throw this.invalid('true or false');
    return this.value;
  }

  number(): number {
    if (typeof this.value !== 'number' || !Number.isFinite(this.value)) throw this.invalid('a number');
    return this.value;
  }

  /** A partition or an offset. */
  count(): number {
    if (!Number.isSafeInteger(this.value) || Number(this.value) < 0) throw this.invalid('a whole number from 0 on');
    return this.value as number;
  }

  oneOf<Value extends string>(accepted: readonly Value[]): Value {
    const found = accepted.find((value) => value === this.value);
    if (found === undefined) throw this.invalid(accepted.join(', '));
    return found;
  }

  invalid(accepted: string): LocalError {
    return historyInvalid(this.place, this.value, accepted);
  }

  #child(name: string): JsonReader {
    const { value, place } = this;
    const child = Object.hasOwn(value as object, name) ? (value as Record<string, unknown>)[name] : undefined;
    return new JsonReader(child, place === '' ? name : `${place}.${name}`);
  }
}
