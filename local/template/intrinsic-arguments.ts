import { shown, templateInvalid } from './template-error';

/** The arguments of a function that takes a list of this length. */
export function parts(argument: unknown, count: number, path: string): readonly unknown[] {
  if (!Array.isArray(argument) || argument.length !== count) {
    throw templateInvalid(path, `takes a list of ${count}, found ${shown(argument)}.`);
  }
  return argument;
}

/** `Resource.Attribute`: an attribute may have dots of its own. */
export function splitAtDot(text: string): readonly string[] {
  const dot = text.indexOf('.');
  return [text.slice(0, dot < 0 ? undefined : dot), dot < 0 ? '' : text.slice(dot + 1)];
}

/** What CloudFormation would put into a text. */
export function text(value: unknown, path: string): string {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw templateInvalid(path, `is ${shown(value)}, not text.`);
}
