import { asOperand, type ConditionGrammar, isOperand, type Parsed, parseOr } from '../condition-grammar';
import { validationError } from '../errors';
import type { Comparator, ConditionSyntax, OperandSyntax } from '../syntax';
import { parseOperand } from './operand-parser';
import type { Tokens } from './tokens';

const COMPARATORS: Readonly<Record<string, Comparator>> = {
  '=': '=',
  '<>': '<>',
  '!=': '<>',
  '<': '<',
  '<=': '<=',
  '>': '>',
  '>=': '>=',
};

const GRAMMAR: ConditionGrammar<Tokens> = {
  comparison: parseComparison,
  condition(parsed) {
    if (parsed.kind !== 'path' && parsed.kind !== 'value') return parsed;
    throw validationError('The arguments to AND/OR must be Expressions');
  },
};

/** What follows WHERE. */
export function parseWhere(tokens: Tokens): ConditionSyntax {
  return GRAMMAR.condition(parseOr(tokens, GRAMMAR), tokens);
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
  if (tokens.takeKeyword('IS')) return parseIs(asOperand(left, tokens), tokens);
  if (tokens.takeKeyword('NOT')) {
    const condition = parseRange(asOperand(left, tokens), tokens);
    if (condition === undefined) throw tokens.unexpected();
    return { kind: 'not', condition };
  }
  return (isOperand(left) && parseRange(left, tokens)) || left;
}

function parseIs(operand: OperandSyntax, tokens: Tokens): ConditionSyntax {
  const negated = tokens.takeKeyword('NOT');
  const condition = parseIsKind(operand, tokens);
  return negated ? { kind: 'not', condition } : condition;
}

function parseIsKind(operand: OperandSyntax, tokens: Tokens): ConditionSyntax {
  if (tokens.takeKeyword('MISSING')) return { kind: 'call', name: 'attribute_not_exists', operands: [operand] };
  tokens.expectKeyword('NULL');
  const type: OperandSyntax = { kind: 'value', value: { literal: { S: 'NULL' } } };
  return { kind: 'call', name: 'attribute_type', operands: [operand, type] };
}

function parseRange(operand: OperandSyntax, tokens: Tokens): ConditionSyntax | undefined {
  if (tokens.takeKeyword('BETWEEN')) {
    const lower = asOperand(parsePrimary(tokens), tokens);
    tokens.expectKeyword('AND');
    return { kind: 'between', operand, lower, upper: asOperand(parsePrimary(tokens), tokens) };
  }
  if (tokens.takeKeyword('IN')) return { kind: 'in', operand, among: parseAmong(tokens) };
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
  const inner = parseOr(tokens, GRAMMAR);
  tokens.expectSymbol(')');
  return inner;
}
