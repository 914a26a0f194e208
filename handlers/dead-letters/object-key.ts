import { createHash } from 'node:crypto';

/** Bytes. Source: S3 User Guide, "Naming Amazon S3 objects". */
const KEY_BYTES = 1_024;
/** As in the names of Kafka's own segment files: a listing is in the order of the offsets. */
const OFFSET_DIGITS = 20;

/**
 * Where in the bucket the letter with that id is: `<prefix>/parked/<consumer>/<source>/<generation>/<topic>/<partition>/
 * <offset>.json`. Two ids never share a key. A name that would be too long is replaced by its digest.
 */
export function objectKey(prefix: string, id: string): string {
  const folder = prefix === '' ? '' : `${prefix}/`;
  const parts = id.split('#').map(safe);
  const last = (parts.pop() as string).padStart(OFFSET_DIGITS, '0');
  const key = `${folder}${[...parts, last].join('/')}.json`;
  if (Buffer.byteLength(key) <= KEY_BYTES) return key;
  return `${folder}parked/long-names/${createHash('sha256').update(id).digest('hex')}.json`;
}

/** Source of what is safe: S3 User Guide, "Object key naming guidelines"; `!` is left to mark what is not. */
const UNSAFE = /[^A-Za-z0-9_.*'()-]/gu;

function safe(part: string): string {
  if (part === '') return '!';
  // A path of dots is taken for a direction by tools that copy buckets.
  if (/^\.+$/.test(part)) return part.replaceAll('.', '!2E');
  return part.replace(UNSAFE, (character) =>
    [...Buffer.from(character)].map((byte) => `!${byte.toString(16).toUpperCase().padStart(2, '0')}`).join(''),
  );
}
