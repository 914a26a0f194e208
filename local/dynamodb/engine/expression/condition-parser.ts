import { validationError } from '../errors';
import type { Comparator, ConditionSyntax, OperandSyntax } from '../syntax';
import { parseOperand } from './operand-parser';
import { Tokens } from './tokens';

type Parsed = OperandSyntax | ConditionSyntax;

const COMPARATORS: ReadonlySet<string> = new Set<Comparator>(['=', '<>', '<', '<=', '>', '>=']);

/** Source of the grammar: DynamoDB Developer Guide, "Condition and filter expressions". */
export function parseCondition(text: string): ConditionSyntax {
  const tokens = new Tokens(text);
  const condition = asCondition(parseOr(tokens), tokens);
  tokens.expectEnd();
  return condition;
}

function parseOr(tokens: Tokens): Parsed {
  return parseJoined(tokens, 'or', 'OR', parseAnd);
}

function parseAnd(tokens: Tokens): Parsed {
  return parseJoined(tokens, 'and', 'AND', parseNot);
}

function parseJoined(tokens: Tokens, kind: 'and' | 'or', keyword: string, parse: (tokens: Tokens) => Parsed): Parsed {
  const first = parse(tokens);
  if (!tokens.isKeyword(keyword)) return first;
  const conditions = [asCondition(first, tokens)];
  while (tokens.takeKeyword(keyword)) conditions.push(asCondition(parse(tokens), tokens));
  return { kind, conditions };
}

function parseNot(tokens: Tokens): Parsed {
  if (tokens.takeKeyword('NOT')) return { kind: 'not', condition: asCondition(parseNot(tokens), tokens) };
  return parseComparison(tokens);
}

function parseComparison(tokens: Tokens): Parsed {
  const left = parsePrimary(tokens);
  const { current } = tokens;
  if (current.kind === 'symbol' && COMPARATORS.has(current.text)) {
    const operand = asOperand(left, tokens);
    tokens.take();
    const right = asOperand(parsePrimary(tokens), tokens);
    return { kind: 'compare', comparator: current.text as Comparator, left: operand, right };
  }
  if (tokens.isKeyword('BETWEEN')) {
    const operand = asOperand(left, tokens);
    tokens.take();
    const lower = asOperand(parsePrimary(tokens), tokens);
    tokens.expectKeyword('AND');
    return { kind: 'between', operand, lower, upper: asOperand(parsePrimary(tokens), tokens) };
  }
  if (tokens.isKeyword('IN')) {
    const operand = asOperand(left, tokens);
    tokens.take();
    tokens.expectSymbol('(');
    const among = [asOperand(parsePrimary(tokens), tokens)];
    while (tokens.takeSymbol(',')) among.push(asOperand(parsePrimary(tokens), tokens));
    tokens.expectSymbol(')');
    return { kind: 'in', operand, among };
  }
  return left;
}

function parsePrimary(tokens: Tokens): Parsed {
  if (!tokens.takeSymbol('(')) return parseOperand(tokens);
  const redundant = tokens.current.text === '(';
  const inner = parseOr(tokens);
  const closesTwice = redundant && WHOLE.has(inner);
  tokens.expectSymbol(')');
  if (closesTwice) throw validationError('The expression has redundant parentheses;');
  WHOLE.add(inner);
  return inner;
}

/** What stood in parentheses as a whole: `((a))` is an error of the service, `((a) AND (b))` is not. */
const WHOLE = new WeakSet<Parsed>();

function asCondition(parsed: Parsed, tokens: Tokens): ConditionSyntax {
  if (parsed.kind === 'path' || parsed.kind === 'value') throw tokens.unexpected();
  return parsed;
}

function asOperand(parsed: Parsed, tokens: Tokens): OperandSyntax {
  if (parsed.kind !== 'path' && parsed.kind !== 'value' && parsed.kind !== 'call') throw tokens.unexpected();
  return parsed;
}
