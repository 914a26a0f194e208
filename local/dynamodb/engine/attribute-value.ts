import { canonicalNumber, compareNumbers, numberBytes } from './decimal';
import { validationError } from './errors';
import { ENGINE_LIMITS } from './limits';

/** A value as it goes over the wire; numbers and binaries in canonical form. Never changed once it is here. */
export type AttributeValue =
  | { readonly S: string }
  | { readonly N: string }
  | { readonly B: string }
  | { readonly BOOL: boolean }
  | { readonly NULL: true }
  | { readonly M: Item }
  | { readonly L: readonly AttributeValue[] }
  | { readonly SS: readonly string[] }
  | { readonly NS: readonly string[] }
  | { readonly BS: readonly string[] };

export type Item = Readonly<Record<string, AttributeValue>>;

export const ATTRIBUTE_TYPES = ['S', 'N', 'B', 'BOOL', 'NULL', 'M', 'L', 'SS', 'NS', 'BS'] as const;
export type AttributeType = (typeof ATTRIBUTE_TYPES)[number];
export type SetType = 'SS' | 'NS' | 'BS';

const SET_TYPES: ReadonlySet<string> = new Set<SetType>(['SS', 'NS', 'BS']);

export function typeOf(value: AttributeValue): AttributeType {
  for (const type in value) return type as AttributeType;
  throw new Error(
    'An attribute value without a type: this is a bug of the in-process DynamoDB engine, please report it.',
  );
}

export function isSetType(type: string): type is SetType {
  return SET_TYPES.has(type);
}

export function setElements(value: AttributeValue): readonly string[] {
  return (value as Record<string, readonly string[]>)[typeOf(value)] ?? [];
}

export function setOf(type: SetType, elements: readonly string[]): AttributeValue {
  return { [type]: elements } as unknown as AttributeValue;
}

/** Checks an item of a request and writes it in canonical form. */
export function parseItem(input: unknown): Item {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) throw malformed('an item', input);
  return parseMap(input, 1);
}

export function parseAttributeValue(input: unknown, level = 1): AttributeValue {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) throw malformed('an attribute value', input);
  if (level > ENGINE_LIMITS.nestingLevels) {
    throw validationError(
      'Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond supported limit',
    );
  }
  const types = Object.keys(input).filter((type) => (input as Record<string, unknown>)[type] != null);
  const [type] = types;
  if (type === undefined || !ATTRIBUTE_TYPES.includes(type as AttributeType)) {
    throw validationError('Supplied AttributeValue is empty, must contain exactly one of the supported datatypes');
  }
  if (types.length > 1) {
    throw validationError(
      'Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes',
    );
  }
  return parseTyped(type as AttributeType, (input as Record<string, unknown>)[type], level);
}

function parseTyped(type: AttributeType, content: unknown, level: number): AttributeValue {
  switch (type) {
    case 'S':
      return { S: parseString(content) };
    case 'N':
      return { N: canonicalNumber(parseString(content)) };
    case 'B':
      return { B: parseBinary(content) };
    case 'BOOL':
      if (typeof content !== 'boolean') throw malformed('a boolean', content);
      return { BOOL: content };
    case 'NULL':
      if (content !== true) {
        throw validationError(
          'One or more parameter values were invalid: Null attribute value types must have the value of true',
        );
      }
      return { NULL: true };
    case 'M':
      if (typeof content !== 'object' || content === null || Array.isArray(content)) throw malformed('a map', content);
      return { M: parseMap(content, level + 1) };
    case 'L':
      return { L: parseArray(content).map((element) => parseAttributeValue(element, level + 1)) };
    case 'SS':
      return { SS: parseSet('string', parseArray(content).map(parseString), compareStrings) };
    case 'NS':
      return {
        NS: parseSet(
          'number',
          parseArray(content).map((text) => canonicalNumber(parseString(text))),
          compareNumbers,
        ),
      };
    case 'BS':
      return { BS: parseSet('binary', parseArray(content).map(parseBinary), compareBinaries) };
  }
}

function parseMap(input: object, level: number): Item {
  const result: Record<string, AttributeValue> = {};
  for (const [name, value] of Object.entries(input)) {
    if (name === '') throw validationError('Empty attribute name');
    if (value === undefined) continue;
    if (value === null) throw validationError(`The supplied Item contains a null AttributeValue: ${name} is null`);
    defineAttribute(result, name, parseAttributeValue(value, level));
  }
  return result;
}

/** An attribute may be called `__proto__`. */
function defineAttribute(item: Record<string, AttributeValue>, name: string, value: AttributeValue): void {
  if (name === '__proto__') {
    Object.defineProperty(item, name, { value, enumerable: true, configurable: true, writable: true });
  } else {
    item[name] = value;
  }
}

function parseString(content: unknown): string {
  if (typeof content !== 'string') throw malformed('a string', content);
  return content;
}

function parseArray(content: unknown): unknown[] {
  if (!Array.isArray(content)) throw malformed('a list', content);
  return content;
}

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

function parseBinary(content: unknown): string {
  const text = parseString(content);
  if (!BASE64.test(text)) throw malformed('Base64', content);
  return Buffer.from(text, 'base64').toString('base64');
}

function parseSet(kind: string, elements: string[], order: (left: string, right: string) => number): string[] {
  if (elements.length === 0) {
    throw validationError(`One or more parameter values were invalid: An ${kind} set  may not be empty`);
  }
  if (new Set(elements).size < elements.length) {
    throw validationError(
      `One or more parameter values were invalid: Input collection [${elements.join(', ')}] contains duplicates`,
    );
  }
  return elements.sort(order);
}

function malformed(expected: string, content: unknown) {
  return validationError(`Expected ${expected}, found ${JSON.stringify(content) ?? 'nothing'}`);
}

/** By UTF-8 bytes, as the service compares strings; UTF-16 order differs beyond the basic plane. */
export function compareStrings(left: string, right: string): number {
  return left === right ? 0 : Buffer.compare(Buffer.from(left), Buffer.from(right));
}

export function compareBinaries(left: string, right: string): number {
  return Buffer.compare(Buffer.from(left, 'base64'), Buffer.from(right, 'base64'));
}

/** Below, at or above 0; undefined where the two have no order. */
export function compareValues(left: AttributeValue, right: AttributeValue): number | undefined {
  if ('S' in left && 'S' in right) return compareStrings(left.S, right.S);
  if ('N' in left && 'N' in right) return compareNumbers(left.N, right.N);
  if ('B' in left && 'B' in right) return compareBinaries(left.B, right.B);
  return undefined;
}

/** Canonical form makes equal scalars and sets equal texts. */
export function equalValues(left: AttributeValue, right: AttributeValue): boolean {
  if (left === right) return true;
  const type = typeOf(left);
  if (type !== typeOf(right)) return false;
  if ('M' in left && 'M' in right) return equalItems(left.M, right.M);
  if ('L' in left && 'L' in right) {
    const others = right.L;
    return left.L.length === others.length && left.L.every((element, index) => equalOptional(element, others[index]));
  }
  if (isSetType(type)) {
    const others = setElements(right);
    return (
      setElements(left).length === others.length && setElements(left).every((text, index) => text === others[index])
    );
  }
  return (left as Record<string, unknown>)[type] === (right as Record<string, unknown>)[type];
}

function equalItems(left: Item, right: Item): boolean {
  const names = Object.keys(left);
  return (
    names.length === Object.keys(right).length &&
    names.every((name) => Object.hasOwn(right, name) && equalOptional(left[name], right[name]))
  );
}

function equalOptional(left: AttributeValue | undefined, right: AttributeValue | undefined): boolean {
  return left !== undefined && right !== undefined && equalValues(left, right);
}

/** Source: Developer Guide, "Item sizes and formats". */
export function itemBytes(item: Item): number {
  let bytes = 0;
  for (const [name, value] of Object.entries(item)) bytes += Buffer.byteLength(name) + valueBytes(value);
  return bytes;
}

const CONTAINER_BYTES = 3;

export function valueBytes(value: AttributeValue): number {
  if ('S' in value) return Buffer.byteLength(value.S);
  if ('N' in value) return numberBytes(value.N);
  if ('B' in value) return Buffer.byteLength(value.B, 'base64');
  if ('M' in value) return CONTAINER_BYTES + Object.keys(value.M).length + itemBytes(value.M);
  if ('L' in value) return value.L.reduce((bytes, element) => bytes + 1 + valueBytes(element), CONTAINER_BYTES);
  if ('SS' in value) return value.SS.reduce((bytes, text) => bytes + Buffer.byteLength(text), 0);
  if ('NS' in value) return value.NS.reduce((bytes, text) => bytes + numberBytes(text), 0);
  if ('BS' in value) return value.BS.reduce((bytes, text) => bytes + Buffer.byteLength(text, 'base64'), 0);
  return 1;
}
