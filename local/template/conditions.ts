import { isObject } from './template';
import { shown, templateInvalid } from './template-error';

export interface ConditionContext {
  /** Whether the named condition of the template holds. */
  condition(name: string, path: string): boolean;
  resolve(value: unknown, path: string): unknown;
}

/** A condition expression. `{Condition: name}` means a condition only here: elsewhere it is plain data, as in a policy. */
export function evaluateCondition(expression: unknown, path: string, context: ConditionContext): boolean {
  const entries = isObject(expression) ? Object.entries(expression) : [];
  const [name, argument] = entries[0] ?? ['', undefined];
  const evaluate = (part: unknown, index: number): boolean =>
    evaluateCondition(part, `${path}.${name}[${index}]`, context);
  const parts = Array.isArray(argument) ? argument : [];
  if (entries.length === 1) {
    switch (name) {
      case 'Condition':
        return context.condition(String(argument), path);
      case 'Fn::And':
        return parts.every(evaluate);
      case 'Fn::Or':
        return parts.some(evaluate);
      case 'Fn::Not':
        if (parts.length === 1) return !evaluate(parts[0], 0);
        break;
      case 'Fn::Equals':
        if (parts.length === 2) return isEqual(parts, `${path}.${name}`, context);
        break;
    }
  }
  throw templateInvalid(
    path,
    `is not a condition: ${shown(expression)}. Accepted: Condition, Fn::Equals, Fn::And, Fn::Or, Fn::Not.`,
  );
}

function isEqual(parts: readonly unknown[], path: string, context: ConditionContext): boolean {
  const [left, right] = parts.map((part, index) => JSON.stringify(asText(context.resolve(part, `${path}[${index}]`))));
  return left === right;
}

/** CloudFormation compares numbers and booleans by their text. */
function asText(value: unknown): unknown {
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : value;
}
