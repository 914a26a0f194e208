import { isSetType, typeOf } from './attribute-value';
import { incorrectOperand, requireOperandCount } from './bind-condition';
import { type DocumentPath, formatPath, requireSeparatePaths, samePath } from './document-path';
import { validationError } from './errors';
import { type Binding, bindPath, type CallSyntax, type SetValueSyntax, type UpdateActionSyntax } from './syntax';
import type { SetValue, UpdateAction } from './update';

/** Puts names and values in and refuses what the service refuses before it looks at any item. */
export function bindUpdate(syntax: readonly UpdateActionSyntax[], binding: Binding): readonly UpdateAction[] {
  const actions = syntax.map((action) => bindAction(action, binding));
  requireSeparatePaths(actions.map(({ path }) => path));
  return actions;
}

function bindAction(syntax: UpdateActionSyntax, binding: Binding): UpdateAction {
  const path = bindPath(syntax.path, binding);
  if (syntax.kind === 'remove') return { kind: 'remove', path };
  if (syntax.kind === 'set') return { kind: 'set', path, value: bindSetValue(syntax.value, binding) };
  const { kind } = syntax;
  const value = binding.value(syntax.value);
  const type = typeOf(value);
  if (isSetType(type) || (kind === 'add' && type === 'N')) return { kind, path, value };
  throw validationError(
    `Incorrect operand type for operator or function; operator: ${kind.toUpperCase()}, operand type: ${type}`,
  );
}

/** What may stand where: `list_append` and sums only at the top, `if_not_exists` anywhere. Measured with DynamoDB Local 3.1.0. */
function bindSetValue(syntax: SetValueSyntax, binding: Binding, nested = false): SetValue {
  switch (syntax.kind) {
    case 'path':
      return { kind: 'path', path: bindPath(syntax.path, binding) };
    case 'value':
      return { kind: 'value', value: binding.value(syntax.value) };
    case 'arithmetic': {
      const left = bindSetValue(syntax.left, binding, true);
      const right = bindSetValue(syntax.right, binding, true);
      for (const operand of [left, right]) requireValueType(syntax.operator, 'N', operand);
      return { kind: 'arithmetic', operator: syntax.operator, left, right };
    }
    case 'call':
      return bindCall(syntax, binding, nested);
  }
}

function bindCall(call: CallSyntax, binding: Binding, nested: boolean): SetValue {
  switch (call.name) {
    case 'if_not_exists': {
      requireOperandCount(call, 2);
      const [path, otherwise] = call.operands as [SetValueSyntax, SetValueSyntax];
      if (path.kind !== 'path') {
        throw validationError(`Operator or function requires a document path; operator or function: ${call.name}`);
      }
      return bindIfNotExists(bindPath(path.path, binding), bindSetValue(otherwise, binding, true));
    }
    case 'list_append': {
      if (nested) {
        throw validationError(
          `The function is not allowed to be used this way in an expression; function: ${call.name}`,
        );
      }
      requireOperandCount(call, 2);
      const [left, right] = call.operands.map((operand) => bindSetValue(operand, binding, true)) as [
        SetValue,
        SetValue,
      ];
      for (const operand of [left, right]) requireValueType(call.name, 'L', operand);
      return { kind: 'listAppend', left, right };
    }
    case 'attribute_exists':
    case 'attribute_not_exists':
    case 'attribute_type':
    case 'begins_with':
    case 'contains':
    case 'size':
      throw validationError(`The function is not allowed in an update expression; function: ${call.name}`);
    default:
      throw validationError(`Invalid function name; function: ${call.name}`);
  }
}

function bindIfNotExists(path: DocumentPath, otherwise: SetValue): SetValue {
  if (otherwise.kind === 'path' && samePath(path, otherwise.path)) {
    throw validationError(
      'The first operand must be distinct from the remaining operands for this operator or function; ' +
        `operator: if_not_exists, first operand: ${formatPath(path)}`,
    );
  }
  return { kind: 'ifNotExists', path, otherwise };
}

function requireValueType(name: string, type: string, operand: SetValue): void {
  if (operand.kind === 'value' && typeOf(operand.value) !== type) throw incorrectOperand(name, typeOf(operand.value));
}
