import fc from 'fast-check';
import { objectKey } from '../../../handlers/dead-letters/object-key';
import { parkedId } from '../../../handlers/parking/parked';

const place = fc.tuple(
  fc.record({
    // Lambda API Reference, CreateEventSourceMapping: the characters of a consumer group id.
    consumer: fc.stringMatching(/^[a-zA-Z0-9\-/*:_+=.@]{1,200}$/),
    source: fc.option(fc.string({ unit: 'binary', maxLength: 20 }), { nil: undefined }),
    generation: fc.nat(),
  }),
  fc.stringMatching(/^[A-Za-z0-9._-]{1,249}$/),
  fc.nat(),
  fc.maxSafeNat(),
);
const idOf = ([{ source, ...mapping }, ...rest]: typeof place extends fc.Arbitrary<infer Place> ? Place : never) =>
  parkedId({ ...mapping, ...(source !== undefined && { source }) }, ...rest);

describe('the key of an object', () => {
  test.each<[string, string, string]>([
    [
      'dead',
      'parked#shop-orders#u-1#1#orders#2#4711',
      'dead/parked/shop-orders/u-1/1/orders/2/00000000000000004711.json',
    ],
    ['', 'parked#shop#u-1#1#orders#0#0', 'parked/shop/u-1/1/orders/0/00000000000000000000.json'],
    ['a/b', 'parked#team/shop:x@y#u#1#t#0#1', 'a/b/parked/team!2Fshop!3Ax!40y/u/1/t/0/00000000000000000001.json'],
    ['', 'parked#c##1#t#0#1', 'parked/c/!/1/t/0/00000000000000000001.json'],
    ['', 'parked#..#.#1#t#0#1', 'parked/!2E!2E/!2E/1/t/0/00000000000000000001.json'],
    ['', 'parked#c!2F#é#1#t#0#1', 'parked/c!212F/!C3!A9/1/t/0/00000000000000000001.json'],
  ])('under "%s" for %s', (prefix, id, expected) => {
    expect(objectKey(prefix, id)).toBe(expected);
  });

  test('has safe characters alone, fits, and is of one id alone', () => {
    fc.assert(
      fc.property(place, place, (left, right) => {
        const [key, other] = [objectKey('dead/letters', idOf(left)), objectKey('dead/letters', idOf(right))];

        expect(key).toMatch(/^dead\/letters\/[A-Za-z0-9!_.*'()/-]+\.json$/);
        expect(key.split('/')).not.toContain('');
        expect(key.length).toBeLessThanOrEqual(1_024);
        expect(key === other).toBe(idOf(left) === idOf(right));
        expect(objectKey('dead/letters', idOf(left))).toBe(key);
      }),
    );
  });

  test('a name that would be too long is replaced by its digest', () => {
    const id = parkedId({ consumer: '/'.repeat(200), source: '#'.repeat(300), generation: 1 }, 't'.repeat(249), 0, 1);

    const key = objectKey('dead', id);

    expect(key).toMatch(/^dead\/parked\/long-names\/[0-9a-f]{64}\.json$/);
    expect(objectKey('dead', id.replace(/1$/, '2'))).not.toBe(key);
  });

  test('a listing is in the order of the offsets', () => {
    fc.assert(
      fc.property(fc.array(fc.maxSafeNat(), { maxLength: 8 }), (offsets) => {
        const keyOf = (offset: number) => objectKey('', `parked#c#s#1#t#0#${offset}`);

        expect(offsets.map(keyOf).toSorted()).toEqual(offsets.toSorted((a, b) => a - b).map(keyOf));
      }),
    );
  });
});
