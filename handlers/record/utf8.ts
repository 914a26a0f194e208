const decoder = new TextDecoder('utf-8', { fatal: true });

/** Throws a TypeError where the bytes are not UTF-8; a byte order mark at the front is left out. */
export function readUtf8(bytes: Uint8Array): string {
  return decoder.decode(bytes);
}
