import fc from 'fast-check';
import { claimId, digestOf, type Identity, isIdentity } from '../../../handlers/core/identity';

describe('C1: what is an identity', () => {
  test.each<[unknown, boolean]>([
    ['order-4711', true],
    [' ', true],
    ['', false],
    [0, true],
    [-0, true],
    [-1, true],
    [1.5, true],
    [Number.MAX_VALUE, true],
    [Number.NaN, false],
    [Number.POSITIVE_INFINITY, false],
    [Number.NEGATIVE_INFINITY, false],
    [0n, true],
    [10n ** 40n, true],
    [undefined, false],
    [null, false],
    [true, false],
    [false, false],
    [{}, false],
    [[], false],
    [['a'], false],
    [Symbol('a'), false],
    [() => 'a', false],
    [Promise.resolve('a'), false],
    [Object('a'), false],
    [new Date(0), false],
    [Buffer.from('a'), false],
  ])('%p: %p', (value, expected) => {
    expect(isIdentity(value)).toBe(expected);
  });
});

describe('the key of a claim', () => {
  // By hand: printf '%s' '"order-4711"' | openssl dgst -sha256 -binary | base64
  test.each<[Identity, string]>([
    ['order-4711', '8URZVQlq/ZZqkvlAkM8ePLO+Lkt82Mt+Cud+0WSk5V0='],
    [42, 'c0dctApWjo2ooEXO0RATfhWfiQrE2og7axfcZRs6gEk='],
    [42n, 'UFTKmxK/SDkTX6XmKguZhbuySOKoufYWW5coia+eSLg='],
    ['42', 'gzTFVMcnb1lnSBC5L/9Rl81Gv2zL6HJ0L5sEyjHf49E='],
    ['42n', 'P2yYQ9ViiV71cgnfdOrNHHKqKufVTxa1IJrhiWJhQVM='],
    [0, 'X+zrZv/IbzjZUnhsbWlsecLbwjndTpG0ZynXOif7V+k='],
    [-0, 'X+zrZv/IbzjZUnhsbWlsecLbwjndTpG0ZynXOif7V+k='],
    ['0', 'mAiebTb3jpdmyeo01ayzYR86ks2BxesQIJXZJP/H0Is='],
    [0n, 'OtTuGC4hwl23Y82mNZ7MRBuOoy6k1mMcASqsf6fTYtw='],
    [-1, 'G61rjPlxMfzquFQ+gfd1cZX7sdNrN27plK0c8XaZxGQ='],
    [1.5, 'nymhMEOLgRcLkqQmUPmpQpHsrWC9R68qOIbnX39yhyU='],
    ['a"b', 'i7y2gXUK9IMljFynLoPFw5e/ZqoB58d4fA0hL8H2+h0='],
    ['é', '8ohgF+nHq6z4BLVNZHh9zithHJVEuiHzr/3RJqblAIY='],
    ['\ud800', 'jAxZ3Q0nWq3NRipf4S6zUsvf6vlh6uT4WkZgUh330vU='],
    [1e21, 'JBxGQ/pwsdzeEgW3G+TjvrsX6fiAyOGjPQ6tbCcnHTw='],
    [10n ** 21n, '6+BeJTFA8JN9tXTBs3S8YxHCKtbTttCQXNbRWRKKOUY='],
    ['null', '8HLL7Dv4hBhx1ChCMMXpg9whGlaDeu2GJIcUj5R9Gh8='],
  ])('of %p holds the hash %s', (identity, hash) => {
    expect(claimId('shop-orders', 'orders', identity)).toBe(`shop-orders#orders#${hash}`);
  });

  test('is different for different identities, whatever their type', () => {
    const identity: fc.Arbitrary<Identity> = fc.oneof(
      fc.string({ minLength: 1 }),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.bigInt(),
      fc.nat(100),
      fc.nat(100).map(BigInt),
      fc.nat(100).map(String),
      fc.nat(100).map((number) => `${number}n`),
    );
    fc.assert(
      fc.property(identity, identity, (a, b) => {
        // 0 and -0 are one number.
        const same = typeof a === typeof b && a === b;

        expect(claimId('c', 't', a) === claimId('c', 't', b)).toBe(same);
      }),
    );
  });

  test('is different for another consumer and for another topic', () => {
    const ids = [claimId('a', 't', 'x'), claimId('b', 't', 'x'), claimId('a', 'u', 'x')];

    expect(new Set(ids).size).toBe(3);
  });
});

describe('the digest of a payload', () => {
  // printf '{"a":1}' | openssl dgst -sha256 -binary | base64
  test('is the base64 of SHA-256 over the raw bytes', () => {
    expect(digestOf(Buffer.from('{"a":1}'))).toBe('AVq9f1zFei3ZS3WQ8ErYCEJzkF7jPsXOvq5iJ2qX+GI=');
  });

  test('tells a tombstone from empty bytes', () => {
    expect(digestOf(Buffer.alloc(0))).toBe('47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=');
    expect(digestOf(null)).not.toBe(digestOf(Buffer.alloc(0)));
    expect(digestOf(null)).not.toBe(digestOf(Buffer.from('null')));
  });
});
