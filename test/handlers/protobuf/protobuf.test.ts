import { deflateSync } from 'node:zlib';
import fc from 'fast-check';
import protobufjs from 'protobufjs';
import * as z from 'zod';
import { ERROR_CODES } from '../../../contract/error-codes';
import { type ProtobufType, protobuf } from '../../../handlers/protobuf';
import { refusalOf } from '../../support/refusal-of';

const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex');

const { root } = protobufjs.parse(`
  syntax = "proto3";
  package shop;
  message Test1 { int32 a = 1; string b = 2; }
  message Order {
    string id = 1;
    int64 total = 2;
    uint64 serial = 3;
    sint64 balance = 4;
    fixed64 hash = 5;
    sfixed64 delta = 6;
    bytes raw = 7;
    repeated int32 lines = 8;
    map<string, int64> sums = 9;
    optional string note = 10;
    State state = 11;
    Customer customer = 12;
    double rate = 13;
    bool paid = 14;
    oneof payment { string card = 15; string iban = 16; }
    enum State { NEW = 0; PAID = 1; }
    message Customer { string name = 1; }
  }
  message List { List next = 1; }
`);
const TEST1 = root.lookupType('shop.Test1');
const ORDER = root.lookupType('shop.Order');

/** The messages of the documentation of the encoding, and their bytes there. */
const DOC_BYTES = hex('08 96 01 12 07 74 65 73 74 69 6e 67');
const DOC_VALUE = { a: 150, b: 'testing' };
const UUID = 'b7b4a7f0-9c96-4e4a-a687-fb5de9ef0c63';
const UUID_HEX = UUID.replaceAll('-', '');
const encode = (value: object, type = ORDER) => Buffer.from(type.encode(type.fromObject(value)).finish());

const INT64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
const UINT64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
const TEXT = fc.string({ unit: 'grapheme' });
const ORDERS = fc.record({
  id: TEXT,
  total: INT64,
  serial: UINT64,
  balance: INT64,
  hash: UINT64,
  delta: INT64,
  raw: fc.uint8Array({ maxLength: 9 }).map((bytes) => Buffer.from(bytes)),
  lines: fc.array(fc.integer(), { maxLength: 4 }),
  sums: fc.dictionary(
    TEXT.filter((key) => key !== '__proto__'),
    INT64,
    { noNullPrototype: true },
  ),
  state: fc.constantFrom('NEW', 'PAID'),
  customer: fc.option(fc.record({ name: TEXT })),
  rate: fc.double({ noNaN: true, noDefaultInfinity: true }).map((rate) => rate + 0),
  paid: fc.boolean(),
});
/** As protobufjs takes it: 64-bit integers as text. */
const asWritten = (order: object) =>
  JSON.parse(
    JSON.stringify(order, (_, part) => (typeof part === 'bigint' ? String(part) : part)),
    (_, part) => (part?.type === 'Buffer' ? Buffer.from(part.data) : part),
  );

describe('protobuf({ type })', () => {
  test('reads the bytes of the documentation', () => {
    expect(protobuf({ type: TEST1 }).decode(DOC_BYTES)).toEqual(DOC_VALUE);
  });

  test('reads every message as protobufjs wrote it, its 64-bit integers exactly', () => {
    fc.assert(
      fc.property(ORDERS, (order) => {
        expect(protobuf({ type: ORDER }).decode(encode(asWritten(order)))).toEqual(order);
      }),
      { numRuns: 300 },
    );
  });

  test('what is not there gets its default, and what is optional is left out', () => {
    const empty = {
      id: '',
      total: 0n,
      serial: 0n,
      balance: 0n,
      hash: 0n,
      delta: 0n,
      raw: Buffer.alloc(0),
      lines: [],
      sums: {},
      state: 'NEW',
      customer: null,
      rate: 0,
      paid: false,
    };

    // A message without a byte is one: the first of its file, with every default.
    expect(protobuf({ type: ORDER }).decode(Buffer.alloc(0))).toEqual(empty);
    expect(protobuf({ type: ORDER, defaults: false }).decode(Buffer.alloc(0))).toEqual({});
    expect(protobuf({ type: ORDER, defaults: false }).decode(encode({ note: '', iban: 'x' }))).toEqual({
      note: '',
      iban: 'x',
    });
  });

  test('values are plain objects, their bytes Buffers', () => {
    const value = protobuf<{ raw: Buffer; customer: object }>({ type: ORDER }).decode(
      encode({ raw: Buffer.from('a'), customer: { name: 'b' } }),
    ) as { raw: Buffer; customer: object };

    expect(Buffer.isBuffer(value.raw)).toBe(true);
    for (const part of [value, value.customer]) expect(Object.getPrototypeOf(part)).toBe(Object.prototype);
  });

  test('a field that the type does not know is passed over', () => {
    expect(protobuf({ type: TEST1 }).decode(Buffer.concat([DOC_BYTES, hex('9a 06 01 61')]))).toEqual(DOC_VALUE);
  });

  test.each([
    ['a cut message', '08 96 01 12 07 74 65'],
    ['a field without its value', '08'],
    ['the field number 0', '08 96 01 00'],
    ['a wire type that there is none of', '08 96 01 0f'],
    ['the end of a group that nothing began', '08 96 01 0c'],
    ['text that is not UTF-8', '12 02 c3 28'],
    ['an integer without end', '08 ffffffffffffffffffff'],
  ])('%s is a permanent error that says codec and bytes', async (_, bytes) => {
    const error = await refusalOf(() => protobuf({ type: TEST1 }).decode(hex(bytes)));

    expect(error).toMatchObject({ code: ERROR_CODES.valueUndecodable, errorClass: 'permanent' });
    expect(error.message).toContain(`The value (${hex(bytes).length} bytes) is not Protobuf: `);
  });

  test('a message nested without end is refused', async () => {
    let bytes = Buffer.alloc(0);
    for (let depth = 0; depth < 5_000; depth += 1) {
      const writer = protobufjs.Writer.create().uint32(10).bytes(bytes);
      bytes = Buffer.from(writer.finish());
    }

    await refusalOf(() => protobuf({ type: root.lookupType('shop.List') }).decode(bytes));
  });

  test('whatever bytes come, the record has a value or a permanent error', async () => {
    const codecs = (['plain', 'confluent', 'glue'] as const).map((wire) => protobuf({ type: ORDER, wire }));
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 60 }), fc.nat(3), async (random, at) => {
        const bytes = Buffer.from(random);
        if (at > 0 && bytes.length > 0) bytes[0] = at === 1 ? 0 : 3;
        for (const codec of codecs) {
          const outcome = await Promise.resolve()
            .then(() => codec.decode(bytes))
            .then(
              () => 'a value',
              (error) => `${error.code} ${error.errorClass}`,
            );

          expect(['a value', 'MSK_ONCE_VALUE_UNDECODABLE permanent']).toContain(outcome);
        }
      }),
      { numRuns: 1_000 },
    );
  });

  test('errors quote nothing of the message', async () => {
    await fc.assert(
      fc.asyncProperty(fc.stringMatching(/^[A-Z]{6,20}$/), async (secret) => {
        const bytes = encode({ id: secret });
        const error = await refusalOf(() => protobuf({ type: ORDER }).decode(bytes.subarray(0, -1)));

        expect(`${error.message} ${error.stack} ${error.cause}`).not.toContain(secret);
      }),
    );
  });

  test('a wrong option is refused where the codec is made', () => {
    const make = (options: object) => () => protobuf({ type: ORDER, ...options });

    expect(make({ type: 'shop.Order' })).toThrow(/protobuf\(\): type is "shop.Order"; accepted is a message type/);
    expect(make({ type: undefined })).toThrow(ERROR_CODES.optionsInvalid);
    expect(make({ wire: 'kafka' })).toThrow(/wire is "kafka"/);
    for (const message of [-1, 0.5, [], ['0'], null]) expect(make({ message })).toThrow(/message is/);
    expect(make({ longs: 'string' })).toThrow(/longs is "string"/);
  });
});

describe("longs: 'number'", () => {
  const codec = protobuf({ type: ORDER, longs: 'number', defaults: false });

  test('gives numbers where they are exact, in every place', () => {
    const order = { total: '9007199254740991', balance: '-9007199254740991', hash: '7', sums: { a: '1' }, lines: [1] };

    expect(codec.decode(encode({ ...order, raw: Buffer.from('a') }))).toEqual({
      total: 2 ** 53 - 1,
      balance: -(2 ** 53) + 1,
      hash: 7,
      sums: { a: 1 },
      lines: [1],
      raw: Buffer.from('a'),
    });
  });

  test.each([
    { total: '9007199254740992' },
    { serial: '18446744073709551615' },
    { balance: '-9007199254740993' },
    { sums: { a: '9007199254740993' } },
  ])('%j is refused, never rounded, and the remedy named', async (order) => {
    const error = await refusalOf(() => codec.decode(encode(order)));

    expect(error).toMatchObject({ code: ERROR_CODES.valueUndecodable, errorClass: 'permanent' });
    expect(error.message).toContain("longs: 'bigint'");
  });
});

describe('wire formats', () => {
  const framed = (header: string) => Buffer.concat([hex(header), DOC_BYTES]);

  test("Confluent's, with its message indexes", () => {
    const decode = (header: string, message?: number | number[]) =>
      protobuf({ type: TEST1, wire: 'confluent', ...(message !== undefined && { message }) }).decode(framed(header));

    expect(decode('00 00000064 00')).toEqual(DOC_VALUE);
    expect(decode('00 00000064 02 00')).toEqual(DOC_VALUE);
    expect(decode('00 00000064 02 04', 2)).toEqual(DOC_VALUE);
    expect(decode('00 00000064 04 02 00', [1, 0])).toEqual(DOC_VALUE);
  });

  test("Glue's, with its message index, and compressed", () => {
    const glue = protobuf({ type: TEST1, wire: 'glue', message: 3 });
    const deflated = deflateSync(Buffer.concat([hex('03'), DOC_BYTES]));

    expect(glue.decode(framed(`03 00 ${UUID_HEX} 03`))).toEqual(DOC_VALUE);
    expect(glue.decode(Buffer.concat([hex(`03 05 ${UUID_HEX}`), deflated]))).toEqual(DOC_VALUE);
  });

  test('another message of the file is refused, though its bytes could be read', async () => {
    const error = await refusalOf(() =>
      protobuf({ type: TEST1, wire: 'confluent' }).decode(framed('00 00000064 02 02')),
    );

    expect(error.message).toContain('it is the message 1 of its file, and the type stands for 0 (message: 1)');
  });

  test('a header that nobody has declared is named', async () => {
    const error = await refusalOf(() => protobuf({ type: TEST1 }).decode(framed('00 00000064 00')));

    expect(error.message).toContain("(wire: 'confluent')");
  });
});

describe("what the mapping's schema registry hands over", () => {
  const confluent = { schema: { dataFormat: 'PROTOBUF', schemaId: '42' } };
  const glue = { schema: { dataFormat: 'PROTOBUF', schemaId: UUID } };

  test.each([
    ['without an index', DOC_BYTES, confluent],
    ["with Confluent's index", Buffer.concat([hex('00'), DOC_BYTES]), confluent],
    ["with Confluent's index in its long form", Buffer.concat([hex('02 00'), DOC_BYTES]), confluent],
    ["with Glue's index", Buffer.concat([hex('00'), DOC_BYTES]), glue],
  ])('the bytes without their header (SOURCE), %s', (_, bytes, about) => {
    for (const wire of ['plain', 'confluent', 'glue'] as const) {
      expect(protobuf({ type: TEST1, wire }).decode(bytes, about)).toEqual(DOC_VALUE);
    }
  });

  test('their JSON form (JSON) becomes the same value', () => {
    fc.assert(
      fc.property(ORDERS, (order) => {
        const json = {
          ...asWritten(order),
          raw: order.raw.toString('base64'),
          more: 1,
          customer: order.customer && { ...order.customer, more: [{}] },
        };

        expect(protobuf({ type: ORDER }).decode(Buffer.from(JSON.stringify(json)), confluent)).toEqual(order);
      }),
      { numRuns: 100 },
    );
  });

  test.each<[string, object]>([
    ['a number for text', { id: 7 }],
    ['an integer that JSON.parse has rounded', JSON.parse('{"total":9007199254740993}')],
    ['a rounded one in a map', JSON.parse('{"sums":{"a":9007199254740993}}')],
    ['an int beyond 32 bits', { lines: [2 ** 31] }],
    ['a symbol that there is none of', { state: 'SECRET' }],
  ])('%s in it is a permanent error that quotes nothing in its message', async (_, json) => {
    const decode = () => protobuf({ type: ORDER }).decode(Buffer.from(JSON.stringify(json)), confluent);
    const error = await refusalOf(decode);

    expect(error.code).toBe(ERROR_CODES.valueUndecodable);
    expect(error.message).not.toContain('SECRET');
  });

  test('a class of a static module cannot read it, and says so', async () => {
    const type: ProtobufType = {
      decode: (bytes) => TEST1.decode(bytes),
      toObject: (one, how) => TEST1.toObject(one as never, how),
    };

    expect(protobuf({ type }).decode(DOC_BYTES, confluent)).toEqual(DOC_VALUE);
    const error = await refusalOf(() => protobuf({ type }).decode(Buffer.from('{"a":1}'), confluent));
    expect(error.message).toContain('use json()');
  });
});

describe('protobuf({ type, validate })', () => {
  const validate = z.object({ a: z.int().max(200), b: z.string().transform((text) => text.length) });

  test('gives what the validator puts out, now or later', async () => {
    const later = validate.refine(async () => true);

    expect(protobuf({ type: TEST1, validate }).decode(DOC_BYTES)).toEqual({ a: 150, b: 7 });
    expect(await protobuf({ type: TEST1, validate: later }).decode(DOC_BYTES)).toEqual({ a: 150, b: 7 });
  });

  test('what the validator refuses is a permanent error', async () => {
    const bytes = encode({ a: 201 }, TEST1);

    await expect(refusalOf(() => protobuf({ type: TEST1, validate }).decode(bytes))).resolves.toMatchObject({
      code: ERROR_CODES.valueInvalid,
      errorClass: 'permanent',
    });
  });
});
