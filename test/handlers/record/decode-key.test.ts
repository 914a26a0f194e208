import * as z from 'zod';
import { ERROR_CODES } from '../../../contract/error-codes';
import { type Codec, json, OutageError, TransientError, text } from '../../../handlers';
import { avro } from '../../../handlers/avro';
import { decodeKey } from '../../../handlers/record/decode-key';
import { refusalOf } from '../../support/refusal-of';

const record = (key: string | undefined, keySchemaMetadata?: { dataFormat: string; schemaId: string }) => ({
  key: key === undefined ? undefined : Buffer.from(key, 'latin1'),
  delivered: keySchemaMetadata ? { keySchemaMetadata } : {},
});

test('a key is decoded, now or later, with the metadata of the key', async () => {
  const schema = { type: 'record', name: 'Key', fields: [{ name: 'id', type: 'string' }] };
  const later = json(z.object({ id: z.string().refine(async () => true) }));

  expect(decodeKey(record('k1'), text())).toBe('k1');
  expect(await decodeKey(record('{"id":"a"}'), later)).toEqual({ id: 'a' });
  expect(decodeKey(record('{"id":"a"}', { dataFormat: 'AVRO', schemaId: '7' }), avro({ schema }))).toEqual({ id: 'a' });
});

test('a record without a key asks no codec; a key of no bytes is a key', () => {
  const never: Codec<string> = {
    name: 'never',
    decode: () => {
      throw new Error('asked');
    },
  };

  expect(decodeKey(record(undefined), never)).toBeUndefined();
  expect(decodeKey(record(''), text())).toBe('');
});

test.each<[string, Codec<unknown>]>([
  ['at once', text()],
  ['later', { name: 'UTF-8 text', decode: async (bytes) => text().decode(bytes) }],
  ['in its own way', { name: 'UTF-8 text', decode: () => Promise.reject(new RangeError('secret')) }],
])(
  'a key that its codec refuses %s is a permanent error that speaks of the key and quotes nothing',
  async (_, codec) => {
    const error = await refusalOf(() => decodeKey(record('secret\xff'), codec));

    expect(error).toMatchObject({ code: ERROR_CODES.keyUndecodable, errorClass: 'permanent' });
    expect(error.message).toContain('The key (7 bytes) is not UTF-8 text');
    expect(error.message).not.toContain('secret');
    expect(error.cause).toBeInstanceOf(Error);
  },
);

test.each([new TransientError('later'), new OutageError('down')])('%s stays what it says', async (said) => {
  const codec: Codec<string> = { name: 'own', decode: () => Promise.reject(said) };

  await expect(decodeKey(record('k'), codec)).rejects.toBe(said);
});
