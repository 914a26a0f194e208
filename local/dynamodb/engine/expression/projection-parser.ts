import { parsePath } from '../operand-grammar';
import type { PathSyntax } from '../syntax';
import { Tokens } from './tokens';

export function parseProjection(text: string): readonly PathSyntax[] {
  const tokens = new Tokens(text);
  const paths = [parsePath(tokens)];
  while (tokens.takeSymbol(',')) paths.push(parsePath(tokens));
  tokens.expectEnd();
  return paths;
}
