import type { CallSyntax, OperandSyntax, PathPartSyntax, PathSyntax } from './syntax';
import type { TokenReader } from './token-reader';

export function parsePath(tokens: TokenReader): PathSyntax {
  const path: PathPartSyntax[] = [tokens.takeName()];
  for (;;) {
    if (tokens.takeSymbol('.')) path.push(tokens.takeName());
    else if (tokens.takeSymbol('[')) path.push(parseElement(tokens));
    else return path;
  }
}

/** An index, or a name in PartiQL's quotes. */
function parseElement(tokens: TokenReader): PathPartSyntax {
  const { kind, text } = tokens.current;
  if (kind !== 'string' && !(kind === 'number' && /^\d+$/.test(text))) throw tokens.unexpected();
  tokens.take();
  tokens.expectSymbol(']');
  return kind === 'number' ? Number(text) : text;
}

/** What follows the name of a function. */
export function parseCall<Reader extends TokenReader>(
  name: string,
  tokens: Reader,
  parseOperand: (tokens: Reader) => OperandSyntax,
): CallSyntax {
  tokens.expectSymbol('(');
  const operands = [parseOperand(tokens)];
  while (tokens.takeSymbol(',')) operands.push(parseOperand(tokens));
  tokens.expectSymbol(')');
  return { kind: 'call', name, operands };
}
