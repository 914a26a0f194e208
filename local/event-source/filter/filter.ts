import { templateInvalid } from '../../template/template-error';
import { checkPattern, patternProblemText } from './check-pattern';
import { anyOf, type PatternDecision, readPattern } from './pattern';
import { readRecordValue } from './record-value';

/**
 * What a mapping's filters make of a record's value. `not-comparable`: a JSON pattern met a plain string, a string pattern
 * met JSON, or the value is not UTF-8, so that no filter applies. `tombstone`: there is no value to look at.
 */
export type FilterDecision = PatternDecision | 'tombstone';

export interface RecordFilter {
  /** `null`: a tombstone. */
  decide(value: Buffer | null): FilterDecision;
}

/**
 * Reads the filters of a mapping, the texts of `FilterCriteria.Filters[].Pattern`; a record passes when one of them fits.
 * Without any every value is a match. Throws a LocalError that names the filter and the place in it.
 */
export function compileFilter(patterns: readonly string[]): RecordFilter {
  for (const [index, pattern] of patterns.entries()) {
    const found = checkPattern(pattern);
    if (found) throw templateInvalid(`FilterCriteria.Filters[${index}].Pattern`, patternProblemText(found));
  }
  if (patterns.length === 0) return { decide: () => 'match' };
  const decide = anyOf(patterns.map(readPattern));
  return { decide: (value) => (value === null ? 'tombstone' : decide(readRecordValue(value))) };
}
