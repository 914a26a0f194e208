/** Writes each effect to a file. For the record `poison` there is none: it fails for ever. */
import { appendFileSync } from 'node:fs';
import { processRecords, text } from '../../../handlers';

const { EFFECTS = '', MAX_ATTEMPTS, REMEMBER, STAND_IN_KEYS = '{}' } = process.env;
// A worker has the keys of the local database, and the stand-in for buckets knows others.
Object.assign(process.env, JSON.parse(STAND_IN_KEYS));

export const handler = processRecords({
  value: text(),
  ...(REMEMBER === 'identity' && { identity: ({ value }: { readonly value: string }) => value }),
  retries: 0,
  maxAttempts: Number(MAX_ATTEMPTS),
  process({ value, attempt }) {
    if (value === 'poison') throw new Error('There is no such order');
    appendFileSync(EFFECTS, `${value} ${attempt}\n`);
  },
});
