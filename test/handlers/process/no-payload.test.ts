import fc from 'fast-check';
import * as z from 'zod';
import { json } from '../../../handlers';
import type { StoreFault } from '../../support/faulty-store';
import { event, ids, orders, world } from '../../support/virtual-world';

/** Text that occurs nowhere but in a payload. */
const secret = fc.stringMatching(/^[A-Z]{3}[0-9]{9,20}$/);

async function loggedBy(w: ReturnType<typeof world>, run: () => Promise<unknown>): Promise<string> {
  const error = await run().then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  const told = error instanceof Error ? [error.message, error.stack] : [];
  return JSON.stringify([w.logged, told]);
}

describe('no payload in any log line or error', () => {
  const schema = z.object({ id: z.string(), amount: z.number().optional(), tags: z.array(z.string()).optional() });
  const kinds = ['done', 'not JSON', 'invalid', 'invalid deep', 'throws', 'conflict', 'no identity'] as const;
  const fault = fc.constantFrom<StoreFault | undefined>(undefined, undefined, 'request lost', 'answer lost', 'refused');

  test('whatever goes wrong: values, keys, headers and identities stay out', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ kind: fc.constantFrom(...kinds), text: secret }), { minLength: 1, maxLength: 6 }),
        fault,
        fc.constantFrom('Orders-partial', 'Orders-throw'),
        async (records, storeFault, alias) => {
          const w = world({ faultOf: ({ nth }) => (nth === 1 ? storeFault : undefined) });
          const handler = w.handler({
            value: json(schema),
            order: 'none',
            identity: ({ value }) => (value.tags?.[0] === 'none' ? ({} as string) : value.id),
            process: ({ value }) => {
              if (value.amount === 1) throw new Error('an error of the user');
            },
          });
          const bytes = ({ kind, text }: (typeof records)[number]): Buffer => {
            if (kind === 'not JSON') return Buffer.from(`{"id": ${text}`);
            const value = {
              done: { id: text },
              invalid: { id: { [text]: text } },
              'invalid deep': { id: text, tags: [text, { [text]: 1 }] },
              throws: { id: text, amount: 1 },
              conflict: { id: text, amount: 2 },
              'no identity': { id: text, tags: ['none', text] },
            }[kind];
            return Buffer.from(JSON.stringify(value));
          };
          const batch = event({
            0: records.flatMap((record, index) => [
              {
                bytes: bytes(record),
                offset: 2 * index,
                key: record.text,
                headers: [{ h: [...Buffer.from(record.text)] }],
              },
              // The same identity with another payload.
              { value: { id: record.text, amount: 7 }, offset: 2 * index + 1 },
            ]),
          });

          const logged = await loggedBy(w, () => handler(batch, w.context(60_000, alias)));

          for (const { text } of records) {
            expect(logged).not.toContain(text);
            expect(logged).not.toContain(Buffer.from(text).toString('base64').slice(0, 10));
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  test('an event that is refused is not quoted either', async () => {
    await fc.assert(
      fc.asyncProperty(secret, fc.constantFrom('value', 'key'), async (text, field) => {
        const w = world();
        const batch = event({ 0: [{ ...ids('a')[0], [field]: undefined, offset: 0 }] });
        Object.assign(batch.records['orders-0']?.[0] ?? {}, { [field]: `${text}!` });

        const logged = await loggedBy(w, () => w.handler(orders(() => undefined))(batch, w.context()));

        expect(logged).not.toContain(text);
      }),
      { numRuns: 30 },
    );
  });
});
