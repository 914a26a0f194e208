import { orBranches, readAlternatives, readObjectPattern } from './field-pattern';
import {
  entriesOf,
  isMarkedObject,
  type MarkedJson,
  type MarkedObject,
  markedString,
  parseMarked,
} from './marked-json';
import { malformed, PatternError } from './pattern-error';
import type { RecordValue } from './record-value';

export type PatternDecision = 'match' | 'no-match' | 'not-comparable';
export type PatternMatcher = (value: RecordValue) => PatternDecision;

/** Source: Lambda API Reference, Filter. */
const MAXIMUM_LENGTH = 4096;

/** Reads the text of one filter. Throws a PatternError. */
export function readPattern(text: string): PatternMatcher {
  if (text.length > MAXIMUM_LENGTH) {
    throw malformed('', `has ${text.length} characters; accepted are at most ${MAXIMUM_LENGTH}.`);
  }
  const pattern = parseMarked(text);
  if (!isMarkedObject(pattern)) throw malformed('', 'must be the JSON text of an object.');
  return readRecordPattern(pattern, '');
}

function readRecordPattern(pattern: MarkedObject, prefix: string): PatternMatcher {
  const entries = entriesOf(pattern);
  if (entries.length === 0) throw malformed(prefix, 'must not be an empty object.');
  const parts = entries.map(([key, member]) => {
    const place = prefix ? `${prefix}.${key}` : key;
    const branches = key === '$or' ? orBranches(member) : undefined;
    if (branches) return anyOf(branches.map((branch, index) => readRecordPattern(branch, `${place}[${index}]`)));
    if (key === 'value') return readValuePattern(member, place);
    throw new PatternError('outside-value', place, 'is not looked at: a filter on Kafka records sees only "value".');
  });
  return allOf(parts);
}

/** An object is a pattern for JSON, an array one for plain strings. */
function readValuePattern(pattern: MarkedJson, place: string): PatternMatcher {
  if (isMarkedObject(pattern)) {
    const matches = readObjectPattern(pattern, place);
    return (value) => {
      if (value.format !== 'json') return 'not-comparable';
      return matches(value.document, value.document) ? 'match' : 'no-match';
    };
  }
  const comparisons = readAlternatives(pattern, place);
  return (value) => {
    if (value.format !== 'string') return 'not-comparable';
    const leaf = markedString(value.text);
    const matches = comparisons.some((one) => (one.kind === 'test' ? one.test(leaf) : one.expected));
    return matches ? 'match' : 'no-match';
  };
}

/** The best decision of several filters, or of the branches of an `$or`. */
export function anyOf(matchers: readonly PatternMatcher[]): PatternMatcher {
  return (value) => {
    const decisions = matchers.map((decide) => decide(value));
    if (decisions.includes('match')) return 'match';
    return decisions.includes('not-comparable') ? 'not-comparable' : 'no-match';
  };
}

function allOf(matchers: readonly PatternMatcher[]): PatternMatcher {
  return (value) => {
    const decisions = matchers.map((decide) => decide(value));
    if (decisions.includes('no-match')) return 'no-match';
    return decisions.includes('not-comparable') ? 'not-comparable' : 'match';
  };
}
