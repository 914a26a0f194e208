import { type MarkedJson, parseMarked } from './marked-json';

/** A record's value as the filters see it. */
export type RecordValue =
  | { readonly format: 'json'; readonly document: MarkedJson }
  /** UTF-8, but not JSON. */
  | { readonly format: 'string'; readonly text: string }
  | { readonly format: 'bytes' };

const UTF_8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export function readRecordValue(value: Buffer): RecordValue {
  let text: string;
  try {
    text = UTF_8.decode(value);
  } catch {
    return { format: 'bytes' };
  }
  const document = parseMarked(text);
  return document === undefined ? { format: 'string', text } : { format: 'json', document };
}
