import type { ConditionSyntax, OperandSyntax } from './syntax';
import type { TokenReader } from './token-reader';

/** What parentheses may hold: one cannot tell before their end. */
export type Parsed = OperandSyntax | ConditionSyntax;

/** Where the two languages differ. */
export interface ConditionGrammar<Reader> {
  /** Whatever binds closer than NOT. */
  comparison(tokens: Reader): Parsed;
  /** Refuses a bare operand. */
  condition(parsed: Parsed, tokens: Reader): ConditionSyntax;
}

/** OR binds least, NOT most. */
export function parseOr<Reader extends TokenReader>(tokens: Reader, grammar: ConditionGrammar<Reader>): Parsed {
  return parseJoined(tokens, grammar, 'OR', () => parseJoined(tokens, grammar, 'AND', () => parseNot(tokens, grammar)));
}

function parseJoined<Reader extends TokenReader>(
  tokens: Reader,
  grammar: ConditionGrammar<Reader>,
  keyword: 'AND' | 'OR',
  parse: () => Parsed,
): Parsed {
  const first = parse();
  if (!tokens.isKeyword(keyword)) return first;
  const conditions = [grammar.condition(first, tokens)];
  while (tokens.takeKeyword(keyword)) conditions.push(grammar.condition(parse(), tokens));
  return { kind: keyword === 'AND' ? 'and' : 'or', conditions };
}

function parseNot<Reader extends TokenReader>(tokens: Reader, grammar: ConditionGrammar<Reader>): Parsed {
  if (!tokens.takeKeyword('NOT')) return grammar.comparison(tokens);
  return { kind: 'not', condition: grammar.condition(parseNot(tokens, grammar), tokens) };
}

export function isOperand(parsed: Parsed): parsed is OperandSyntax {
  return parsed.kind === 'path' || parsed.kind === 'value' || parsed.kind === 'call';
}

export function asOperand(parsed: Parsed, tokens: TokenReader): OperandSyntax {
  if (isOperand(parsed)) return parsed;
  throw tokens.unexpected();
}
