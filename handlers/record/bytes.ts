import type { Codec } from './codec';

/** Hands the value over as it is. */
export function bytes(): Codec<Buffer> {
  return { name: 'bytes', decode: (value) => value };
}
