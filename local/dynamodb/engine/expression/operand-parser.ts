import { parseCall, parsePath } from '../operand-grammar';
import type { OperandSyntax } from '../syntax';
import type { Tokens } from './tokens';

/** A path, a value or a call; no parentheses around it. */
export function parseOperand(tokens: Tokens): OperandSyntax {
  const { current, following } = tokens;
  if (current.kind === 'value') return { kind: 'value', value: { placeholder: tokens.take().text } };
  if (current.kind === 'word' && following.text === '(' && !tokens.isOperator) {
    return parseCall(tokens.take().text, tokens, parseOperand);
  }
  return { kind: 'path', path: parsePath(tokens) };
}
