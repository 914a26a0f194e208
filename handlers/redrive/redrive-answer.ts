import type { RedriveError, Redriven, RedriveOutcome, RedriveResponse } from '../../contract/redrive';
import type { Outcome } from '../core/answer';
import type { Caller } from '../core/mapping';
import { letterErrorOf } from '../dead-letters/letter-error';
import { parkedId } from '../parking/parked';

/** What the answer says of a record. */
interface RedrivenRecord {
  readonly record: { readonly topic: string; readonly partition: number; readonly offset: number };
  readonly outcome: Outcome;
  /** There is no such parked item. */
  readonly isAbsent: boolean;
  readonly error: unknown;
}

/** An answer has a limit, and the letter and the log tell more. */
const MESSAGE_CHARACTERS = 500;

/** The answer to a redrive: always one, whatever is open, in the order of the letters. */
export function redriveAnswer(
  letters: readonly string[],
  caller: Caller,
  arrays: readonly { readonly states: readonly RedrivenRecord[] }[],
): RedriveResponse {
  const records = new Map<string, RedrivenRecord>();
  for (const { states } of arrays) {
    for (const state of states) {
      const { topic, partition, offset } = state.record;
      records.set(parkedId(caller, topic, partition, offset), state);
    }
  }
  return { mskOnce: { redriven: letters.map((id) => redriven(id, records.get(id) as RedrivenRecord)) } };
}

function redriven(id: string, record: RedrivenRecord): Redriven {
  const outcome: RedriveOutcome = record.isAbsent ? 'absent' : record.outcome;
  const isTold = record.error !== undefined && (outcome === 'parked' || outcome === 'open');
  return { id, outcome, ...(isTold && { error: errorOf(record.error) }) };
}

function errorOf(error: unknown): RedriveError {
  const { code, name, message } = letterErrorOf(error);
  const isLong = message.length > MESSAGE_CHARACTERS;
  return {
    ...(code !== undefined && { code }),
    name,
    message: isLong ? `${message.slice(0, MESSAGE_CHARACTERS)}…` : message,
  };
}
