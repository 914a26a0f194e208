import { ATTRIBUTE_TYPES, type AttributeType, type AttributeValue, type Item } from './attribute-value';
import { compareBinaries, compareStrings } from './compare-values';
import { canonicalNumber, compareNumbers } from './decimal';
import { validationError } from './errors';
import { ENGINE_LIMITS } from './limits';

/** Checks an item of a request and writes it in canonical form. */
export function parseItem(input: unknown): Item {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) throw malformed('an item', input);
  return parseMap(input, 1);
}

export function parseAttributeValue(input: unknown, level = 1): AttributeValue {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) throw malformed('an attribute value', input);
  if (level > ENGINE_LIMITS.nestingLevels) throw nestsTooDeep();
  const given = Object.keys(input);
  const types = given.length === 1 ? given : given.filter((type) => (input as Record<string, unknown>)[type] != null);
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

function nestsTooDeep() {
  return validationError(
    'Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond supported limit',
  );
}

/** For an item that an update has made of values which each nest no deeper than allowed. */
export function requireNestingLevels(item: Item): void {
  requireLevels({ M: item }, 0);
}

function requireLevels(value: AttributeValue, level: number): void {
  if (level > ENGINE_LIMITS.nestingLevels) throw nestsTooDeep();
  const inner = 'M' in value ? Object.values(value.M) : 'L' in value ? value.L : [];
  for (const each of inner) requireLevels(each, level + 1);
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
  for (const name of Object.keys(input)) {
    const value = (input as Record<string, unknown>)[name];
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
    throw validationError(
      `One or more parameter values were invalid: ${kind === 'binary' ? 'Binary sets should' : `An ${kind} set  may`} not be empty`,
    );
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
