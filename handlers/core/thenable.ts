/** Whether a value has to be waited for. */
export function isThenable<Value>(value: Value | PromiseLike<Value>): value is Promise<Value> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}
