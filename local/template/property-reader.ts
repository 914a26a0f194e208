import { refusedNumber } from './service-words';
import type { Stack } from './stack';
import { isIntrinsic, isObject, own } from './template';
import { shown, templateInvalid } from './template-error';

export interface Range {
  readonly minimum: number;
  readonly maximum: number;
}

/**
 * The properties of one resource, each resolved when it is read. A property is named by its keys
 * (`'Environment', 'Variables'`); `undefined` means that the template does not set it.
 */
export interface PropertyReader {
  /** Where the template writes it. */
  path(...keys: string[]): string;
  value(...keys: string[]): unknown;
  /** The names in an object, which needs no value of any of them. */
  names(...keys: string[]): readonly string[];
  text(...keys: string[]): string | undefined;
  requiredText(...keys: string[]): string;
  boolean(...keys: string[]): boolean | undefined;
  /** A whole number in the range. */
  number(range: Range, ...keys: string[]): number | undefined;
  list(...keys: string[]): readonly unknown[];
  textList(...keys: string[]): readonly string[];
}

export function readProperties(stack: Stack, logicalId: string): PropertyReader {
  const path = (...keys: string[]) => stack.place(logicalId, ...keys);

  /** Without a value for what lies in it. */
  function written(...keys: string[]): unknown {
    let current: unknown = own(stack.template.Resources, logicalId)?.Properties ?? {};
    keys.forEach((key, depth) => {
      current = object(current, ...keys.slice(0, depth));
      current = isObject(current) ? own(current, key) : undefined;
    });
    return current;
  }

  /** A function around a whole block (Fn::If) has to be resolved before the next step. */
  function object(value: unknown, ...keys: string[]): unknown {
    const here = path(...keys);
    const found = isIntrinsic(value) ? stack.resolve(value, here) : value;
    if (found === undefined || isObject(found)) return found;
    throw templateInvalid(here, `is ${shown(found)}, not an object.`);
  }

  function value(...keys: string[]): unknown {
    return stack.resolve(written(...keys), path(...keys));
  }

  function text(...keys: string[]): string | undefined {
    const found = value(...keys);
    if (found === undefined || typeof found === 'string') return found;
    if (typeof found === 'number') return String(found);
    throw templateInvalid(path(...keys), `is ${shown(found)}, not text.`);
  }

  function list(...keys: string[]): readonly unknown[] {
    const found = value(...keys) ?? [];
    if (!Array.isArray(found)) throw templateInvalid(path(...keys), `is ${shown(found)}, not a list.`);
    return found;
  }

  return {
    path,
    value,
    names: (...keys) => Object.keys(object(written(...keys), ...keys) ?? {}),
    text,
    requiredText(...keys) {
      const found = text(...keys);
      if (found === undefined || found === '') throw templateInvalid(path(...keys), 'is missing.');
      return found;
    },
    // CloudFormation takes numbers and booleans written as text, too.
    boolean(...keys) {
      const found = value(...keys);
      if (found === undefined || typeof found === 'boolean') return found;
      if (found === 'true' || found === 'false') return found === 'true';
      throw templateInvalid(path(...keys), `is ${shown(found)}; accepted are true and false.`);
    },
    number({ minimum, maximum }, ...keys) {
      const found = value(...keys);
      if (found === undefined) return undefined;
      const number = typeof found === 'string' && found.trim() !== '' ? Number(found) : found;
      const accepted = `is ${shown(found)}; accepted are whole numbers from ${minimum} to ${maximum}.`;
      if (typeof number !== 'number' || !Number.isInteger(number)) throw templateInvalid(path(...keys), accepted);
      if (number >= minimum && number <= maximum) return number;
      const answer = refusedNumber(keys, number, { minimum, maximum });
      throw templateInvalid(path(...keys), `${accepted} The service refuses it: "${answer}".`);
    },
    list,
    textList(...keys) {
      return list(...keys).map((item) => {
        if (typeof item !== 'string') throw templateInvalid(path(...keys), `holds ${shown(item)}, not text.`);
        return item;
      });
    },
  };
}
