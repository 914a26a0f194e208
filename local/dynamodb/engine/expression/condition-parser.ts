import { asOperand, type ConditionGrammar, type Parsed, parseOr } from '../condition-grammar';
import { validationError } from '../errors';
import type { Comparator, ConditionSyntax } from '../syntax';
import { parseOperand } from './operand-parser';
import { Tokens } from './tokens';

const COMPARATORS: ReadonlySet<string> = new Set<Comparator>(['=', '<>', '<', '<=', '>', '>=']);

const GRAMMAR: ConditionGrammar<Tokens> = {
  comparison: parseComparison,
  condition(parsed, tokens) {
    if (parsed.kind === 'path' || parsed.kind === 'value') throw tokens.unexpected();
    return parsed;
  },
};

/** Source of the grammar: DynamoDB Developer Guide, "Condition and filter expressions". */
export function parseCondition(text: string): ConditionSyntax {
  const tokens = new Tokens(text);
  const condition = GRAMMAR.condition(parseOr(tokens, GRAMMAR), tokens);
  tokens.expectEnd();
  return condition;
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
  const redundant = tokens.isSymbol('(');
  const inner = parseOr(tokens, GRAMMAR);
  const closesTwice = redundant && WHOLE.has(inner);
  tokens.expectSymbol(')');
  if (closesTwice) throw validationError('The expression has redundant parentheses;');
  WHOLE.add(inner);
  return inner;
}

/** What stood in parentheses as a whole: `((a))` is an error of the service, `((a) AND (b))` is not. */
const WHOLE = new WeakSet<Parsed>();
