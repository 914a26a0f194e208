import type { AttributeValue } from '../attribute-value';
import { validationError } from '../errors';
import { parseAttributeValue } from '../parse-value';
import type { Tokens } from './tokens';

/** A value written in the statement; undefined where something else stands. */
export function parseLiteral(tokens: Tokens): AttributeValue | undefined {
  const literal = parseUnchecked(tokens);
  return literal && parseAttributeValue(literal);
}

function parseUnchecked(tokens: Tokens): AttributeValue | undefined {
  const { kind, text } = tokens.current;
  if (kind === 'string') return { S: tokens.take().text };
  if (kind === 'number') return { N: tokens.take().text };
  if (tokens.takeKeyword('TRUE')) return { BOOL: true };
  if (tokens.takeKeyword('FALSE')) return { BOOL: false };
  if (tokens.takeKeyword('NULL')) return { NULL: true };
  if (kind !== 'symbol') return undefined;
  if ((text === '-' || text === '+') && tokens.following.kind === 'number') {
    tokens.take();
    return { N: `${text}${tokens.take().text}` };
  }
  if (tokens.takeSymbol('[')) return { L: parseElements(tokens, ']') };
  if (tokens.takeSymbol('{')) return { M: parseStructure(tokens) };
  if (tokens.takeSymbol('<<')) return parseBag(tokens);
  return undefined;
}

function parseElements(tokens: Tokens, end: string): AttributeValue[] {
  const elements: AttributeValue[] = [];
  if (tokens.takeSymbol(end)) return elements;
  do elements.push(parseElement(tokens));
  while (tokens.takeSymbol(','));
  tokens.expectSymbol(end);
  return elements;
}

/** Inside a value there is no parameter. */
function parseElement(tokens: Tokens): AttributeValue {
  const value = parseUnchecked(tokens);
  if (value !== undefined) return value;
  throw validationError(
    `Unsupported data type: ${tokens.current.text === '?' ? 'Parameter' : tokens.current.text} inside a literal`,
  );
}

function parseStructure(tokens: Tokens): Record<string, AttributeValue> {
  const members: Record<string, AttributeValue> = {};
  if (tokens.takeSymbol('}')) return members;
  do {
    const name = parseMemberName(tokens);
    if (Object.hasOwn(members, name)) throw validationError(`Duplicate keys in tuple. Key: ${name}`);
    members[name] = parseElement(tokens);
  } while (tokens.takeSymbol(','));
  tokens.expectSymbol('}');
  return members;
}

/** The name of a member with its colon. */
export function parseMemberName(tokens: Tokens): string {
  if (tokens.current.kind !== 'string') {
    throw validationError(`Tuple keys must be of type String. Actual: ${tokens.current.text}`);
  }
  const name = tokens.take().text;
  if (name === '') throw validationError('Path component cannot be an empty string');
  tokens.expectSymbol(':');
  return name;
}

function parseBag(tokens: Tokens): AttributeValue {
  const elements = parseElements(tokens, '>>');
  if (elements.length === 0) throw validationError('Empty bags are not supported');
  const texts = elements.flatMap((element) => ('S' in element ? element.S : []));
  if (texts.length === elements.length) return { SS: texts };
  const numbers = elements.flatMap((element) => ('N' in element ? element.N : []));
  if (numbers.length === elements.length) return { NS: numbers };
  throw validationError('Unsupported data type in Bag. DynamoDB only supports either numbers or strings in bags');
}
