import type { Letter, LetterPointer } from '../../contract/letter';
import { LETTER_POINTER_FORMAT } from '../../contract/letter';
import { readLetter } from '../../handlers/dead-letters/read-letter';
import { parseEvent } from '../../handlers/record/parse-event';
import { isPassing, reasonOf } from './aws-errors';
import { eventOf } from './events';
import { hasOwnId } from './letter-id';

/** What one document is: a letter that can be redriven, the way to one, or the reason why it is neither. */
export type Document =
  | { readonly kind: 'letter'; readonly letter: Letter }
  | { readonly kind: 'pointer'; readonly pointer: LetterPointer }
  | { readonly kind: 'unreadable'; readonly reason: string; readonly later?: true };

/** Reads a document of a queue or bucket. A letter is checked so far that no other letter of its event suffers from it. */
export function readDocument(body: string): Document {
  try {
    const document = readLetter(body);
    if (document.mskOnce === LETTER_POINTER_FORMAT) return { kind: 'pointer', pointer: document };
    if (!hasOwnId(document)) return unreadable('its id is not that of its record: somebody has changed it');
    parseEvent(eventOf([document]));
    return { kind: 'letter', letter: document };
  } catch (error) {
    return unreadable((error as Error).message);
  }
}

/** Reads what a pointer leads to. */
export function readPointed(body: string, { id }: LetterPointer): Document {
  const document = readDocument(body);
  if (document.kind === 'pointer') return unreadable('its pointer leads to another pointer');
  if (document.kind === 'letter' && document.letter.id !== id) {
    return unreadable(`its pointer is of the letter ${id}, and leads to ${document.letter.id}`);
  }
  return document;
}

/** What the request for an object rejected with. */
export function unreadableObject(at: string, error: unknown): Document {
  const reason = `the object ${at} cannot be read: ${reasonOf(error)}`;
  return { kind: 'unreadable', reason, ...(isPassing(error) && { later: true }) };
}

const unreadable = (reason: string): Document => ({ kind: 'unreadable', reason });
