import { DynamoDBClient, TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';
import { NumberValue, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import fc from 'fast-check';
import { isOnceError } from '../../../handlers/errors';
import { looksLikeWrites, prepareWrites } from '../../../handlers/transaction/prepare-writes';
import type { TransactionWrite } from '../../../handlers/transaction/transaction-write';

/** What an SDK client would put on the wire. */
async function bodyOf(command: TransactWriteItemsCommand | TransactWriteCommand): Promise<unknown> {
  let body: unknown;
  const client = new DynamoDBClient({
    region: 'eu-west-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 'a' },
    maxAttempts: 1,
    requestHandler: {
      handle: async (request: { body: string | Uint8Array }) => {
        body = JSON.parse(typeof request.body === 'string' ? request.body : new TextDecoder().decode(request.body));
        throw new Error('seen');
      },
    } as never,
  });
  await client.send(command as TransactWriteItemsCommand).catch((error: Error) => {
    if (error.message !== 'seen') throw error;
  });
  return body;
}

const sentByUs = (writes: readonly TransactionWrite[]) =>
  bodyOf(
    new TransactWriteItemsCommand({
      TransactItems: prepareWrites(writes).map(({ item }) => item),
      ClientRequestToken: 't',
    }),
  );
const sentByLibDynamoDb = (writes: readonly TransactionWrite[]) => {
  const TransactItems = writes.map(({ onConditionFailed: _, ...item }) => item);
  return bodyOf(new TransactWriteCommand({ TransactItems: TransactItems as never, ClientRequestToken: 't' }));
};

function errorOf(result: unknown): { message: string; errorClass: string; code: string } {
  try {
    prepareWrites(result);
  } catch (error) {
    if (isOnceError(error)) return error;
    throw error;
  }
  throw new Error('nothing thrown');
}

const put = (Item: Record<string, unknown>) => ({ Put: { TableName: 'Orders', Item } }) as TransactionWrite;

describe('values become attributes as lib-dynamodb makes them', () => {
  const text = fc.string({ maxLength: 8 });
  const scalar = fc.oneof(
    text,
    fc.integer(),
    fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e15, max: 1e15 }),
    fc.bigInt(),
    fc.boolean(),
    fc.constant(null),
    fc.uint8Array({ maxLength: 5 }),
    fc.uint8Array({ maxLength: 5 }).map((bytes) => Buffer.from(bytes)),
    fc.uniqueArray(text, { minLength: 1, maxLength: 3 }).map((members) => new Set(members)),
    fc.uniqueArray(fc.integer(), { minLength: 1, maxLength: 3 }).map((members) => new Set(members)),
    fc.bigInt().map((number) => NumberValue.from(String(number))),
  );
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      scalar,
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(text, tie('value'), { maxKeys: 3 }),
      fc.array(fc.tuple(text, tie('value')), { maxLength: 3 }).map((entries) => new Map(entries)),
    ),
  }));

  test('T1: the requests are the same, byte for byte, for any plain values', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.dictionary(fc.string({ minLength: 1, maxLength: 8 }), value, { maxKeys: 4 }),
        async (values) => {
          const writes = [
            put({ id: 'a', ...values }),
            {
              Update: {
                TableName: 'T',
                Key: { id: 1 },
                UpdateExpression: 'SET a = :a',
                ExpressionAttributeNames: { '#a': 'a' },
                ExpressionAttributeValues: values,
              },
            },
            { Delete: { TableName: 'T', Key: { id: Buffer.from('x') }, ConditionExpression: 'a = b' } },
            { ConditionCheck: { TableName: 'T', Key: { id: 7n }, ConditionExpression: 'a = b' } },
          ] as TransactionWrite[];

          expect(await sentByUs(writes)).toEqual(await sentByLibDynamoDb(writes));
        },
      ),
      { numRuns: 100 },
    );
  });

  test('an undefined attribute and a function are left out, as there', async () => {
    const writes = [put({ id: 'a', gone: undefined, call: () => 1 })];

    expect(await sentByUs(writes)).toEqual(await sentByLibDynamoDb(writes));
    expect(prepareWrites(writes)[0]?.item.Put?.Item).toEqual({ id: { S: 'a' } });
  });

  test('T5: what user code does to its objects and Buffers afterwards changes nothing', () => {
    const bytes = Buffer.from('abc');
    const item = { id: 'a', bytes, tags: ['x'] };
    const [prepared] = prepareWrites(put(item));

    bytes.fill(0);
    item.tags.push('y');

    expect(prepared?.item.Put?.Item).toEqual({
      id: { S: 'a' },
      bytes: { B: Uint8Array.from([97, 98, 99]) },
      tags: { L: [{ S: 'x' }] },
    });
  });

  test('what asks for old items is not sent: nobody would read the answer', () => {
    const write = { Put: { TableName: 'T', Item: { id: 1 }, ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const } };

    expect(prepareWrites(write)[0]?.item.Put).toEqual({ TableName: 'T', Item: { id: { N: '1' } } });
  });

  test('a table is known by its name, also where it was given as an ARN', () => {
    const TableName = 'arn:aws:dynamodb:eu-west-1:123456789012:table/Orders';
    const [prepared] = prepareWrites({ Delete: { TableName, Key: { id: 1 } } });

    expect([prepared?.table, prepared?.item.Delete?.TableName]).toEqual(['Orders', TableName]);
  });

  test('nothing returned is no write; one write needs no array', () => {
    expect(prepareWrites(undefined)).toEqual([]);
    expect(prepareWrites([])).toEqual([]);
    expect(prepareWrites(put({ id: 1 }))).toHaveLength(1);
  });
});

describe('what is no write is a permanent error that names the place and not the content', () => {
  class Money {
    constructor(readonly cents: number) {}
  }
  const key = { TableName: 'T', Key: { id: 1 } };
  const item = (Item: object) => ({ Put: { TableName: 'T', Item } });

  test.each<[string, unknown, string]>([
    ['null', null, 'a write that is null'],
    ['a text', 'done: card 4111', 'a write that is a string of 15 characters'],
    ['true', true, 'a write that is a boolean'],
    ['an array in an array', [[]], 'write 1 that is an array of 0'],
    ['an empty object', {}, 'a write that is an empty object'],
    ['an answer of an SDK', { $metadata: {} }, 'a write that is an object with $metadata'],
    ['two kinds at once', { Put: {}, Delete: {} }, 'a write that is an object with Put, Delete'],
    [
      'a misspelt meaning',
      { ...item({ id: 1 }), onConditionFailed: 'ignore' },
      'an onConditionFailed that is "ignore"',
    ],
    ['a write beside a good one', [item({ id: 1 }), 7], 'write 2 that is a number'],
    ['no table', { Put: { Item: { id: 1 } } }, 'a Put with TableName that is undefined'],
    ['no item', { Put: { TableName: 'T' } }, 'a Put with Item that is undefined'],
    ['an empty key', { Delete: { TableName: 'T', Key: {} } }, 'a Delete with Key that is an empty object'],
    ['no expression', { Update: key }, 'an Update with UpdateExpression that is undefined'],
    ['no condition', { ConditionCheck: key }, 'a ConditionCheck with ConditionExpression that is undefined'],
    ['a misspelt condition', { Delete: { ...key, ConditionExpresion: 'a = b' } }, 'an object with ConditionExpresion'],
    [
      'a list of names',
      { Delete: { ...key, ExpressionAttributeNames: ['a'] } },
      'ExpressionAttributeNames that is an array',
    ],
    ['attribute values as a key', { Delete: { TableName: 'T', Key: { id: { S: 'x' } } } }, 'Key.id that is an object'],
    ['half a key', { Delete: { TableName: 'T', Key: { id: 1, sort: undefined } } }, 'Key.sort that is undefined'],
    ['a Date', item({ id: 1, at: new Date(0) }), 'Item.at that is an instance of Date'],
    [
      'a class, deep',
      item({ id: 1, lines: [{ price: new Money(4) }] }),
      'Item.lines[0].price that is an instance of Money',
    ],
    ['undefined, deep', item({ id: 1, lines: { a: undefined } }), 'Item.lines.a that is undefined'],
    ['an empty Set', item({ id: 1, tags: new Set() }), 'Item.tags that is an empty Set'],
    ['a Set of objects', item({ id: 1, tags: new Set([{}]) }), 'Item.tags that is a Set of other things'],
    ['NaN', item({ id: 1, n: Number.NaN }), 'Item.n that is NaN'],
    ['an inexact number', item({ id: 1, n: 2 ** 60 }), 'Item.n that is a number beyond what a number holds exactly'],
    ['a Blob', item({ id: 1, b: new Blob(['x']) }), 'Item.b that is an instance of Blob'],
  ])('%s', (_, result, expected) => {
    const { message, errorClass, code } = errorOf(result);

    expect(message).toContain(`process() returned `);
    expect(message).toContain(expected);
    expect(message).toContain('accepted is');
    expect(message).not.toContain('4111');
    expect([code, errorClass]).toEqual(['MSK_ONCE_WRITE_INVALID', 'permanent']);
  });
});

describe('writes that were returned without transaction are noticed', () => {
  test.each<[string, unknown]>([
    ['a write', put({ id: 1 })],
    ['several', [put({ id: 1 }), put({ id: 2 })]],
  ])('%s', (_, result) => {
    expect(looksLikeWrites(result)).toBe(true);
  });

  test.each<[string, unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['a text', 'Put'],
    ['an answer of an SDK', { $metadata: { httpStatusCode: 200 }, Attributes: {} }],
    ['an HTTP answer', { Put: 1 }],
    ['an empty array', []],
  ])('%s is none', (_, result) => {
    expect(looksLikeWrites(result)).toBe(false);
  });
});
