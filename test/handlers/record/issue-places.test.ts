import type { StandardSchemaV1 } from '@standard-schema/spec';
import type * as arktype from 'arktype' with { 'resolution-mode': 'import' };
import fc from 'fast-check';
import * as v from 'valibot';
import * as z from 'zod';
import * as mini from 'zod/mini';
import { issuePlaces, issueTexts } from '../../../handlers/record/issue-places';
import { esmPackage } from '../../support/esm-package';

const { type } = esmPackage<typeof arktype>('arktype');

async function issuesOf(schema: StandardSchemaV1, value: unknown) {
  const { issues } = await schema['~standard'].validate(value);
  if (issues === undefined) throw new Error('the value fits');
  return issues;
}

/** The same rules, as each of the validators writes them. */
const SCHEMAS: readonly [string, StandardSchemaV1][] = [
  [
    'zod',
    z.strictObject({
      amount: z.number(),
      totals: z.record(z.string(), z.number()),
      state: z.enum(['new']),
      mail: z.email(),
      items: z.array(z.object({ sku: z.string() })),
    }),
  ],
  [
    'zod/mini',
    mini.strictObject({
      amount: mini.number(),
      totals: mini.record(mini.string(), mini.number()),
      state: mini.enum(['new']),
      mail: mini.email(),
      items: mini.array(mini.object({ sku: mini.string() })),
    }),
  ],
  [
    'valibot',
    v.pipe(
      v.strictObject({
        amount: v.number(),
        totals: v.record(v.string(), v.number()),
        state: v.picklist(['new']),
        mail: v.pipe(v.string(), v.email()),
        items: v.array(v.object({ sku: v.string() })),
      }),
      v.check(() => true),
    ),
  ],
  [
    'arktype',
    type({
      '+': 'reject',
      amount: 'number',
      totals: { '[string]': 'number' },
      state: "'new'",
      mail: 'string.email',
      items: type({ sku: 'string' }).array(),
    }),
  ],
];

describe.each(SCHEMAS)('where a value does not fit its schema, with %s', (_name, schema) => {
  const good = { amount: 1, totals: {}, state: 'new', mail: 'a@b.example', items: [{ sku: 'x' }] };

  test('names what the schema declares, and the index of an array', async () => {
    const issues = await issuesOf(schema, { ...good, amount: 'one', items: [{ sku: 'x' }, { sku: 2 }] });

    expect(issuePlaces(schema, issues).split(', ').sort()).toEqual(['amount', 'items.1.sku']);
  });

  test('names a member that is missing', async () => {
    const { amount: _, ...rest } = good;

    expect(issuePlaces(schema, await issuesOf(schema, rest))).toBe('amount');
  });

  test('no value and no key of the payload is in it, whatever the record holds', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.stringMatching(/^[A-Z]{3}[0-9]{9,20}$|^[a-z]{12,20}$/),
        fc.subarray(['amount', 'totals', 'state', 'mail', 'items', 'unknown', 'root'], { minLength: 1 }),
        async (secret, wrong) => {
          const parts: Record<string, object> = {
            amount: { amount: secret },
            totals: { totals: { [secret]: secret } },
            state: { state: secret },
            mail: { mail: secret },
            items: { items: [{ sku: { [secret]: 1 } }, secret] },
            unknown: { [secret]: 1 },
          };
          const value = wrong.includes('root') ? secret : Object.assign({ ...good }, ...wrong.map((key) => parts[key]));
          const issues = await issuesOf(schema, value);

          expect(issuePlaces(schema, issues)).not.toContain(secret);
          expect(issuePlaces(schema, issues)).not.toBe('');
        },
      ),
      { numRuns: 100 },
    );
  });

  test('the texts for the letter say more', async () => {
    const issues = await issuesOf(schema, { ...good, amount: 'one' });

    expect(issueTexts(issues)).toMatch(/amount.*number/);
  });
});

describe('schemas that are no plain objects', () => {
  const own = (path: PropertyKey[], schema: object = {}): [StandardSchemaV1, StandardSchemaV1.Issue[]] => [
    { '~standard': { version: 1, vendor: 'own', validate: (value) => ({ value }) }, ...schema } as StandardSchemaV1,
    [{ message: 'no', path }],
  ];

  test('of one that shows nothing of itself every key is hidden', () => {
    expect(issuePlaces(...own(['customer', 3, 'name']))).toBe('*.3.*');
  });

  test('numbers that are no index, and symbols, are hidden', () => {
    expect(issuePlaces(...own([4_111_111_111_111_111, -1, 0.5, Symbol('secret')]))).toBe('*.*.*.*');
  });

  test('an index is nothing that a schema declares as a name', () => {
    expect(issuePlaces(...own(['1'], { names: ['a', 'b'] }))).toBe('*');
  });

  test('getters that throw, cycles and proxies do no harm', () => {
    const fails = () => {
      throw new Error('no');
    };
    const cycle: Record<string, unknown> = { hostile: new Proxy({}, { ownKeys: fails }) };
    Object.defineProperty(cycle, 'broken', { get: fails, enumerable: true });
    cycle.self = cycle;
    cycle.name = 1;

    expect(issuePlaces(...own(['name'], { cycle }))).toBe('name');
    expect(issuePlaces(...own(['name', 'other'], { cycle }))).toBe('name.*');
  });

  test('a schema without end is not walked to its end', () => {
    const endless = (): object => ({ get deeper() { return endless(); } }); // biome-ignore format: one line

    expect(issuePlaces(...own(['far'], { endless: endless() }))).toBe('*');
  });

  test('more places than fit are counted', () => {
    const [schema] = own([]);
    const issues = Array.from({ length: 14 }, (_, index) => ({ message: 'no', path: [index] }));

    expect(issuePlaces(schema, issues)).toBe('0, 1, 2, 3, 4, 5, 6, 7, 8, 9 and 4 more');
  });
});
