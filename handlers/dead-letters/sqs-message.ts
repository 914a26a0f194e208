import { createHash } from 'node:crypto';
import type { Letter } from '../../contract/letter';
import type { LetterText } from './letter-text';
import type { QueuePlace } from './place';

/** A message that a queue is to take. */
export interface Message extends LetterText {
  /** Place of its letter in the call. */
  readonly index: number;
  readonly letter: Letter;
  /** It says where the letter is. */
  readonly isPointer: boolean;
}

export interface MessageEntry {
  readonly Id: string;
  readonly MessageBody: string;
  readonly MessageGroupId?: string;
  readonly MessageDeduplicationId?: string;
}

/** `id` is of the request alone. A FIFO queue keeps the order of each partition, and takes a letter once. */
export function messageEntry({ text, letter }: Message, id: string, { isFifo }: QueuePlace): MessageEntry {
  const entry = { Id: id, MessageBody: text };
  if (!isFifo) return entry;
  const { topic, partition } = letter.record;
  return {
    ...entry,
    MessageGroupId: groupId(`${topic}-${partition}`),
    MessageDeduplicationId: digest(letter.id),
  };
}

/** Characters, and all that a topic's name holds is allowed. Source: SQS API Reference, SendMessageBatchRequestEntry. */
const GROUP_CHARACTERS = 128;

const groupId = (name: string) => (name.length <= GROUP_CHARACTERS ? name : digest(name));
const digest = (text: string) => createHash('sha256').update(text).digest('hex');
