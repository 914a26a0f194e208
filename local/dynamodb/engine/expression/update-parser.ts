import { validationError } from '../errors';
import { parsePath } from '../operand-grammar';
import type { SetValueSyntax, UpdateActionSyntax } from '../syntax';
import { parseOperand } from './operand-parser';
import { Tokens } from './tokens';

const SECTIONS = ['SET', 'REMOVE', 'ADD', 'DELETE'] as const;
type Section = (typeof SECTIONS)[number];

/** Source of the grammar: DynamoDB Developer Guide, "Update expressions". */
export function parseUpdate(text: string): readonly UpdateActionSyntax[] {
  const tokens = new Tokens(text);
  const actions: UpdateActionSyntax[] = [];
  const seen = new Set<Section>();
  do {
    const section = SECTIONS.find((keyword) => tokens.isKeyword(keyword));
    if (section === undefined) throw tokens.unexpected();
    if (seen.has(section)) {
      throw validationError(`The "${section}" section can only be used once in an update expression;`);
    }
    seen.add(section);
    tokens.take();
    do actions.push(parseAction(section, tokens));
    while (tokens.takeSymbol(','));
  } while (tokens.current.kind !== 'end');
  return actions;
}

function parseAction(section: Section, tokens: Tokens): UpdateActionSyntax {
  const path = parsePath(tokens);
  if (section === 'REMOVE') return { kind: 'remove', path };
  if (section === 'SET') {
    tokens.expectSymbol('=');
    return { kind: 'set', path, value: parseSetValue(tokens) };
  }
  if (tokens.current.kind !== 'value') throw tokens.unexpected();
  return { kind: section === 'ADD' ? 'add' : 'delete', path, value: { placeholder: tokens.take().text } };
}

function parseSetValue(tokens: Tokens): SetValueSyntax {
  const left = parseTerm(tokens);
  const operator = tokens.current.text;
  if (tokens.current.kind !== 'symbol' || (operator !== '+' && operator !== '-')) return left;
  if (left.kind === 'arithmetic') throw tokens.unexpected();
  tokens.take();
  const right = parseTerm(tokens);
  if (right.kind === 'arithmetic') throw tokens.unexpected();
  return { kind: 'arithmetic', operator, left, right };
}

function parseTerm(tokens: Tokens): SetValueSyntax {
  if (!tokens.takeSymbol('(')) return parseOperand(tokens);
  if (tokens.isSymbol('(')) throw validationError('The expression has redundant parentheses;');
  const value = parseSetValue(tokens);
  tokens.expectSymbol(')');
  return value;
}
