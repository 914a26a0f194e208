import { readPattern } from './pattern';
import { PatternError, type PatternProblem } from './pattern-error';

/** The first thing that is wrong with the text of one filter; undefined: nothing. */
export function checkPattern(pattern: string): PatternProblem | undefined {
  try {
    readPattern(pattern);
    return undefined;
  } catch (error) {
    if (error instanceof PatternError) return error;
    throw error;
  }
}

/** The problem as the second half of a sentence that begins with the place of the pattern in its template. */
export function patternProblemText({ kind, place, problem }: PatternProblem): string {
  const what = `${place || 'the pattern'} ${problem}`;
  return kind === 'malformed'
    ? `is what the service refuses as "Invalid filter pattern definition.": ${what}`
    : `cannot filter: ${what}`;
}
