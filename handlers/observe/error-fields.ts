import { isOnceError } from '../errors';
import type { RawRecord } from '../record/parse-event';
import { payloadTexts } from './payload-texts';
import { withoutPayload } from './without-payload';

const CAUSES = 3;
const FRAMES = 10;
const FRAME = /^ {4}at .*(:\d+:\d+|<anonymous>|native)\)?$/;

export interface FailedRecord {
  readonly record: RawRecord;
  /** What its value was decoded to; undefined if it was not. */
  readonly value?: unknown;
  /** The same of its key. */
  readonly key?: unknown;
}

/**
 * What a line says of an error. Ours are told whole, since they hold no payload; the text of any other is told without
 * what it quotes of the records, and its stack without its text. Never throws, whatever was thrown.
 * @param failed every record that has this error: one of them threw it
 */
export function errorFields(error: unknown, failed: readonly FailedRecord[]): Record<string, unknown> {
  try {
    const foreign = (text: unknown) => withoutPayload(String(text), textsOf(failed));
    // What led to an outage quotes a record that is not among these.
    const isOutage = isOnceError(error) && error.errorClass === 'outage';
    const causes = isOutage ? [] : causesOf(error).map((cause) => told(cause, foreign));
    const cause = causes.length > 0 ? { cause: causes.join(' < ') } : {};
    if (isOnceError(error)) return { code: error.code, reason: error.message, ...cause };
    if (!(error instanceof Error)) return { error: typeof error, reason: foreign(error), ...cause };
    return { error: foreign(error.name), reason: foreign(error.message), stack: framesOf(error), ...cause };
  } catch {
    return { error: typeof error, reason: '(what was thrown cannot be read)' };
  }
}

function* textsOf(failed: readonly FailedRecord[]): Generator<string> {
  for (const { record, value, key } of failed) yield* payloadTexts(record, value, key);
}

function told(cause: unknown, foreign: (text: unknown) => string): string {
  if (isOnceError(cause)) return cause.message;
  return foreign(cause instanceof Error ? `${cause.name}: ${cause.message}` : cause);
}

function causesOf(error: unknown): unknown[] {
  const causes: unknown[] = [];
  let next: unknown = error;
  while (causes.length < CAUSES) {
    next = (next as { cause?: unknown } | null | undefined)?.cause;
    if (next === undefined || next === null) break;
    causes.push(next);
  }
  return causes;
}

/** Where it was thrown: V8 writes the text of the error first, and that may have any number of lines. */
function framesOf({ stack, message }: Error): string[] {
  if (typeof stack !== 'string') return [];
  const at = message === '' ? -1 : stack.indexOf(message);
  const behind = at >= 0 ? stack.slice(at + message.length) : stack;
  return behind
    .split('\n')
    .filter((line) => FRAME.test(line))
    .slice(0, FRAMES)
    .map((line) => line.trim());
}
