/**
 * Nobody can say whether this member took effect. `throttled` members are asked again alone; `failed` ones are read
 * again by token; for `refused` ones (a missing permission or table) asking again is of no use.
 */
export interface Unknown {
  readonly kind: 'unknown';
  readonly reason: 'throttled' | 'failed' | 'refused';
  readonly error: unknown;
}

export function isUnknown(answer: { readonly kind: string }): answer is Unknown {
  return answer.kind === 'unknown';
}
