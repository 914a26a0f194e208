/** Writes each effect to a file, after a while. */
import { appendFileSync, existsSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { processRecords, text } from '../../../handlers';

const { EFFECTS = '', REMEMBER } = process.env;

export const handler = processRecords({
  value: text(),
  ...(REMEMBER === 'identity' && { identity: ({ value }: { readonly value: string }) => value }),
  leaseMs: 6_000,
  async process({ value, attempt, signal }) {
    if (value === 'deaf' && !existsSync(`${EFFECTS}.deaf`)) {
      writeFileSync(`${EFFECTS}.deaf`, '');
      // Ignores its signal: nothing but the end of the process ends it.
      await new Promise(() => undefined);
    }
    await delay(400, undefined, { signal });
    appendFileSync(EFFECTS, `${value} ${attempt}\n`);
  },
});
