/**
 * One request of a history. Names that differ between two runs of the same history stand as `«T»` (table with a hash
 * key), `«R»` (hash and range key), `«X»` (with indexes) and `«H»` (prefix of request tokens).
 */
export interface Step {
  readonly operation: string;
  readonly input: object;
}
