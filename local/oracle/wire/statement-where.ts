import type { StatementValues } from './statement-values';
import type { Tokens } from './tokens';
import type { WireItem, WireValue } from './write';

const DEPTH: Readonly<Record<string, number>> = {
  '(': 1,
  '[': 1,
  '{': 1,
  '<<': 1,
  ')': -1,
  ']': -1,
  '}': -1,
  '>>': -1,
};

/**
 * Reads a WHERE: what the item's attributes equal, its key among them. Its other conditions change nothing of the write;
 * of them only the parameters count.
 */
export function readWhere(tokens: Tokens, values: StatementValues): WireItem {
  const equals: Record<string, WireValue> = {};
  tokens.expectWord('WHERE');
  do readCondition(tokens, values, equals);
  while (tokens.word('AND'));
  if (tokens.isWord('OR')) throw tokens.unreadable('AND, for a write of one item,');
  return equals;
}

function readCondition(tokens: Tokens, values: StatementValues, equals: Record<string, WireValue>): void {
  const isNamed = tokens.next?.kind === 'name' || tokens.next?.kind === 'quoted';
  if (isNamed && tokens.isSymbol('=', 1)) {
    const name = tokens.expectName();
    tokens.expectSymbol('=');
    const value = values.read();
    if (value === undefined) passCondition(tokens, values);
    else equals[name] = value;
  } else passCondition(tokens, values);
}

/** To its end: behind a BETWEEN the first AND belongs to it. */
function passCondition(tokens: Tokens, values: StatementValues): void {
  let depth = 0;
  let isBetween = false;
  let isEmpty = true;
  while (tokens.next !== undefined && depth >= 0) {
    const isAnd = tokens.isWord('AND');
    if (depth === 0 && !(isBetween && isAnd) && (isAnd || tokens.isWord('OR') || tokens.isWord('RETURNING'))) break;
    if (depth === 0) isBetween = tokens.isWord('BETWEEN') || (isBetween && !isAnd);
    isEmpty = false;
    if (tokens.symbol('?')) values.parameter();
    else depth += DEPTH[tokens.take().text] ?? 0;
  }
  if (isEmpty || depth !== 0 || isBetween) throw tokens.unreadable('a whole condition');
}
