import { validationError } from '../errors';
import type { Comparator, ConditionSyntax, OperandSyntax } from '../syntax';
import { parseOperand } from './operand-parser';
import type { Tokens } from './tokens';

type Parsed = OperandSyntax | ConditionSyntax;

const COMPARATORS: Readonly<Record<string, Comparator>> = {
  '=': '=',
  '<>': '<>',
  '!=': '<>',
  '<': '<',
  '<=': '<=',
  '>': '>',
  '>=': '>=',
};

/** What follows WHERE. */
export function parseWhere(tokens: Tokens): ConditionSyntax {
  return asCondition(parseOr(tokens));
}

function parseOr(tokens: Tokens): Parsed {
  return parseJoined(tokens, 'or', 'OR', parseAnd);
}

function parseAnd(tokens: Tokens): Parsed {
  return parseJoined(tokens, 'and', 'AND', parseNot);
}

function parseJoined(tokens: Tokens, kind: 'and' | 'or', word: string, parse: (tokens: Tokens) => Parsed): Parsed {
  const first = parse(tokens);
  if (!tokens.isWord(word)) return first;
  const conditions = [asCondition(first)];
  while (tokens.takeWord(word)) conditions.push(asCondition(parse(tokens)));
  return { kind, conditions };
}

function parseNot(tokens: Tokens): Parsed {
  if (tokens.takeWord('NOT')) return { kind: 'not', condition: asCondition(parseNot(tokens)) };
  return parseComparison(tokens);
}

function parseComparison(tokens: Tokens): Parsed {
  const left = parsePrimary(tokens);
  const comparator = tokens.current.kind === 'symbol' ? COMPARATORS[tokens.current.text] : undefined;
  if (comparator !== undefined) {
    tokens.take();
    return {
      kind: 'compare',
      comparator,
      left: asOperand(left, tokens),
      right: asOperand(parsePrimary(tokens), tokens),
    };
  }
  if (tokens.takeWord('IS')) return parseIs(asOperand(left, tokens), tokens);
  if (tokens.isWord('NOT')) {
    tokens.take();
    return { kind: 'not', condition: parseRange(asOperand(left, tokens), tokens) ?? fail(tokens) };
  }
  return (isOperand(left) && parseRange(left, tokens)) || left;
}

function parseIs(operand: OperandSyntax, tokens: Tokens): ConditionSyntax {
  const negated = tokens.takeWord('NOT');
  const condition = parseIsKind(operand, tokens);
  return negated ? { kind: 'not', condition } : condition;
}

function parseIsKind(operand: OperandSyntax, tokens: Tokens): ConditionSyntax {
  if (tokens.takeWord('MISSING')) return { kind: 'call', name: 'attribute_not_exists', operands: [operand] };
  tokens.expectWord('NULL');
  const type: OperandSyntax = { kind: 'value', value: { literal: { S: 'NULL' } } };
  return { kind: 'call', name: 'attribute_type', operands: [operand, type] };
}

function parseRange(operand: OperandSyntax, tokens: Tokens): ConditionSyntax | undefined {
  if (tokens.takeWord('BETWEEN')) {
    const lower = asOperand(parsePrimary(tokens), tokens);
    tokens.expectWord('AND');
    return { kind: 'between', operand, lower, upper: asOperand(parsePrimary(tokens), tokens) };
  }
  if (tokens.takeWord('IN')) return { kind: 'in', operand, among: parseAmong(tokens) };
  return undefined;
}

function parseAmong(tokens: Tokens): OperandSyntax[] {
  const end = tokens.takeSymbol('[') ? ']' : tokens.takeSymbol('(') ? ')' : undefined;
  if (end === undefined || tokens.takeSymbol(end)) {
    throw validationError(
      'IN operator must have a left hand argument of type Variable Reference and right hand argument of type Seq with at least one member',
    );
  }
  const among = [parseOperand(tokens)];
  while (tokens.takeSymbol(',')) among.push(parseOperand(tokens));
  tokens.expectSymbol(end);
  return among;
}

function parsePrimary(tokens: Tokens): Parsed {
  if (!tokens.takeSymbol('(')) return parseOperand(tokens);
  const inner = parseOr(tokens);
  tokens.expectSymbol(')');
  return inner;
}

function asCondition(parsed: Parsed): ConditionSyntax {
  if (parsed.kind !== 'path' && parsed.kind !== 'value') return parsed;
  throw validationError('The arguments to AND/OR must be Expressions');
}

function isOperand(parsed: Parsed): parsed is OperandSyntax {
  return parsed.kind === 'path' || parsed.kind === 'value' || parsed.kind === 'call';
}

function asOperand(parsed: Parsed, tokens: Tokens): OperandSyntax {
  return isOperand(parsed) ? parsed : fail(tokens);
}

function fail(tokens: Tokens): never {
  throw tokens.malformed();
}
