import { createHash } from 'node:crypto';

/** So many of the latest claims of a partition are told from new ones. */
export const CLAIMANTS_KEPT = 24;

const CHARACTERS = 6;

/**
 * What is remembered of a claim's token, when it is the owner's no more. 36 bits: two tokens of the latest claims that
 * agree by chance cost a claim one more read, and nothing else.
 */
export function claimantOf(token: string): string {
  return createHash('sha256').update(token).digest('base64').slice(0, CHARACTERS);
}
