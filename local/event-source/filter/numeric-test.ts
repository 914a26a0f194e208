import { isMarkedArray, type LeafTest, type MarkedJson, numberOf, stringOf } from './marked-json';
import { malformed } from './pattern-error';

/** Source: Amazon EventBridge User Guide, numeric matching: both for patterns and for values. */
const LARGEST = 5e9;

const COMPARE: Readonly<Record<string, (found: number, bound: number) => boolean>> = {
  '=': (found, bound) => found === bound,
  '<': (found, bound) => found < bound,
  '<=': (found, bound) => found <= bound,
  '>': (found, bound) => found > bound,
  '>=': (found, bound) => found >= bound,
};

/** `["=", n]`, one bound such as `["<", n]`, or a range such as `[">", n, "<=", m]`. By value: 300 is 300.0 here. */
export function readNumericTest(operand: MarkedJson, place: string): LeafTest {
  const terms = isMarkedArray(operand) ? operand : [];
  const [first, second] = [readTerm(terms[0], terms[1], place), terms[2] && readTerm(terms[2], terms[3], place)];
  if (terms.length !== (second ? 4 : 2)) throw malformed(place, FORM);
  if (!second) return within([first]);
  if (!first.operator.startsWith('>') || !second.operator.startsWith('<') || first.bound >= second.bound) {
    throw malformed(place, 'must name a range by its lower bound and then its upper one, such as [">", 0, "<=", 5].');
  }
  return within([first, second]);
}

interface Term {
  readonly operator: string;
  readonly bound: number;
}

const FORM = `must be a list such as ["=", 5], ["<", 5] or [">", 0, "<=", 5], with numbers from -${LARGEST} to ${LARGEST}.`;

function readTerm(operator: MarkedJson | undefined, bound: MarkedJson | undefined, place: string): Term {
  const name = stringOf(operator);
  const value = numberOf(bound);
  if (name === undefined || !Object.hasOwn(COMPARE, name) || value === undefined || Math.abs(value) > LARGEST) {
    throw malformed(place, FORM);
  }
  return { operator: name, bound: value };
}

function within(terms: readonly Term[]): LeafTest {
  return (leaf) => {
    const found = numberOf(leaf);
    if (found === undefined || Math.abs(found) > LARGEST) return false;
    return terms.every(({ operator, bound }) => COMPARE[operator]?.(found, bound));
  };
}
