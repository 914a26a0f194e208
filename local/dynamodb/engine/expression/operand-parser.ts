import { validationError } from '../errors';
import type { CallSyntax, OperandSyntax, PathPartSyntax, PathSyntax } from '../syntax';
import { isReservedWord } from './reserved-words';
import type { Token, Tokens } from './tokens';

export function parsePath(tokens: Tokens): PathSyntax {
  const path: PathPartSyntax[] = [parseName(tokens)];
  for (;;) {
    if (tokens.takeSymbol('.')) path.push(parseName(tokens));
    else if (tokens.takeSymbol('[')) path.push(parseIndex(tokens));
    else return path;
  }
}

/** A name of the expression, or an alias for one that it may not hold itself. */
function parseName(tokens: Tokens): PathPartSyntax {
  const { kind, text } = tokens.current;
  if (kind === 'name') return { alias: tokens.take().text };
  if (kind !== 'word' || isOperator(tokens.current)) throw tokens.unexpected();
  if (isReservedWord(text)) {
    throw validationError(`Attribute name is a reserved keyword; reserved keyword: ${text}`);
  }
  return tokens.take().text;
}

const OPERATORS: ReadonlySet<string> = new Set(['AND', 'OR', 'NOT', 'BETWEEN', 'IN', 'SET', 'REMOVE', 'ADD', 'DELETE']);

function isOperator(token: Token): boolean {
  return OPERATORS.has(token.text.toUpperCase());
}

function parseIndex(tokens: Tokens): number {
  if (tokens.current.kind !== 'number') throw tokens.unexpected();
  const index = Number(tokens.take().text);
  tokens.expectSymbol(']');
  return index;
}

/** A path, a value or a call; no parentheses around it. */
export function parseOperand(tokens: Tokens): OperandSyntax {
  const { current, following } = tokens;
  if (current.kind === 'value') return { kind: 'value', value: { placeholder: tokens.take().text } };
  if (current.kind === 'word' && following.text === '(' && !isOperator(current)) return parseCall(tokens);
  return { kind: 'path', path: parsePath(tokens) };
}

function parseCall(tokens: Tokens): CallSyntax {
  const name = tokens.take().text;
  tokens.expectSymbol('(');
  const operands = [parseOperand(tokens)];
  while (tokens.takeSymbol(',')) operands.push(parseOperand(tokens));
  tokens.expectSymbol(')');
  return { kind: 'call', name, operands };
}
