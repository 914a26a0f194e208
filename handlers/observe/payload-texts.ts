import type { RawRecord } from '../record/parse-event';

/** Members of a value that are looked at, a level at a time. */
const LOOKED_AT = 10_000;
/** A name of a member, as a program gives it; others are payload. */
const NAME = /^[A-Za-z_$][A-Za-z_$-]{0,39}$/;

/**
 * The texts that a record holds, lazily: what its value came to, or its bytes where it came to nothing, its key, what
 * that came to, and its headers. Names of members are none.
 */
export function* payloadTexts(record: RawRecord, value: unknown, key?: unknown): Generator<string> {
  yield* value === undefined ? bytesTexts(record.value) : leavesOf(value);
  yield textOf(record.key);
  yield* leavesOf(key);
  for (const [, bytes] of record.headers) yield textOf(bytes);
}

function* bytesTexts(bytes: Buffer | null): Generator<string> {
  const text = textOf(bytes);
  try {
    yield* leavesOf(JSON.parse(text));
  } catch {
    yield text;
  }
}

function* leavesOf(root: unknown): Generator<string> {
  const queue = [root];
  const seen = new Set<unknown>();
  for (let index = 0; index < queue.length; index += 1) {
    const value = queue[index];
    if (index >= LOOKED_AT) {
      // As long as a text that is too large to be looked at.
      yield ' '.repeat(65_536);
      return;
    }
    if (typeof value === 'string') yield value;
    else if (typeof value === 'number' || typeof value === 'bigint') yield String(value);
    else if (value instanceof Date) yield Number.isNaN(value.getTime()) ? '' : value.toISOString();
    else if (value instanceof Uint8Array) yield textOf(value);
    else if (typeof value === 'object' && value !== null && !seen.has(value)) {
      seen.add(value);
      const members = value instanceof Map ? [...value].flat() : value instanceof Set ? [...value] : undefined;
      if (members) queue.push(...members);
      else {
        for (const [name, member] of Object.entries(value)) {
          if (!Array.isArray(value) && !NAME.test(name)) yield name;
          queue.push(member);
        }
      }
    }
  }
}

function textOf(bytes: Uint8Array | null | undefined): string {
  return bytes ? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8') : '';
}
