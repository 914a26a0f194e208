import { ERROR_CODES } from '../contract/error-codes';
import { TestingError } from './errors';

/** Bytes as they are, a string as UTF-8, anything else as its JSON; null stands for none at all. */
export type TestContent = string | Uint8Array | number | boolean | object | null;

/** The bytes that a producer would have written. */
export function bytesOf(content: unknown, place: string): Buffer | null {
  if (content === null) return null;
  if (typeof content === 'string') return Buffer.from(content, 'utf8');
  // Not instanceof: test runners with worlds of their own have several Uint8Arrays.
  if (ArrayBuffer.isView(content)) return Buffer.from(content.buffer, content.byteOffset, content.byteLength);
  const json = jsonOf(content, place);
  if (json === undefined) {
    throw new TestingError(
      ERROR_CODES.testInputInvalid,
      `${place} is ${content === undefined ? 'missing' : `a ${typeof content}`}; accepted is a string, a Buffer, what JSON can hold, or null for none`,
    );
  }
  return Buffer.from(json, 'utf8');
}

function jsonOf(content: unknown, place: string): string | undefined {
  try {
    return JSON.stringify(content);
  } catch (cause) {
    throw new TestingError(
      ERROR_CODES.testInputInvalid,
      `${place} has no JSON: ${cause instanceof Error ? cause.message : String(cause)}. Give its bytes as a Buffer`,
      { cause },
    );
  }
}
