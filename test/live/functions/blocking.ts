/** Writes each effect to a file. The record `blocks` never lets anything else run again. */
import { appendFileSync } from 'node:fs';
import { processRecords, text } from '../../../handlers';

const { EFFECTS = '', STAND_IN_KEYS = '{}' } = process.env;
Object.assign(process.env, JSON.parse(STAND_IN_KEYS));

export const handler = processRecords({
  value: text(),
  leaseMs: 1_000,
  clockSkewMs: 100,
  maxAttempts: 1,
  process({ value, attempt }) {
    if (value === 'blocks') for (;;);
    appendFileSync(EFFECTS, `${value} ${attempt}\n`);
  },
});
