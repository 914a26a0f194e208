import type { CallSyntax, OperandSyntax, PathPartSyntax, PathSyntax, SetValueSyntax } from '../syntax';
import { parseLiteral } from './literal-parser';
import type { Tokens } from './tokens';

export function parsePath(tokens: Tokens): PathSyntax {
  const path: PathPartSyntax[] = [tokens.takeName()];
  for (;;) {
    if (tokens.takeSymbol('.')) path.push(tokens.takeName());
    else if (tokens.takeSymbol('[')) path.push(parseIndex(tokens));
    else return path;
  }
}

function parseIndex(tokens: Tokens): number {
  const { kind, text } = tokens.current;
  if (kind !== 'number' || !/^\d+$/.test(text)) throw tokens.malformed();
  tokens.take();
  tokens.expectSymbol(']');
  return Number(text);
}

/** A parameter, a literal, a path or a call; no parentheses around it. */
export function parseOperand(tokens: Tokens): OperandSyntax {
  if (tokens.current.kind === 'symbol' && tokens.current.text === '?') {
    return { kind: 'value', value: { parameter: tokens.takeParameter() } };
  }
  const literal = parseLiteral(tokens);
  if (literal !== undefined) return { kind: 'value', value: { literal } };
  if (tokens.current.kind === 'word' && tokens.following.text === '(') return parseCall(tokens);
  return { kind: 'path', path: parsePath(tokens) };
}

function parseCall(tokens: Tokens): CallSyntax {
  const name = tokens.take().text.toLowerCase();
  tokens.expectSymbol('(');
  const operands = [parseOperand(tokens)];
  while (tokens.takeSymbol(',')) operands.push(parseOperand(tokens));
  tokens.expectSymbol(')');
  return { kind: 'call', name, operands };
}

/** Sums and differences of any length, from the left. */
export function parseSetValue(tokens: Tokens): SetValueSyntax {
  let left = parseTerm(tokens);
  for (;;) {
    const operator = tokens.current.text;
    if (tokens.current.kind !== 'symbol' || (operator !== '+' && operator !== '-')) return left;
    tokens.take();
    left = { kind: 'arithmetic', operator, left, right: parseTerm(tokens) };
  }
}

function parseTerm(tokens: Tokens): SetValueSyntax {
  if (!tokens.takeSymbol('(')) return parseOperand(tokens);
  const value = parseSetValue(tokens);
  tokens.expectSymbol(')');
  return value;
}
