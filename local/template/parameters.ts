import { ERROR_CODES, EXIT } from '../../contract/error-codes';
import { LocalError } from '../errors';
import type { LocalValues } from './local-values';
import { own, type Template } from './template';
import { shown, templateInvalid, templateUnsupported, wrongHere } from './template-error';

/** Refuses a value for a parameter that the template does not have, and one that it does not allow. */
export function checkGiven(file: string, template: Template, given: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(given)) {
    const parameter = own(template.Parameters, name);
    if (parameter === undefined) {
      const known = Object.keys(template.Parameters).join(', ') || 'none';
      throw usage(`${file} has no parameter ${name}. It has: ${known}.`);
    }
    const allowed = parameter.AllowedValues;
    if (Array.isArray(allowed) && !allowed.map(String).includes(value)) {
      throw usage(`The parameter ${name} is given ${shown(value)}; the template allows ${allowed.join(', ')}.`);
    }
  }
}

function usage(problem: string): LocalError {
  return new LocalError(ERROR_CODES.usage, problem, EXIT.usage);
}

/** `Ref` of a template parameter: the value given for it, else its default. */
export function parameterValue(name: string, path: string, template: Template, values: LocalValues): string | string[] {
  const parameter = own(template.Parameters, name) ?? {};
  const type = String(parameter.Type ?? 'String');
  const given = values.given(name);
  const isNested = values.prefix !== '';
  // The default of such a parameter, and what a stack passes to a nested one, is the name of an SSM parameter.
  if (type.startsWith('AWS::SSM::Parameter::Value') && (given === undefined || isNested)) {
    const cure = isNested ? 'Pass the value itself, in a parameter of type String.' : cureFor(name);
    const named = shown(given ?? parameter.Default);
    throw templateUnsupported(
      path,
      `needs the parameter ${name}, whose value lies in the SSM parameter ${named} of an account. ${cure}`,
    );
  }
  const value = given ?? parameter.Default;
  if (value === undefined) {
    const problem = `needs the parameter ${name}, which has no default.`;
    if (isNested) throw templateInvalid(path, `${problem} Give it one, or pass it in Parameters of the nested stack.`);
    throw wrongHere(path, `${problem} ${cureFor(name)}`);
  }
  return isList(type) ? String(value).split(',').map(trimmed) : String(value);
}

function cureFor(name: string): string {
  return `Give it a value: --parameter ${name}=VALUE.`;
}

function isList(type: string): boolean {
  return type === 'CommaDelimitedList' || type.includes('List<');
}

function trimmed(item: string): string {
  return item.trim();
}
