import { type AttributeValue, type Item, isSetType, setElements, typeOf } from './attribute-value';
import { compareBinaries, compareValues, equalValues } from './compare-values';
import { type DocumentPath, resolvePath } from './document-path';
import type { Comparator } from './syntax';

/** A condition with its names and values: what remains is to look at an item. */
export type Condition =
  | { readonly kind: 'and' | 'or'; readonly conditions: readonly Condition[] }
  | { readonly kind: 'not'; readonly condition: Condition }
  | { readonly kind: 'compare'; readonly comparator: Comparator; readonly left: Operand; readonly right: Operand }
  | { readonly kind: 'between'; readonly operand: Operand; readonly lower: Operand; readonly upper: Operand }
  | { readonly kind: 'in'; readonly operand: Operand; readonly among: readonly Operand[] }
  | { readonly kind: 'exists' | 'notExists'; readonly path: DocumentPath }
  | { readonly kind: 'type'; readonly operand: Operand; readonly type: string }
  | { readonly kind: 'beginsWith'; readonly left: Operand; readonly right: Operand }
  | { readonly kind: 'contains'; readonly left: Operand; readonly right: Operand };

export type Operand =
  | { readonly kind: 'path'; readonly path: DocumentPath }
  | { readonly kind: 'value'; readonly value: AttributeValue }
  | { readonly kind: 'size'; readonly operand: Operand };

/** A missing attribute makes a comparison false, and its opposite true; a missing item is one without attributes. */
export function holds(condition: Condition, item: Item | undefined): boolean {
  switch (condition.kind) {
    case 'and':
      return condition.conditions.every((each) => holds(each, item));
    case 'or':
      return condition.conditions.some((each) => holds(each, item));
    case 'not':
      return !holds(condition.condition, item);
    case 'compare':
      return compare(condition.comparator, evaluate(condition.left, item), evaluate(condition.right, item));
    case 'between': {
      const value = evaluate(condition.operand, item);
      return (
        compare('>=', value, evaluate(condition.lower, item)) && compare('<=', value, evaluate(condition.upper, item))
      );
    }
    case 'in': {
      const value = evaluate(condition.operand, item);
      return condition.among.some((each) => compare('=', value, evaluate(each, item)));
    }
    case 'exists':
      return resolvePath(item, condition.path) !== undefined;
    case 'notExists':
      return resolvePath(item, condition.path) === undefined;
    case 'type': {
      const value = evaluate(condition.operand, item);
      return value !== undefined && typeOf(value) === condition.type;
    }
    case 'beginsWith':
      return beginsWith(evaluate(condition.left, item), evaluate(condition.right, item));
    case 'contains':
      return contains(evaluate(condition.left, item), evaluate(condition.right, item));
  }
}

/** The attributes of the item that the condition looks at. */
export function attributesIn(condition: Condition): string[] {
  switch (condition.kind) {
    case 'and':
    case 'or':
      return condition.conditions.flatMap(attributesIn);
    case 'not':
      return attributesIn(condition.condition);
    case 'exists':
    case 'notExists':
      return [condition.path[0] as string];
    case 'compare':
    case 'beginsWith':
    case 'contains':
      return [condition.left, condition.right].flatMap(attributeOf);
    case 'between':
      return [condition.operand, condition.lower, condition.upper].flatMap(attributeOf);
    case 'in':
      return [condition.operand, ...condition.among].flatMap(attributeOf);
    case 'type':
      return attributeOf(condition.operand);
  }
}

function attributeOf(operand: Operand): string[] {
  if (operand.kind === 'value') return [];
  return operand.kind === 'path' ? [operand.path[0] as string] : attributeOf(operand.operand);
}

function evaluate(operand: Operand, item: Item | undefined): AttributeValue | undefined {
  switch (operand.kind) {
    case 'value':
      return operand.value;
    case 'path':
      return resolvePath(item, operand.path);
    case 'size': {
      const size = sizeOf(evaluate(operand.operand, item));
      return size === undefined ? undefined : { N: String(size) };
    }
  }
}

function compare(comparator: Comparator, left: AttributeValue | undefined, right: AttributeValue | undefined): boolean {
  if (left === undefined || right === undefined) return comparator === '<>';
  if (comparator === '=') return equalValues(left, right);
  if (comparator === '<>') return !equalValues(left, right);
  const order = compareValues(left, right);
  if (order === undefined) return false;
  switch (comparator) {
    case '<':
      return order < 0;
    case '<=':
      return order <= 0;
    case '>':
      return order > 0;
    case '>=':
      return order >= 0;
  }
}

function beginsWith(value: AttributeValue | undefined, prefix: AttributeValue | undefined): boolean {
  if (value === undefined || prefix === undefined) return false;
  if ('S' in value && 'S' in prefix) return value.S.startsWith(prefix.S);
  if ('B' in value && 'B' in prefix) {
    const start = Buffer.from(prefix.B, 'base64');
    return Buffer.from(value.B, 'base64').subarray(0, start.length).equals(start);
  }
  return false;
}

function contains(value: AttributeValue | undefined, element: AttributeValue | undefined): boolean {
  if (value === undefined || element === undefined) return false;
  if ('S' in value && 'S' in element) return value.S.includes(element.S);
  if ('B' in value && 'B' in element) {
    return Buffer.from(value.B, 'base64').includes(Buffer.from(element.B, 'base64'));
  }
  if ('L' in value) return value.L.some((each) => equalValues(each, element));
  const [type, text] = Object.entries(element)[0] as [string, unknown];
  if ('BS' in value) return type === 'B' && value.BS.some((each) => compareBinaries(each, text as string) === 0);
  if ('SS' in value || 'NS' in value)
    return typeOf(value) === `${type}S` && setElements(value).includes(text as string);
  return false;
}

/** Characters, bytes or elements; a number, a boolean and a null have no size. */
function sizeOf(value: AttributeValue | undefined): number | undefined {
  if (value === undefined) return undefined;
  if ('S' in value) return value.S.length;
  if ('B' in value) return Buffer.byteLength(value.B, 'base64');
  if ('L' in value) return value.L.length;
  if ('M' in value) return Object.keys(value.M).length;
  return isSetType(typeOf(value)) ? setElements(value).length : undefined;
}
