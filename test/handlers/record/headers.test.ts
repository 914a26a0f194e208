import fc from 'fast-check';
import type { KafkaEventHeader } from '../../../contract/event';
import { Headers } from '../../../handlers/record/headers';

describe('headers', () => {
  // "aé+" in UTF-8 as the service writes it: signed bytes.
  const headers = new Headers([{ trace: [97, -61, -87, 43] }, { seq: [0, 127, -128, -1] }, { trace: [255, 128] }]);

  test('signed bytes become the bytes that were sent', () => {
    expect(headers.getAll('trace')[0]?.toString('utf8')).toBe('aé+');
    expect([...(headers.get('seq') ?? [])]).toEqual([0, 127, 128, 255]);
  });

  test('bytes that are written unsigned are the same bytes', () => {
    expect([...(headers.get('trace') ?? [])]).toEqual([255, 128]);
  });

  test('a name that stands twice keeps both values in order; get gives the last', () => {
    expect(headers.getAll('trace')).toHaveLength(2);
    expect(headers.get('trace')?.equals(headers.getAll('trace')[1] as Buffer)).toBe(true);
  });

  test('a name that is not there is undefined and an empty list, also one that every object has', () => {
    expect(headers.get('nothing')).toBeUndefined();
    expect(headers.get('constructor')).toBeUndefined();
    expect(headers.get('toString')).toBeUndefined();
    expect(headers.getAll('__proto__')).toEqual([]);
  });

  test('iteration gives names and values in order', () => {
    expect([...headers].map(([name, value]) => [name, value.length])).toEqual([
      ['trace', 4],
      ['seq', 4],
      ['trace', 2],
    ]);
  });

  test('an empty value is an empty Buffer, not nothing', () => {
    expect(new Headers([{ a: [] }]).get('a')).toEqual(Buffer.alloc(0));
  });

  test('what a handler does to a value does not reach the next one who reads it', () => {
    headers.get('seq')?.fill(9);

    expect([...(headers.get('seq') ?? [])]).toEqual([0, 127, 128, 255]);
  });

  test('bytes that are no UTF-8 stay the bytes they are: nothing of a header is decoded', () => {
    // A lone continuation byte, an overlong slash, a surrogate half and a byte that UTF-8 does not know.
    const invalid = [-128, -64, -81, -19, -96, -128, -1];

    expect(new Headers([{ odd: invalid }]).get('odd')).toEqual(Buffer.from('80c0afeda080ff', 'hex'));
  });

  test('whatever bytes a producer sets under whatever names come back in order, signed or not', () => {
    const header = fc.tuple(fc.string(), fc.uint8Array({ maxLength: 40 }));
    fc.assert(
      fc.property(fc.array(header, { maxLength: 8 }), fc.boolean(), (sent, isSigned) => {
        const raw = sent.map(([name, bytes]): KafkaEventHeader => {
          const numbers = [...bytes].map((byte) => (isSigned && byte > 127 ? byte - 256 : byte));
          return Object.fromEntries([[name, numbers]]);
        });
        const headers = new Headers(raw);

        expect([...headers]).toEqual(sent.map(([name, bytes]) => [name, Buffer.from(bytes)]));
        for (const [name] of sent) {
          const same = sent.filter(([other]) => other === name).map(([, bytes]) => Buffer.from(bytes));
          expect(headers.getAll(name)).toEqual(same);
          expect(headers.get(name)).toEqual(same.at(-1));
        }
      }),
    );
  });
});
