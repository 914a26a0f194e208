import { isIntrinsic } from './intrinsics';
import type { Stack } from './stack';
import { isObject, own } from './template';
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
  path(...keys: string[]): string;
  value(...keys: string[]): unknown;
  text(...keys: string[]): string | undefined;
  requiredText(...keys: string[]): string;
  boolean(...keys: string[]): boolean | undefined;
  /** A whole number in the range. */
  number(range: Range, ...keys: string[]): number | undefined;
  list(...keys: string[]): readonly unknown[];
  textList(...keys: string[]): readonly string[];
}

export function readProperties(stack: Stack, logicalId: string): PropertyReader {
  const root = `Resources.${logicalId}.Properties`;
  const path = (...keys: string[]) => [root, ...keys].join('.');

  function value(...keys: string[]): unknown {
    let current: unknown = own(stack.template.Resources, logicalId)?.Properties ?? {};
    keys.forEach((key, depth) => {
      const here = path(...keys.slice(0, depth));
      // A function on the way (Fn::If around a whole block) has to be resolved before the next step.
      if (isIntrinsic(current)) current = stack.resolve(current, here);
      if (current === undefined) return;
      if (!isObject(current)) throw templateInvalid(here, `is ${shown(current)}, not an object.`);
      current = own(current, key);
    });
    return stack.resolve(current, path(...keys));
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
      if (typeof number === 'number' && Number.isInteger(number) && number >= minimum && number <= maximum)
        return number;
      throw templateInvalid(
        path(...keys),
        `is ${shown(found)}; accepted are whole numbers from ${minimum} to ${maximum}.`,
      );
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
