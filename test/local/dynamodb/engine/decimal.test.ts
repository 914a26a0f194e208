import fc from 'fast-check';
import {
  addNumbers,
  canonicalNumber,
  compareNumbers,
  numberBytes,
  subtractNumbers,
} from '../../../../local/dynamodb/engine/decimal';

describe('a number is written as the service writes it', () => {
  test.each([
    ['1.0', '1'],
    ['-0', '0'],
    ['0.000', '0'],
    ['0e500', '0'],
    ['00012', '12'],
    ['+5', '5'],
    ['.5', '0.5'],
    ['5.', '5'],
    ['1e3', '1000'],
    ['1.5e-7', '0.00000015'],
    ['-12.3400', '-12.34'],
    ['9223372036854775807', '9223372036854775807'],
    ['99999999999999999999999999999999999999', '99999999999999999999999999999999999999'],
    ['1e125', `1${'0'.repeat(125)}`],
    ['1e-130', `0.${'0'.repeat(129)}1`],
  ])('%s is %s', (text, written) => {
    expect(canonicalNumber(text)).toBe(written);
  });

  test.each([
    ['abc', 'cannot be converted into a number'],
    ['', 'cannot be converted into a number'],
    ['.', 'cannot be converted into a number'],
    [' 1', 'cannot be converted into a number'],
    ['0x10', 'cannot be converted into a number'],
    ['Infinity', 'cannot be converted into a number'],
    ['1e126', 'Number overflow'],
    ['-1e126', 'Number overflow'],
    ['1e-131', 'Number underflow'],
    ['1e99999999999', 'Number overflow'],
    ['123456789012345678901234567890123456789', 'precision up to 38 digits'],
  ])('%s is refused', (text, message) => {
    expect(() => canonicalNumber(text)).toThrow(message);
  });
});

describe('arithmetic is exact or refused', () => {
  test('beyond 2^63 and below 1', () => {
    expect(addNumbers('9223372036854775807', '1')).toBe('9223372036854775808');
    expect(addNumbers('0.1', '0.2')).toBe('0.3');
    expect(subtractNumbers('5', '5.00')).toBe('0');
    expect(addNumbers('99999999999999999999999999999999999999', '1')).toBe(`1${'0'.repeat(38)}`);
  });

  test('a result of more than 38 digits is never rounded', () => {
    expect(() => addNumbers('1e37', '0.5')).toThrow('precision up to 38 digits');
    expect(() => addNumbers('99999999999999999999999999999999999999', '2')).toThrow('precision up to 38 digits');
    expect(() => subtractNumbers('1e-130', '1.1e-130')).toThrow('Number underflow');
  });

  /** Numbers as thousandths: BigInt knows what they come to. */
  const thousandths = fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n });
  const written = (value: bigint): string => {
    const digits = String(value < 0n ? -value : value).padStart(4, '0');
    return `${value < 0n ? '-' : ''}${digits.slice(0, -3)}.${digits.slice(-3)}`;
  };

  test('sums, differences and order agree with whole numbers', () => {
    fc.assert(
      fc.property(thousandths, thousandths, (left, right) => {
        expect(addNumbers(written(left), written(right))).toBe(canonicalNumber(written(left + right)));
        expect(subtractNumbers(written(left), written(right))).toBe(canonicalNumber(written(left - right)));
        const order = compareNumbers(canonicalNumber(written(left)), canonicalNumber(written(right)));
        expect(Math.sign(order)).toBe(left < right ? -1 : left > right ? 1 : 0);
      }),
    );
  });

  test('a canonical number stays as it is, and is the same number', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e15, max: 1e15 }), (value) => {
        fc.pre(value === 0 || Math.abs(value) > 1e-100);
        const canonical = canonicalNumber(String(value));
        expect(canonicalNumber(canonical)).toBe(canonical);
        expect(Number(canonical)).toBe(value === 0 ? 0 : value);
      }),
    );
  });
});

// Measured on the service, each by an item that just fits and one that just does not: paritysuite/dynamodb-conformance.
test.each([
  ['0', 1],
  ['1', 2],
  ['12', 2],
  ['123', 3],
  ['1200', 2],
  ['1020', 3],
  ['-42', 3],
  ['1.5', 3],
  ['3.14159', 5],
  ['314159', 4],
  ['100.5', 4],
  ['0.15', 2],
  ['0.0000001', 2],
  [`1${'0'.repeat(125)}`, 2],
  ['12345678901234567890123456789012345678', 20],
])('%.20s takes %i bytes', (text, bytes) => {
  expect(numberBytes(text)).toBe(bytes);
});
