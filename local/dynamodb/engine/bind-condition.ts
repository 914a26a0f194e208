import { ATTRIBUTE_TYPES, type AttributeValue, typeOf } from './attribute-value';
import { compareValues } from './compare-values';
import type { Condition, Operand } from './condition';
import { formatPath, samePath } from './document-path';
import { validationError } from './errors';
import { ENGINE_LIMITS } from './limits';
import { type Binding, bindPath, type CallSyntax, type ConditionSyntax, type OperandSyntax } from './syntax';

const ORDERED: ReadonlySet<string> = new Set(['S', 'N', 'B']);
const SIZED: ReadonlySet<string> = new Set(['S', 'B', 'SS', 'NS', 'BS', 'L', 'M']);
const PREFIXED: ReadonlySet<string> = new Set(['S', 'B']);

/** Puts names and values in and refuses what the service refuses before it looks at any item. */
export function bindCondition(syntax: ConditionSyntax, binding: Binding): Condition {
  switch (syntax.kind) {
    case 'and':
    case 'or':
      return { kind: syntax.kind, conditions: syntax.conditions.map((each) => bindCondition(each, binding)) };
    case 'not':
      return { kind: 'not', condition: bindCondition(syntax.condition, binding) };
    case 'compare': {
      const { comparator } = syntax;
      const left = bindOperand(syntax.left, binding);
      const right = bindOperand(syntax.right, binding);
      if (comparator !== '=' && comparator !== '<>') requireTypes(comparator, ORDERED, left, right);
      requireDistinct(comparator, left, right);
      return { kind: 'compare', comparator, left, right };
    }
    case 'between':
      return bindBetween(syntax, binding);
    case 'in': {
      const operand = bindOperand(syntax.operand, binding);
      const among = syntax.among.map((each) => bindOperand(each, binding));
      if (among.length > ENGINE_LIMITS.inOperands) {
        throw validationError(
          `The IN operator is provided with too many operands; number of operands: ${among.length}`,
        );
      }
      requireDistinct('IN', operand, ...among);
      return { kind: 'in', operand, among };
    }
    case 'call':
      return bindCall(syntax, binding);
  }
}

function bindBetween(syntax: ConditionSyntax & { kind: 'between' }, binding: Binding): Condition {
  const operand = bindOperand(syntax.operand, binding);
  const lower = bindOperand(syntax.lower, binding);
  const upper = bindOperand(syntax.upper, binding);
  requireTypes('BETWEEN', ORDERED, operand, lower, upper);
  requireDistinct('BETWEEN', operand, lower, upper);
  if (lower.kind === 'value' && upper.kind === 'value') {
    const bounds = `lower bound operand: AttributeValue: ${format(lower.value)}, upper bound operand: AttributeValue: ${format(upper.value)}`;
    const order = compareValues(lower.value, upper.value);
    if (order === undefined) {
      throw validationError(`The BETWEEN operator requires same data type for lower and upper bounds; ${bounds}`);
    }
    if (order > 0) {
      throw validationError(
        `The BETWEEN operator requires upper bound to be greater than or equal to lower bound; ${bounds}`,
      );
    }
  }
  return { kind: 'between', operand, lower, upper };
}

function bindCall(call: CallSyntax, binding: Binding): Condition {
  const { name } = call;
  switch (name) {
    case 'attribute_exists':
    case 'attribute_not_exists': {
      const [operand] = operands(call, 1, binding);
      if (operand?.kind !== 'path') {
        throw validationError(`Operator or function requires a document path; operator or function: ${name}`);
      }
      return { kind: name === 'attribute_exists' ? 'exists' : 'notExists', path: operand.path };
    }
    case 'attribute_type': {
      const [operand, type] = operands(call, 2, binding) as [Operand, Operand];
      requireDistinct(name, operand, type);
      return { kind: 'type', operand, type: typeName(type) };
    }
    case 'begins_with': {
      const [left, right] = operands(call, 2, binding) as [Operand, Operand];
      requireTypes(name, PREFIXED, left, right);
      requireDistinct(name, left, right);
      return { kind: 'beginsWith', left, right };
    }
    case 'contains': {
      const [left, right] = operands(call, 2, binding) as [Operand, Operand];
      requireDistinct(name, left, right);
      return { kind: 'contains', left, right };
    }
    case 'size':
      throw validationError(`The function is not allowed to be used this way in an expression; function: ${name}`);
    default:
      throw validationError(`Invalid function name; function: ${name}`);
  }
}

function bindOperand(syntax: OperandSyntax, binding: Binding): Operand {
  if (syntax.kind === 'path') return { kind: 'path', path: bindPath(syntax.path, binding) };
  if (syntax.kind === 'value') return { kind: 'value', value: binding.value(syntax.value) };
  if (syntax.name !== 'size') {
    const known = ['attribute_exists', 'attribute_not_exists', 'attribute_type', 'begins_with', 'contains'];
    throw validationError(
      known.includes(syntax.name)
        ? `The function is not allowed to be used this way in an expression; function: ${syntax.name}`
        : `Invalid function name; function: ${syntax.name}`,
    );
  }
  const [operand] = operands(syntax, 1, binding) as [Operand];
  requireTypes('size', SIZED, operand);
  return { kind: 'size', operand };
}

function operands(call: CallSyntax, count: number, binding: Binding): Operand[] {
  requireOperandCount(call, count);
  return call.operands.map((each) => bindOperand(each, binding));
}

export function requireOperandCount({ name, operands: given }: CallSyntax, count: number): void {
  if (given.length === count) return;
  throw validationError(
    `Incorrect number of operands for operator or function; operator or function: ${name}, number of operands: ${given.length}`,
  );
}

function typeName(operand: Operand): string {
  if (operand.kind !== 'value' || !('S' in operand.value)) {
    const found = operand.kind === 'value' ? typeOf(operand.value) : 'a document path';
    throw incorrectOperand('attribute_type', found);
  }
  const name = operand.value.S;
  if (!ATTRIBUTE_TYPES.includes(name as never)) {
    throw validationError(`Invalid attribute type name found; type: ${name}, valid types: {${ATTRIBUTE_TYPES.join()}}`);
  }
  return name;
}

/** A value whose type can never fit is refused; what an attribute holds is looked at later and just does not match. */
function requireTypes(name: string, types: ReadonlySet<string>, ...given: readonly Operand[]): void {
  for (const operand of given) {
    const type = staticType(operand);
    if (type !== undefined && !types.has(type)) throw incorrectOperand(name, type);
  }
}

function staticType(operand: Operand): string | undefined {
  if (operand.kind === 'size') return 'N';
  return operand.kind === 'value' ? typeOf(operand.value) : undefined;
}

export function incorrectOperand(name: string, type: string) {
  return validationError(
    `Incorrect operand type for operator or function; operator or function: ${name}, operand type: ${type}`,
  );
}

function requireDistinct(name: string, first: Operand, ...others: readonly Operand[]): void {
  if (first.kind !== 'path') return;
  if (!others.some((other) => other.kind === 'path' && samePath(other.path, first.path))) return;
  throw validationError(
    'The first operand must be distinct from the remaining operands for this operator or function; ' +
      `operator: ${name}, first operand: ${formatPath(first.path)}`,
  );
}

function format(value: AttributeValue): string {
  const [type, content] = Object.entries(value)[0] ?? [];
  return `{${type}:${content}}`;
}
