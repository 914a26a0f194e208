import type { AttributeValue } from '@aws-sdk/client-dynamodb';

export type Item = Record<string, AttributeValue>;

/** undefined where the value is absent or of another type: whoever wrote that was not us. */
export function stringOf(value: AttributeValue | undefined): string | undefined {
  return value?.S;
}

/** undefined where the value is absent or of another type. Exact up to 2^53. */
export function numberOf(value: AttributeValue | undefined): number | undefined {
  return value?.N === undefined ? undefined : Number(value.N);
}
