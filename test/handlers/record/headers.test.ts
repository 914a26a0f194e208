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
});
