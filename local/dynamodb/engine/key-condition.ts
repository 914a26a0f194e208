import { isEmptyScalar, typeOf } from './attribute-value';
import type { Condition, Operand } from './condition';
import { validationError } from './errors';
import { type KeySchema, keyAttributes } from './key-schema';

type KeyCondition = Extract<Condition, { readonly kind: 'compare' | 'between' | 'beginsWith' }>;

const OPERATORS: Readonly<Record<Exclude<Condition['kind'], KeyCondition['kind'] | 'and'>, string>> = {
  or: 'OR',
  not: 'NOT',
  in: 'IN',
  exists: 'attribute_exists',
  notExists: 'attribute_not_exists',
  type: 'attribute_type',
  contains: 'contains',
};

/**
 * An equality on the partition key and perhaps one condition on the sort key. Source: Developer Guide, "Key condition
 * expressions for the Query operation"; what is refused measured with DynamoDB Local 3.1.0.
 */
export function requireKeyCondition(condition: Condition, schema: KeySchema): void {
  const byName = new Map<string, KeyCondition>();
  for (const each of conjunctsOf(condition)) {
    const name = requireOneAttribute(each, schema);
    if (byName.has(name)) {
      throw validationError('KeyConditionExpressions must only contain one condition per key');
    }
    byName.set(name, each);
  }
  const { hash, range } = schema;
  const equality = byName.get(hash.name);
  const unknown = [...byName.keys()].some((name) => name !== hash.name && name !== range?.name);
  if (equality === undefined || unknown) {
    throw validationError(`Query condition missed key schema element: ${equality ? range?.name : hash.name}`);
  }
  if (equality.kind !== 'compare' || equality.comparator !== '=') {
    throw validationError('Query key condition not supported');
  }
}

function conjunctsOf(condition: Condition): readonly KeyCondition[] {
  switch (condition.kind) {
    case 'and':
      return condition.conditions.flatMap(conjunctsOf);
    case 'compare':
      if (condition.comparator === '<>') throw invalidOperator('<>');
      return [condition];
    case 'between':
    case 'beginsWith':
      return [condition];
    default:
      throw invalidOperator(OPERATORS[condition.kind]);
  }
}

function invalidOperator(operator: string) {
  return validationError(`Invalid operator used in KeyConditionExpression: ${operator}`);
}

/** Gives the name of the attribute that the condition is about. */
function requireOneAttribute(condition: KeyCondition, schema: KeySchema): string {
  const operands = operandsOf(condition);
  if (operands.some(({ kind }) => kind === 'size')) {
    throw validationError('KeyConditionExpressions cannot contain nested operations');
  }
  const [path, ...others] = operands.flatMap((operand) => (operand.kind === 'path' ? [operand.path] : []));
  if (path === undefined || others.length > 0) {
    throw validationError(
      'Invalid condition in KeyConditionExpression: Multiple attribute names used in one condition',
    );
  }
  const name = path[0] as string;
  const attribute = keyAttributes(schema).find((each) => each.name === name);
  for (const operand of operands) {
    if (operand.kind !== 'value' || attribute === undefined) continue;
    if (typeOf(operand.value) !== attribute.type) {
      throw validationError(
        'One or more parameter values were invalid: Condition parameter type does not match schema type',
      );
    }
    if (isEmptyScalar(operand.value)) {
      throw validationError(
        'One or more parameter values are not valid. ' +
          `The AttributeValue for a key attribute cannot contain an empty ${attribute.type === 'B' ? 'binary' : 'string'} value. Key: ${name}`,
      );
    }
  }
  return name;
}

function operandsOf(condition: KeyCondition): readonly Operand[] {
  if (condition.kind === 'between') return [condition.operand, condition.lower, condition.upper];
  return [condition.left, condition.right];
}
