import { validationError } from './errors';
import { ENGINE_LIMITS } from './limits';

/** `coefficient` × 10^`exponent`. The coefficient does not end in 0; zero is 0 × 10^0. So equal numbers are equal field by field. */
export interface Decimal {
  readonly coefficient: bigint;
  readonly exponent: number;
}

const FORM = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/;
const ZERO: Decimal = { coefficient: 0n, exponent: 0 };
/** Already as the service writes it, and inside every limit. */
const CANONICAL_INTEGER = /^(?:0|-?[1-9]\d{0,37})$/;
const SAFE_DIGITS = 15;

export function parseDecimal(text: string): Decimal {
  const [, sign, whole = '', fraction = '', power = '0'] = FORM.exec(text) ?? [];
  if (sign === undefined || (whole === '' && fraction === '')) {
    throw validationError('A value provided cannot be converted into a number');
  }
  return bounded(normalised(BigInt(`${sign === '-' ? '-' : ''}${whole}${fraction}`), Number(power) - fraction.length));
}

/** As the service stores it: plain digits, no exponent, no needless zero. */
export function canonicalNumber(text: string): string {
  return CANONICAL_INTEGER.test(text) ? text : formatDecimal(parseDecimal(text));
}

export function formatDecimal({ coefficient, exponent }: Decimal): string {
  const sign = coefficient < 0n ? '-' : '';
  const digits = String(coefficient).slice(sign.length);
  if (exponent >= 0) return `${sign}${digits}${'0'.repeat(exponent)}`;
  const point = digits.length + exponent;
  if (point > 0) return `${sign}${digits.slice(0, point)}.${digits.slice(point)}`;
  return `${sign}0.${'0'.repeat(-point)}${digits}`;
}

/** Sums and differences are exact or refused: the service never rounds. */
export function addNumbers(left: string, right: string): string {
  return sum(left, right, 1n);
}

export function subtractNumbers(left: string, right: string): string {
  return sum(left, right, -1n);
}

function sum(left: string, right: string, sign: bigint): string {
  const [a, b, exponent] = aligned(parseDecimal(left), parseDecimal(right));
  return formatDecimal(bounded(normalised(a + sign * b, exponent)));
}

/** Below, at or above 0, for numbers in canonical form. */
export function compareNumbers(left: string, right: string): number {
  if (left === right) return 0;
  if (left.length <= SAFE_DIGITS && right.length <= SAFE_DIGITS && !left.includes('.') && !right.includes('.')) {
    return Number(left) - Number(right);
  }
  const [a, b] = aligned(parseDecimal(left), parseDecimal(right));
  return a < b ? -1 : a > b ? 1 : 0;
}

/**
 * Bytes of a number in canonical form: one, one for each two significant digits before the point and after it, and one
 * for a minus. Source: measured on the service to the byte by paritysuite/dynamodb-conformance
 * (src/item-size.ts, August 2026); the Developer Guide, "Item sizes and formats", says it roughly.
 */
export function numberBytes(text: string): number {
  const [whole = '', fraction = ''] = (text.startsWith('-') ? text.slice(1) : text).split('.');
  const before = fraction === '' ? whole.replace(/0+$/, '') : whole.replace(/^0$/, '');
  const after = before === '' ? fraction.replace(/^0+/, '') : fraction;
  const sign = text.startsWith('-') ? 1 : 0;
  return 1 + Math.ceil(before.length / 2) + Math.ceil(after.length / 2) + sign;
}

function aligned(left: Decimal, right: Decimal): [bigint, bigint, number] {
  const exponent = Math.min(left.exponent, right.exponent);
  return [
    left.coefficient * 10n ** BigInt(left.exponent - exponent),
    right.coefficient * 10n ** BigInt(right.exponent - exponent),
    exponent,
  ];
}

function normalised(coefficient: bigint, exponent: number): Decimal {
  if (coefficient === 0n) return ZERO;
  const digits = String(coefficient);
  const zeros = digits.length - digits.replace(/0+$/, '').length;
  return zeros === 0
    ? { coefficient, exponent }
    : { coefficient: BigInt(digits.slice(0, -zeros)), exponent: exponent + zeros };
}

function bounded(decimal: Decimal): Decimal {
  if (decimal.coefficient === 0n) return ZERO;
  const digits = String(decimal.coefficient).length - (decimal.coefficient < 0n ? 1 : 0);
  const magnitude = digits - 1 + decimal.exponent;
  if (magnitude > ENGINE_LIMITS.numberLargestExponent) {
    throw validationError('Number overflow. Attempting to store a number with magnitude larger than supported range');
  }
  if (magnitude < ENGINE_LIMITS.numberSmallestExponent) {
    throw validationError('Number underflow. Attempting to store a number with magnitude smaller than supported range');
  }
  if (digits > ENGINE_LIMITS.numberDigits) {
    throw validationError(`DynamoDB only supports precision up to ${ENGINE_LIMITS.numberDigits} digits`);
  }
  return decimal;
}
