import { ERROR_SYMBOL } from '../../contract/error-codes';
import type { LetterError } from '../../contract/letter';
import { describe } from '../errors';

/** An error says what it is in its first lines; a message that quotes a whole record would make a letter twice as large. */
const NAME_CHARACTERS = 256;
const MESSAGE_CHARACTERS = 4_096;
const STACK_CHARACTERS = 16_384;
/** Of one cause, so that a long one leaves room for the others. */
const PART_CHARACTERS = 6_000;
const CAUSES = 5;

/** What a letter tells of the error, whatever was thrown: getters that throw are passed over. Never throws. */
export function letterErrorOf(error: unknown): LetterError {
  if (typeof error !== 'object' || error === null) {
    // `throw 'text'`: the text is all there is.
    return {
      name: typeof error,
      message: text(typeof error === 'string' ? error : describe(error), MESSAGE_CHARACTERS),
    };
  }
  const code = read(error, ERROR_SYMBOL);
  const stack = stackOf(error);
  return {
    ...(typeof code === 'string' && { code }),
    name: text(read(error, 'name'), NAME_CHARACTERS) || 'Error',
    message: text(read(error, 'message'), MESSAGE_CHARACTERS),
    ...(stack !== '' && { stack }),
  };
}

/** A validator's own words come as a cause: a letter is the one place that they are shown in. */
function stackOf(error: object): string {
  const seen = new Set<unknown>([error]);
  const parts = [text(read(error, 'stack'), PART_CHARACTERS)];
  for (let cause = read(error, 'cause'); cause !== undefined && cause !== null; cause = read(cause, 'cause')) {
    if (seen.size > CAUSES || seen.has(cause)) break;
    seen.add(cause);
    const said = typeof cause === 'object' ? (read(cause, 'stack') ?? read(cause, 'message')) : String(cause);
    parts.push(`Caused by: ${text(said, PART_CHARACTERS)}`);
  }
  return text(parts.join('\n').trim(), STACK_CHARACTERS);
}

function read(from: unknown, name: string | symbol): unknown {
  try {
    return (from as Readonly<Record<string | symbol, unknown>>)[name];
  } catch {
    return undefined;
  }
}

/** Half a surrogate pair is no character: readers in other languages refuse it. */
const LONE_SURROGATE = /\p{Surrogate}/gu;

function text(value: unknown, characters: number): string {
  if (typeof value !== 'string') return '';
  return (value.length > characters ? `${value.slice(0, characters)}…` : value).replace(LONE_SURROGATE, '\uFFFD');
}
