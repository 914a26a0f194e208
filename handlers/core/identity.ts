import { hash } from 'node:crypto';

/** What makes two records mean the same thing. */
export type Identity = string | number | bigint;

/** A non-empty string, a bigint or a finite number; 0 is a value (protocol C1). */
export function isIdentity(value: unknown): value is Identity {
  return (typeof value === 'string' && value !== '') || typeof value === 'bigint' || Number.isFinite(value);
}

/**
 * Key of the identity's item: a stock Powertools layer with `keyPrefix: '<consumer>#<topic>'` and
 * `hashFunction: 'sha256'` meets the same one.
 */
export function claimId(consumer: string, topic: string, identity: Identity): string {
  // JSON has no bigint, and 42n must not meet 42 or "42n".
  const text = typeof identity === 'bigint' ? `${identity}n` : JSON.stringify(identity);
  return `${consumer}#${topic}#${sha256(text)}`;
}

/** Base64 of SHA-256; a null (tombstone) is told from empty bytes. */
export function digestOf(bytes: Buffer | string | null): string {
  return bytes === null ? 'null' : sha256(bytes);
}

function sha256(content: Buffer | string): string {
  return hash('sha256', content, 'base64');
}
