import { Readable } from 'node:stream';
import fc from 'fast-check';
import { EXIT } from '../../../contract/error-codes';
import { readInput } from '../../../local/run/input';
import { readInputRecord } from '../../../local/run/input-record';

const read = (line: unknown) =>
  readInputRecord(typeof line === 'string' ? line : JSON.stringify(line), 'orders.jsonl:7');

describe('a line gives a record', () => {
  test.each<[string, unknown, string | null, string | null]>([
    ['text stays text', { key: 'a', value: 'hello' }, 'a', 'hello'],
    ['an object becomes its JSON', { key: 'a', value: { id: 1 } }, 'a', '{"id":1}'],
    ['so does a list, a number, a truth value', { key: 7, value: [1, true] }, '7', '[1,true]'],
    ['null is a tombstone', { key: 'a', value: null }, 'a', null],
    ['nothing is one too', { key: 'a' }, 'a', null],
    ['a key may be absent', { value: 'x' }, null, 'x'],
    ['an empty text is no tombstone', { key: '', value: '' }, '', ''],
    ['bytes come in base64', { keyBase64: 'YQ==', valueBase64: 'aGVsbG8=' }, 'a', 'hello'],
  ])('%s', (_, line, key, value) => {
    const { message } = read(line);

    expect(message.key?.toString() ?? null).toBe(key);
    expect(message.value?.toString() ?? null).toBe(value);
  });

  test('with its topic, partition, time and headers, a name of them twice', () => {
    const { topic, message } = read({
      topic: 'orders',
      partition: 3,
      timestamp: '2026-11-02T08:00:00.000Z',
      headers: [
        ['trace', 'a'],
        ['trace', 'b'],
      ],
    });

    expect(topic).toBe('orders');
    expect(message).toMatchObject({
      partition: 3,
      timestamp: Date.UTC(2026, 10, 2, 8),
      headers: [
        ['trace', Buffer.from('a')],
        ['trace', Buffer.from('b')],
      ],
    });
  });

  test('headers may be an object', () => {
    expect(read({ headers: { trace: 'ä' } }).message.headers).toEqual([['trace', Buffer.from('ä')]]);
  });

  test('any bytes come through base64 as they are', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        const { message } = read({ valueBase64: Buffer.from(bytes).toString('base64') });

        expect([...(message.value ?? [])]).toEqual([...bytes]);
      }),
    );
  });
});

test('base64 may be as long as a record may be, and a wrong character is found at its end', () => {
  const valueBase64 = Buffer.alloc(8 * 1024 * 1024, 1).toString('base64');

  expect(read({ valueBase64 }).message.value).toHaveLength(8 * 1024 * 1024);
  expect(() => read({ valueBase64: `${valueBase64.slice(0, -1)}!` })).toThrow(/accepted is bytes in base64/);
});

describe('a wrong line is refused with its place, what was found and what is accepted', () => {
  test.each<[unknown, RegExp]>([
    ['{"key": "a"', /orders\.jsonl:7 is no JSON/],
    ['[1]', /orders\.jsonl:7 is \[1\]; accepted is an object/],
    ['null', /is null; accepted is an object/],
    [{ vlaue: 1 }, /the field "vlaue" is 1; accepted is one of topic, partition, key/],
    [{ partition: -1 }, /partition is -1; accepted is a whole number from 0/],
    [{ partition: '1' }, /partition is "1"/],
    [{ timestamp: 'soon' }, /timestamp is "soon"; accepted is milliseconds/],
    [{ valueBase64: 'a' }, /valueBase64 is "a"; accepted is bytes in base64/],
    [{ value: 1, valueBase64: 'YQ==' }, /value beside valueBase64 is 1; accepted is one of the two/],
    [{ headers: { a: 1 } }, /headers is \{"a":1\}; accepted is an object from name to text/],
    [{ headers: 'a' }, /headers is "a"/],
    [{ topic: '' }, /topic is ""/],
    [{ value: 1, headers: [['a']] }, /headers is \[\["a"\]\]/],
  ])('%p', (line, message) => {
    expect(() => read(line)).toThrow(
      expect.objectContaining({ message: expect.stringMatching(message), exitCode: EXIT.usage }),
    );
  });
});

describe('a stream of lines', () => {
  const all = async (text: string) => {
    const found: string[] = [];
    for await (const { message } of readInput('-', { stdin: Readable.from([text]) })) found.push(String(message.value));
    return found;
  };

  test('keeps its order, skips blank lines, bears Windows line ends and no last one', async () => {
    await expect(all('{"value":"a"}\r\n\n{"value":"b"}\n  \n{"value":"c"}')).resolves.toEqual(['a', 'b', 'c']);
  });

  test('names the line that is wrong', async () => {
    await expect(all('{"value":"a"}\n\nx\n')).rejects.toThrow('standard input:3 is no JSON');
  });

  test('a file that is not there is a usage error', async () => {
    const reading = readInput('/nowhere/orders.jsonl').next();

    await expect(reading).rejects.toMatchObject({
      exitCode: EXIT.usage,
      message: expect.stringContaining('/nowhere/orders.jsonl'),
    });
  });
});
