import type { Letter } from '../../contract/letter';
import type { DatabaseRequest } from '../../local/dynamodb/recorder';

interface LetterEntry {
  readonly Id: string;
  readonly MessageBody: string;
}

/** Whether the request goes to the queue of dead letters. */
export const isLetters = ({ operation }: DatabaseRequest) => operation === 'SendMessageBatch';

export function lettersIn(request: DatabaseRequest): readonly LetterEntry[] {
  return isLetters(request) ? (request.input.Entries as readonly LetterEntry[]) : [];
}

/** Of the record that the letter is about; what cannot be read is about none. */
export function nameInLetter({ MessageBody }: LetterEntry): string {
  try {
    const { topic, partition, offset } = (JSON.parse(MessageBody) as Letter).record;
    return `${topic}-${partition}@${offset}`;
  } catch {
    return '';
  }
}
