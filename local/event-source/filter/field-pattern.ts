import { type Comparison, RESERVED_NAMES, readComparison } from './comparison';
import { entriesOf, isMarkedArray, isMarkedObject, type MarkedJson, type MarkedObject, memberOf } from './marked-json';
import { malformed } from './pattern-error';

/** Whether a part of a JSON document fits a pattern. `undefined`: the document has nothing at that place. */
export type Matcher = (node: MarkedJson | undefined, document: MarkedJson) => boolean;

/** Reads an object pattern: every field must fit, and one branch of each `$or`. `path` leads to it from the document. */
export function readObjectPattern(pattern: MarkedObject, place: string, path: readonly string[] = []): Matcher {
  const entries = entriesOf(pattern);
  if (entries.length === 0) throw malformed(place, 'must not be an empty object.');
  const parts = entries.map(([key, member]): Matcher => {
    const branches = key === '$or' ? orBranches(member) : undefined;
    if (branches) {
      const matchers = branches.map((branch, index) => readObjectPattern(branch, `${place}.$or[${index}]`, path));
      return (node, document) => matchers.some((matches) => matches(node, document));
    }
    const matches = readFieldPattern(member, `${place}.${key}`, [...path, key]);
    return (node, document) => matches(isMarkedObject(node) ? memberOf(node, key) : undefined, document);
  });
  // Of an array one element must fit the whole pattern: fields of different elements are not mixed.
  return (node, document) => elements(node).some((element) => parts.every((matches) => matches(element, document)));
}

/** The branches of an `$or` between fields; anything else under that name is a field that is called so. */
export function orBranches(member: MarkedJson): readonly MarkedObject[] | undefined {
  if (!isMarkedArray(member) || member.length < 2 || !member.every(isMarkedObject)) return undefined;
  return member.some((branch) => entriesOf(branch).some(([key]) => RESERVED_NAMES.has(key))) ? undefined : member;
}

function readFieldPattern(pattern: MarkedJson, place: string, path: readonly string[]): Matcher {
  if (isMarkedObject(pattern)) return readObjectPattern(pattern, place, path);
  const comparisons = readAlternatives(pattern, place);
  return (node, document) => {
    const found = leaves(node);
    return comparisons.some((comparison) => {
      if (comparison.kind === 'test') return found.some(comparison.test);
      // An absence is one of the whole document, not of one element of an array.
      return comparison.expected ? found.length > 0 : leavesAt(document, path).length === 0;
    });
  };
}

/** Reads a list of alternatives, one of which must fit. */
export function readAlternatives(pattern: MarkedJson, place: string): readonly Comparison[] {
  if (!isMarkedArray(pattern)) throw malformed(place, 'must be an array of alternatives or an object.');
  if (pattern.length === 0) throw malformed(place, 'must not be an empty array.');
  return pattern.map((alternative, index) => readComparison(alternative, `${place}[${index}]`));
}

/** What an array holds, at any depth; of anything else the thing itself. An empty array is as good as nothing. */
function elements(node: MarkedJson | undefined): readonly (MarkedJson | undefined)[] {
  if (!isMarkedArray(node)) return [node];
  const found: (MarkedJson | undefined)[] = [];
  // Not recursive: a record may nest as deeply as it likes.
  const pending: MarkedJson[] = [node];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (!isMarkedArray(next)) found.push(next);
    else for (const element of next) pending.push(element);
  }
  return found.length === 0 ? [undefined] : found;
}

/** Strings, numbers, booleans and nulls, out of arrays too; not what is inside objects. */
function leaves(node: MarkedJson | undefined): readonly MarkedJson[] {
  return elements(node).filter((one): one is MarkedJson => one !== undefined && !isMarkedObject(one));
}

function leavesAt(document: MarkedJson, path: readonly string[]): readonly MarkedJson[] {
  const [key, ...rest] = path;
  if (key === undefined) return leaves(document);
  return elements(document).flatMap((element) => {
    const member = isMarkedObject(element) ? memberOf(element, key) : undefined;
    return member === undefined ? [] : leavesAt(member, rest);
  });
}
