import {
  entriesOf,
  isMarkedArray,
  isMarkedObject,
  type LeafTest,
  type MarkedJson,
  numberOf,
  stringOf,
} from './marked-json';
import { readNumericTest } from './numeric-test';
import { malformed } from './pattern-error';

/**
 * One alternative of a field's pattern. `test` looks at one leaf: a string, number, boolean or null.
 * Sources: Lambda Developer Guide, event filtering; Amazon EventBridge User Guide, comparison operators.
 */
export type Comparison =
  | { readonly kind: 'test'; readonly test: LeafTest }
  | { readonly kind: 'exists'; readonly expected: boolean };

type ReadOperator = (operand: MarkedJson, place: string) => Comparison;

const OPERATORS: ReadonlyMap<string, ReadOperator> = new Map<string, ReadOperator>([
  ['prefix', (operand, place) => startsWith(text(operand, place))],
  ['suffix', (operand, place) => endsWith(text(operand, place))],
  ['equals-ignore-case', (operand, place) => equalsIgnoreCase(text(operand, place))],
  ['numeric', (operand, place) => ({ kind: 'test', test: readNumericTest(operand, place) })],
  ['exists', readExists],
  ['anything-but', readAnythingBut],
]);

/** Names that EventBridge takes for operators; Lambda documents neither `wildcard` nor `cidr`. */
export const RESERVED_NAMES: ReadonlySet<string> = new Set([...OPERATORS.keys(), 'wildcard', 'cidr']);

export function readComparison(pattern: MarkedJson, place: string): Comparison {
  if (isMarkedArray(pattern)) {
    throw malformed(
      place,
      'must be a string, a number, true, false, null or an object with one operator, not an array.',
    );
  }
  // The text of a number counts: 300 and 300.0 are not equal.
  if (!isMarkedObject(pattern)) return { kind: 'test', test: (leaf) => leaf === pattern };
  const [[name, operand] = ['', null], ...more] = entriesOf(pattern);
  const read = OPERATORS.get(name);
  if (!read || more.length > 0) {
    throw malformed(place, `must have exactly one of the operators ${[...OPERATORS.keys()].join(', ')}.`);
  }
  return read(operand, `${place}.${name}`);
}

function startsWith(prefix: string): Comparison {
  return { kind: 'test', test: (leaf) => stringOf(leaf)?.startsWith(prefix) ?? false };
}

function endsWith(suffix: string): Comparison {
  return { kind: 'test', test: (leaf) => stringOf(leaf)?.endsWith(suffix) ?? false };
}

function equalsIgnoreCase(expected: string): Comparison {
  const lower = expected.toLowerCase();
  return { kind: 'test', test: (leaf) => stringOf(leaf)?.toLowerCase() === lower };
}

function readExists(operand: MarkedJson, place: string): Comparison {
  if (typeof operand !== 'boolean') throw malformed(place, 'must be true or false.');
  return { kind: 'exists', expected: operand };
}

/** Every leaf, of whatever type, but those listed, or but strings that begin or end so. */
function readAnythingBut(operand: MarkedJson, place: string): Comparison {
  if (isMarkedObject(operand)) {
    const [[name, affix] = ['', null], ...more] = entriesOf(operand);
    if ((name !== 'prefix' && name !== 'suffix') || more.length > 0) {
      throw malformed(place, 'must be a string, a number, a list of one of them, or an object with prefix or suffix.');
    }
    const affixes = listOf(affix).map((one) => text(one, `${place}.${name}`));
    if (affixes.length === 0) throw malformed(`${place}.${name}`, 'must not be an empty list.');
    return {
      kind: 'test',
      test: (leaf) =>
        !affixes.some((one) => (name === 'prefix' ? stringOf(leaf)?.startsWith(one) : stringOf(leaf)?.endsWith(one))),
    };
  }
  const excluded = listOf(operand);
  const strings = excluded.filter((one) => stringOf(one) !== undefined).length;
  const numbers = excluded.filter((one) => numberOf(one) !== undefined).length;
  if (excluded.length === 0 || (strings !== excluded.length && numbers !== excluded.length)) {
    throw malformed(place, 'must be a string, a number, or a list of only strings or only numbers.');
  }
  return { kind: 'test', test: (leaf) => !excluded.includes(leaf) };
}

function listOf(operand: MarkedJson): readonly MarkedJson[] {
  return isMarkedArray(operand) ? operand : [operand];
}

function text(operand: MarkedJson, place: string): string {
  const found = stringOf(operand);
  if (found === undefined) throw malformed(place, 'must be a string.');
  return found;
}
