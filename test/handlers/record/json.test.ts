import type { StandardSchemaV1 } from '@standard-schema/spec';
import * as z from 'zod';
import { ERROR_CODES } from '../../../contract/error-codes';
import { isOnceError, json } from '../../../handlers';

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

  test('names every issue with its path', async () => {
    const error = await failure(() => json(order).decode(bytes('{"lines":[{"quantity":1},{"quantity":1.5}]}')));

    if (!isOnceError(error)) throw error;
    expect(error.code).toBe(ERROR_CODES.valueInvalid);
    expect(error.errorClass).toBe('permanent');
    expect(error.message).toContain('zod');
    expect(error.message).toContain('id: ');
    expect(error.message).toContain('lines.1.quantity: ');
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

    expect(error.message).toContain('ours schema: lines.0.Symbol(s): wrong; bad');
  });

  test('takes an answer without issues as valid even when the value is undefined', async () => {
    const schema: StandardSchemaV1 = {
      '~standard': { version: 1, vendor: 'ours', validate: () => ({ value: undefined }) },
    };

    expect(await json(schema).decode(bytes('1'))).toBeUndefined();
  });
});
