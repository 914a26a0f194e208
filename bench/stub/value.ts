/** An attribute value of DynamoDB's JSON protocol, such as `{"S": "text"}`. */
export type Value = Readonly<Record<string, unknown>>;
export type Item = Readonly<Record<string, Value>>;

/** Below, at or above 0; undefined where the two have no order. Numbers beyond 2^53 are compared as such only for equality. */
export function compare(left: Value, right: Value): number | undefined {
  if (typeof left.N === 'string' && typeof right.N === 'string') {
    return left.N === right.N ? 0 : Number(left.N) - Number(right.N);
  }
  if (typeof left.S === 'string' && typeof right.S === 'string') {
    if (left.S === right.S) return 0;
    return left.S < right.S ? -1 : 1;
  }
  return JSON.stringify(left) === JSON.stringify(right) ? 0 : undefined;
}
