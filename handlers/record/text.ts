import { valueUndecodable } from '../errors';
import type { Codec } from './codec';
import { readUtf8 } from './utf8';

const NAME = 'UTF-8 text';

/**
 * Decodes text in UTF-8; a byte order mark is not part of it. Bytes that are not UTF-8 are a permanent error of their
 * record, and never become replacement characters.
 */
export function text(): Codec<string> {
  return {
    name: NAME,
    decode(bytes) {
      try {
        return readUtf8(bytes);
      } catch {
        throw valueUndecodable({ codec: NAME, bytes: bytes.length, reason: 'its bytes are not valid UTF-8' });
      }
    },
  };
}
