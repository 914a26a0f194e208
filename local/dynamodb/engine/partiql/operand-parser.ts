import { parseCall, parsePath } from '../operand-grammar';
import type { OperandSyntax, SetValueSyntax } from '../syntax';
import { parseLiteral } from './literal-parser';
import type { Tokens } from './tokens';

/** A parameter, a literal, a path or a call; no parentheses around it. */
export function parseOperand(tokens: Tokens): OperandSyntax {
  if (tokens.isSymbol('?')) return { kind: 'value', value: { parameter: tokens.takeParameter() } };
  const literal = parseLiteral(tokens);
  if (literal !== undefined) return { kind: 'value', value: { literal } };
  if (tokens.current.kind === 'word' && tokens.following.text === '(') {
    return parseCall(tokens.take().text.toLowerCase(), tokens, parseOperand);
  }
  return { kind: 'path', path: parsePath(tokens) };
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
