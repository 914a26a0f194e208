import type { StandardSchemaV1 } from '@standard-schema/spec';
import type * as arktype from 'arktype' with { 'resolution-mode': 'import' };
import fc from 'fast-check';
import * as v from 'valibot';
import * as z from 'zod';
import { ERROR_CODES } from '../../../contract/error-codes';
import { isOnceError, json } from '../../../handlers';
import { esmPackage } from '../../support/esm-package';

const { type } = esmPackage<typeof arktype>('arktype');

const bytes = (text: string) => Buffer.from(text);

/** The error that decoding ends with, now or later. */
async function failure(act: () => unknown): Promise<Error> {
  try {
    await act();
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error('it was decoded');
}

describe('json()', () => {
  test.each<[string, unknown]>([
    ['{"a":[1,null,"x"]}', { a: [1, null, 'x'] }],
    ['0', 0],
    ['""', ''],
    ['null', null],
    [' \n[1]\t', [1]],
    ['{"ünï":"🧨"}', { ünï: '🧨' }],
    ['"\\ud83e\\udde8"', '🧨'],
    // A byte order mark is not part of the text.
    ['\ufeff{"a":1}', { a: 1 }],
  ])('decodes %p', async (text, expected) => {
    expect(await json().decode(bytes(text))).toEqual(expected);
  });

  test.each<[string, Buffer]>([
    ['no bytes', Buffer.alloc(0)],
    ['text that is not JSON', bytes('order 4711')],
    ['half an object', bytes('{"a":')],
    ['two documents', bytes('{}{}')],
    ['bytes that are not UTF-8', Buffer.from([0x22, 0xff, 0xfe, 0x22])],
    ['a cut character', Buffer.from([0x22, 0xc3, 0x22])],
    ['UTF-16', Buffer.from('{"a":1}', 'utf16le')],
    ['Latin-1', Buffer.from('"é"', 'latin1')],
    ['NaN', bytes('NaN')],
  ])('refuses %s as a permanent error of the record', async (_, value) => {
    const error = await failure(() => json().decode(value));

    if (!isOnceError(error)) throw error;
    expect(error.code).toBe(ERROR_CODES.valueUndecodable);
    expect(error.errorClass).toBe('permanent');
    expect(error.message).toContain(`${value.length} bytes`);
  });

  test('quotes nothing of a text that is not JSON', async () => {
    const error = await failure(() => json().decode(bytes('{"card": 4111111111111111, secret}')));

    expect(error.message).not.toMatch(/4111|secret|card/);
    expect(String(error.stack)).not.toMatch(/4111|secret|card/);
    expect(error.cause).toBeUndefined();
  });

  test('does not let a document write to the prototype of objects', async () => {
    await json().decode(bytes('{"__proto__":{"polluted":true}}'));

    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });
});

describe('json(schema)', () => {
  const order = z.object({ id: z.string(), lines: z.array(z.object({ quantity: z.int() })) });

  test('gives what the schema puts out, not what came in', async () => {
    const schema = z.object({ at: z.string().transform((text) => new Date(text)), note: z.string().default('none') });

    const value = await json(schema).decode(bytes('{"at":"2026-11-02T08:00:00Z","more":1}'));

    expect(value).toEqual({ at: new Date('2026-11-02T08:00:00Z'), note: 'none' });
  });

  test('names the place of every issue', async () => {
    const error = await failure(() => json(order).decode(bytes('{"lines":[{"quantity":1},{"quantity":1.5}]}')));

    if (!isOnceError(error)) throw error;
    expect(error.code).toBe(ERROR_CODES.valueInvalid);
    expect(error.errorClass).toBe('permanent');
    expect(error.message).toContain('zod schema at id, lines.1.quantity');
  });

  test('quotes nothing of the value', async () => {
    const value = bytes('{"id":{"secret":"4111111111111111"},"lines":"4111111111111111"}');

    const error = await failure(() => json(order).decode(value));

    expect(error.message).not.toMatch(/4111|secret/);
  });

  test('waits for a schema that validates later', async () => {
    const later = z.object({ id: z.string().refine(async (id) => id !== 'bad') });

    expect(await json(later).decode(bytes('{"id":"good"}'))).toEqual({ id: 'good' });
    await expect(json(later).decode(bytes('{"id":"bad"}'))).rejects.toThrow(ERROR_CODES.valueInvalid);
  });

  test('reads paths of any Standard Schema: keys, numbers, symbols and segments', async () => {
    const path = ['lines', { key: 0 }, Symbol('s')];
    const schema: StandardSchemaV1 = {
      '~standard': {
        version: 1,
        vendor: 'ours',
        validate: () => ({ issues: [{ message: 'wrong', path }, { message: 'bad' }] }),
      },
    };

    const error = await failure(() => json(schema).decode(bytes('{}')));

    // Of a schema that shows nothing of itself a key may be payload.
    expect(error.message).toContain('ours schema at *.0.*, (the value itself)');
    expect(error.cause).toMatchObject({ message: 'lines.0.Symbol(s): wrong; bad' });
  });

  test('takes an answer without issues as valid even when the value is undefined', async () => {
    const schema: StandardSchemaV1 = {
      '~standard': { version: 1, vendor: 'ours', validate: () => ({ value: undefined }) },
    };

    expect(await json(schema).decode(bytes('1'))).toBeUndefined();
  });
});

/** One order, as each of the validators writes it: a text that must be a date becomes one. */
const SCHEMAS: readonly [
  name: string,
  at: 'now' | 'later',
  schema: StandardSchemaV1<unknown, { id: string; at: Date }>,
][] = [
  ['zod', 'now', z.object({ id: z.string(), at: z.iso.datetime().transform((text) => new Date(text)) })],
  [
    'zod',
    'later',
    z.object({
      id: z.string().refine(async (id) => id !== ''),
      at: z.iso.datetime().transform((text) => new Date(text)),
    }),
  ],
  [
    'valibot',
    'now',
    v.object({
      id: v.string(),
      at: v.pipe(
        v.string(),
        v.isoTimestamp(),
        v.transform((text) => new Date(text)),
      ),
    }),
  ],
  [
    'valibot',
    'later',
    v.objectAsync({
      id: v.pipeAsync(
        v.string(),
        v.checkAsync(async (id) => id !== ''),
      ),
      at: v.pipe(
        v.string(),
        v.isoTimestamp(),
        v.transform((text) => new Date(text)),
      ),
    }),
  ],
  ['arktype', 'now', type({ id: 'string', at: 'string.date.iso.parse' })],
  ['arktype', 'later', validatingLater(type({ id: 'string', at: 'string.date.iso.parse' }))],
];

/** arktype has no checks that take their time, so its answer is made to come later. */
function validatingLater<Schema extends StandardSchemaV1>(schema: Schema): Schema {
  const { validate, ...rest } = schema['~standard'];
  return Object.create(schema, {
    '~standard': { value: { ...rest, validate: async (value: unknown) => validate(value) } },
  });
}

describe.each(SCHEMAS)('json() with a schema of %s that validates %s', (vendor, at, schema) => {
  const good = bytes('{"id":"o-1","at":"2026-11-02T08:00:00.000Z","more":1}');

  test('gives what the schema puts out', async () => {
    const decoded = json(schema).decode(good);

    expect(decoded instanceof Promise).toBe(at === 'later');
    expect(await decoded).toMatchObject({ id: 'o-1', at: new Date('2026-11-02T08:00:00.000Z') });
  });

  test('an unfit value is a permanent error that names vendor and place, and holds nothing of the value', async () => {
    await fc.assert(
      fc.asyncProperty(fc.stringMatching(/^[A-Z]{4}[0-9]{9,20}$/), async (secret) => {
        const error = await failure(() => json(schema).decode(bytes(JSON.stringify({ id: 4, at: secret }))));

        expect(error).toMatchObject({ code: ERROR_CODES.valueInvalid, errorClass: 'permanent' });
        expect(error.message).toMatch(new RegExp(`${vendor} schema at .*at`));
        expect(error.message).not.toContain(secret);
      }),
      { numRuns: 20 },
    );
  });
});
