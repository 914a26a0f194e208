import { readFileSync } from 'node:fs';
import { ERROR_CODES, EXIT } from '../../contract/error-codes';
import { LocalError } from '../errors';

interface Shown {
  /** The value is a secret, or holds one, and stays out of the message. */
  readonly hidden?: boolean;
}

/** The object in a JSON file. */
export function configRoot(file: string): ConfigField {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw usage(`The broker configuration ${file} cannot be read (${(error as NodeJS.ErrnoException).code}).`);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The parser's own message quotes the text, in which a password may stand.
    throw usage(`The broker configuration ${file} is not JSON.`);
  }
  const root = new ConfigField(file, '', value);
  root.requireObject('an object with "brokers"', { hidden: true });
  return root;
}

/** A field of a configuration, which says in its errors where it stands. */
export class ConfigField {
  constructor(
    private readonly file: string,
    private readonly path: string,
    readonly value: unknown,
  ) {}

  isPresent(): boolean {
    return this.value !== undefined;
  }

  /** A field of this object; one that is not there has no value. */
  field(name: string): ConfigField {
    const value = isObject(this.value) && Object.hasOwn(this.value, name) ? this.value[name] : undefined;
    return new ConfigField(this.file, this.path === '' ? name : `${this.path}.${name}`, value);
  }

  requireObject(accepted: string, shown: Shown = {}): void {
    if (!isObject(this.value)) throw this.wrong(accepted, shown);
  }

  allowOnly(...names: readonly string[]): void {
    const unknown = Object.keys(isObject(this.value) ? this.value : {}).find((name) => !names.includes(name));
    if (unknown === undefined) return;
    const known = names.map((name) => `"${name}"`).join(', ');
    throw usage(
      `${this.file} has a field "${this.field(unknown).path}", which is not known. Known beside it: ${known}.`,
    );
  }

  text(shown: Shown = {}): string {
    if (typeof this.value !== 'string' || this.value === '') throw this.wrong('a text that is not empty', shown);
    return this.value;
  }

  boolean(): boolean {
    if (typeof this.value !== 'boolean') throw this.wrong('true or false');
    return this.value;
  }

  oneOf<T extends string>(accepted: readonly T[]): T {
    const found = accepted.find((one) => one === this.value);
    if (found === undefined) throw this.wrong(accepted.map((one) => `"${one}"`).join(', '));
    return found;
  }

  wrong(accepted: string, { hidden = false }: Shown = {}): LocalError {
    const subject = this.path === '' ? `What ${this.file} holds` : `"${this.path}" in ${this.file}`;
    const received = !this.isPresent() ? 'is missing' : hidden ? 'is wrong' : `is ${withoutCredentials(this.value)}`;
    return usage(`${subject} ${received}. It takes ${accepted}.`);
  }
}

/** An address may be written with a user and a password in it. */
function withoutCredentials(value: unknown): string {
  return JSON.stringify(value).replaceAll(/\/\/[^/"]*@/g, '//***@');
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function usage(message: string): LocalError {
  return new LocalError(ERROR_CODES.usage, message, EXIT.usage);
}
