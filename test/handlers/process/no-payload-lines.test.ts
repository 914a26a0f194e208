import type * as arktype from 'arktype' with { 'resolution-mode': 'import' };
import fc from 'fast-check';
import * as v from 'valibot';
import * as z from 'zod';
import { json } from '../../../handlers';
import { observationOf } from '../../../handlers/observe/observation';
import { esmPackage } from '../../support/esm-package';
import { event, world } from '../../support/virtual-world';

const { type } = esmPackage<typeof arktype>('arktype');

/** The same rules by three validators: two of them quote the value, one quotes unknown keys. */
const SCHEMAS = {
  zod: z.strictObject({ id: z.string(), state: z.enum(['new']), totals: z.record(z.string(), z.number()) }),
  valibot: v.strictObject({ id: v.string(), state: v.picklist(['new']), totals: v.record(v.string(), v.number()) }),
  arktype: type({ '+': 'reject', id: 'string', state: "'new'", totals: { '[string]': 'number' } }),
};

/** What a record does, with a text that occurs nowhere but in payload. */
const KINDS = {
  'not JSON': (text: string) => `{"id": ${text}`,
  'wrong state': (text: string) => ({ id: 'a', state: text, totals: {} }),
  'wrong key': (text: string) => ({ id: 'a', state: 'new', totals: { [text]: text } }),
  'unknown key': (text: string) => ({ id: 'a', state: 'new', totals: {}, [text]: 1 }),
  quoted: (text: string) => ({ id: text, state: 'new', totals: { throw: 1 } }),
  cause: (text: string) => ({ id: text, state: 'new', totals: { cause: 1 } }),
  done: (text: string) => ({ id: text, state: 'new', totals: {} }),
};

test('no line of the log and of the metrics holds payload, whatever quotes it', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...(Object.keys(SCHEMAS) as (keyof typeof SCHEMAS)[])),
      fc.array(
        fc.record({
          kind: fc.constantFrom(...(Object.keys(KINDS) as (keyof typeof KINDS)[])),
          text: fc.stringMatching(/^[A-Z]{3}[0-9]{9,20}$/),
        }),
        { minLength: 1, maxLength: 6 },
      ),
      fc.constantFrom('Orders-partial', 'Orders-throw'),
      async (vendor, records, alias) => {
        const w = world();
        const lines: string[] = [];
        const observation = observationOf({}, w.time.clock.now, (line) => lines.push(line));
        const handler = w.handler(
          {
            value: json(SCHEMAS[vendor] as typeof SCHEMAS.zod),
            order: 'none',
            retries: 0,
            process: ({ value }) => {
              if ('throw' in value.totals) throw new Error(`declined for ${value.id}`);
              if ('cause' in value.totals) throw new Error('declined', { cause: new Error(value.id.slice(0, 8)) });
            },
          },
          observation,
        );
        const batch = event({
          0: records.map(({ kind, text }, offset) => {
            const value = KINDS[kind](text);
            return { bytes: Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)), offset, key: text };
          }),
        });

        const error = await handler(batch, w.context(60_000, alias)).catch((thrown: Error) => thrown);

        const told = [...lines, error instanceof Error ? error.stack : ''].join('\n');
        expect(lines.filter((line) => line.includes('"msk-once invocation"'))).toHaveLength(1);
        expect(lines.filter((line) => line.includes('"_aws"'))).toHaveLength(1);
        for (const { text } of records) {
          expect(told).not.toContain(text.slice(0, 8));
          expect(told).not.toContain(Buffer.from(text).toString('base64').slice(0, 10));
        }
      },
    ),
    { numRuns: 100 },
  );
});
