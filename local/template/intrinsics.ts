import { evaluateCondition } from './conditions';
import { parts, splitAtDot, text } from './intrinsic-arguments';
import { type LocalValues, pseudoParameter } from './local-values';
import { parameterValue } from './parameters';
import { inStack, placeOf } from './places';
import { attributeValue, type ResourceQuestion, refValue } from './resource-values';
import { substitute } from './substitution';
import { isIntrinsic, isObject, own, type Template } from './template';
import { shown, templateInvalid, templateUnsupported, wrongHere } from './template-error';

export interface Resolver {
  /** The value with every intrinsic function resolved. `undefined` is AWS::NoValue. */
  resolve(value: unknown, path: string): unknown;
  /** Whether the resource exists: it has no condition, or one that holds. */
  exists(logicalId: string): boolean;
}

export const NESTED_STACK = 'AWS::CloudFormation::Stack';
const OUTPUTS = 'Outputs.';

/** The value of an output of a nested stack. */
export type NestedOutput = (logicalId: string, output: string, path: string) => unknown;

/**
 * Resolves the intrinsic functions of a template with local values, and only in what it is asked for: a value
 * elsewhere that has no local meaning does no harm.
 */
export function createResolver(template: Template, values: LocalValues, nestedOutput: NestedOutput): Resolver {
  /** What is being resolved right now, to notice a circle. */
  const active = new Set<string>();

  function once<T>(what: string, path: string, work: () => T): T {
    if (active.has(what)) throw templateInvalid(path, `is circular: it needs ${what}, which needs itself.`);
    active.add(what);
    try {
      return work();
    } finally {
      active.delete(what);
    }
  }

  function resolve(value: unknown, path: string): unknown {
    if (typeof value === 'string') return literal(value, path);
    if (Array.isArray(value)) {
      return value.map((item, index) => resolve(item, `${path}[${index}]`)).filter((item) => item !== undefined);
    }
    if (!isObject(value)) return value;
    if (isIntrinsic(value)) return intrinsic(value, path);
    return Object.fromEntries(
      Object.entries(value)
        .map(([key, item]) => [key, resolve(item, `${path}.${key}`)] as const)
        .filter(([, item]) => item !== undefined),
    );
  }

  function literal(text: string, path: string): string {
    if (text.includes('{{resolve:')) {
      throw templateUnsupported(
        path,
        `holds the dynamic reference ${shown(text)}, whose value lies in an account. Put a parameter of the template in its place, and give that one a value: --parameter NAME=VALUE.`,
      );
    }
    return text;
  }

  function intrinsic(value: Readonly<Record<string, unknown>>, path: string): unknown {
    const [name = '', ...others] = Object.keys(value);
    if (others.length > 0) {
      throw templateInvalid(
        path,
        `mixes ${name} with other keys: ${shown(value)}. An intrinsic function stands alone.`,
      );
    }
    const argument = value[name];
    const here = `${path}.${name}`;
    switch (name) {
      case 'Ref':
        return ref(text(argument, here), here);
      case 'Fn::GetAtt':
        return getAtt(argument, here);
      case 'Fn::Sub':
        return sub(argument, here);
      case 'Fn::Join': {
        const [delimiter, list] = parts(argument, 2, here);
        return items(list, `${here}[1]`)
          .map((item, index) => text(item, `${here}[1][${index}]`))
          .join(text(resolve(delimiter, `${here}[0]`), `${here}[0]`));
      }
      case 'Fn::Split': {
        const [delimiter, source] = parts(argument, 2, here);
        return text(resolve(source, `${here}[1]`), `${here}[1]`).split(text(delimiter, `${here}[0]`));
      }
      case 'Fn::Select':
        return select(argument, here);
      case 'Fn::If': {
        const [name, then, otherwise] = parts(argument, 3, here);
        return condition(text(name, `${here}[0]`), here)
          ? resolve(then, `${here}[1]`)
          : resolve(otherwise, `${here}[2]`);
      }
      case 'Fn::FindInMap':
        return findInMap(argument, here);
      case 'Fn::ImportValue':
      case 'Fn::GetStackOutput':
        throw templateUnsupported(
          here,
          `takes ${shown(argument)} from another stack, which is not there locally. Put both in one stack, or put a parameter of the template in its place, and give that one a value: --parameter NAME=VALUE.`,
        );
      default:
        throw templateUnsupported(
          here,
          'is not resolved locally. Accepted: Ref, Fn::GetAtt, Fn::Sub, Fn::Join, Fn::Select, Fn::Split, Fn::If, Fn::FindInMap.',
        );
    }
  }

  function ref(name: string, path: string): string | string[] | undefined {
    if (name.startsWith('AWS::')) return pseudoParameter(name, path, values);
    if (own(template.Parameters, name) !== undefined) return parameterValue(name, path, template, values);
    return once(`Ref ${name}`, path, () => refValue(question(name, path)));
  }

  function getAtt(argument: unknown, path: string): unknown {
    const written = typeof argument === 'string' ? splitAtDot(argument) : parts(argument, 2, path);
    const [logicalId, attribute] = written.map((part, index) => text(part, `${path}[${index}]`));
    return once(`${logicalId}.${attribute}`, path, () => attributeOf(logicalId ?? '', attribute ?? '', path));
  }

  function attributeOf(logicalId: string, attribute: string, path: string): unknown {
    const asked = question(logicalId, path);
    return asked.resource.Type === NESTED_STACK && attribute.startsWith(OUTPUTS)
      ? nestedOutput(logicalId, attribute.slice(OUTPUTS.length), path)
      : attributeValue(asked, attribute);
  }

  function question(logicalId: string, path: string): ResourceQuestion {
    const resource = own(template.Resources, logicalId);
    if (resource === undefined) {
      throw templateInvalid(
        path,
        `refers to ${shown(logicalId)}: the template has no resource or parameter of that name.`,
      );
    }
    if (!exists(logicalId)) {
      throw wrongHere(
        path,
        `refers to ${logicalId}, which is not created: its condition ${resource.Condition} does not hold.`,
      );
    }
    return {
      logicalId,
      resource,
      path,
      values,
      property(property) {
        const place = placeOf(template, values.prefix, logicalId, [property]);
        const value = resolve(resource.Properties?.[property], place);
        return value === undefined ? undefined : text(value, place);
      },
    };
  }

  function sub(argument: unknown, path: string): string {
    const [written, variables] = typeof argument === 'string' ? [argument, {}] : parts(argument, 2, path);
    if (!isObject(variables))
      throw templateInvalid(`${path}[1]`, `is ${shown(variables)}, not an object of variables.`);
    return substitute(text(resolve(written, path), path), {
      ref: (name) => text(ref(name, path), `${path}, \${${name}}`),
      getAtt: (logicalId, attribute) =>
        text(getAtt([logicalId, attribute], path), `${path}, \${${logicalId}.${attribute}}`),
      variable: (name) => {
        const value = own(variables, name);
        const place = `${path}[1].${name}`;
        return value === undefined ? undefined : text(resolve(value, place), place);
      },
    });
  }

  function select(argument: unknown, path: string): unknown {
    const [index, list] = parts(argument, 2, path);
    const position = Number(text(resolve(index, `${path}[0]`), `${path}[0]`));
    const choices = items(list, `${path}[1]`);
    if (!Number.isInteger(position) || position < 0 || position >= choices.length) {
      throw wrongHere(path, `selects ${shown(index)} of a list of ${choices.length}: ${shown(choices)}.`);
    }
    return choices[position];
  }

  function findInMap(argument: unknown, path: string): unknown {
    const keys = parts(argument, 3, path).map((key, index) =>
      text(resolve(key, `${path}[${index}]`), `${path}[${index}]`),
    );
    let found: unknown = template.Mappings;
    for (const key of keys) found = isObject(found) ? own(found, key) : undefined;
    if (found === undefined) throw wrongHere(path, `finds nothing at Mappings.${keys.join('.')}.`);
    return found;
  }

  function condition(name: string, path: string): boolean {
    const expression = own(template.Conditions, name);
    if (expression === undefined) {
      const names = Object.keys(template.Conditions).join(', ') || 'none';
      throw templateInvalid(
        path,
        `uses the condition ${shown(name)}, which the template does not have. It has: ${names}.`,
      );
    }
    return once(`condition ${name}`, path, () =>
      evaluateCondition(expression, inStack(`Conditions.${name}`, values.prefix), { condition, resolve }),
    );
  }

  function exists(logicalId: string): boolean {
    const name = own(template.Resources, logicalId)?.Condition;
    return name === undefined || condition(name, inStack(`Resources.${logicalId}.Condition`, values.prefix));
  }

  /** The argument of a function that takes a list, which may come from another function. */
  function items(list: unknown, path: string): unknown[] {
    const resolved = resolve(list, path);
    if (!Array.isArray(resolved)) throw templateInvalid(path, `is ${shown(resolved)}, not a list.`);
    return resolved;
  }

  return { resolve, exists };
}
