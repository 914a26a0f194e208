import type { Letter, LetterPointer } from '../../contract/letter';

/** A document as it is stored. */
export interface LetterText {
  readonly text: string;
  /** In UTF-8. */
  readonly bytes: number;
}

/** JSON leaves these as they are, and a message may not hold them. Source: SQS API Reference, SendMessage, MessageBody. */
const NOT_IN_MESSAGES = /[\uFFFE\uFFFF]/g;

export function letterText(document: Letter | LetterPointer): LetterText {
  const text = JSON.stringify(document).replace(
    NOT_IN_MESSAGES,
    (character) => String.raw`\u${character.charCodeAt(0).toString(16)}`,
  );
  return { text, bytes: Buffer.byteLength(text) };
}
