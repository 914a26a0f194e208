/** Why a queue did not take a message or a request: it is larger than this. */
export interface SizeRefusal {
  readonly of: 'message' | 'request';
  /** As the service says it; undefined: it does not. */
  readonly maximumBytes: number | undefined;
}

/**
 * Reads the refusal of a message by its own queue (whose MaximumMessageSize may be anything from 1 KiB), or of a
 * request. Undefined: it was refused for something else. The service has no code of its own for the first, so its text
 * decides.
 */
export function sizeRefusalOf(code: string | undefined, text: string | undefined): SizeRefusal | undefined {
  const [, stated] = /(?:shorter|longer|larger|more) than (\d+)/i.exec(text ?? '') ?? [];
  const maximumBytes = stated === undefined ? undefined : Number(stated);
  if (/BatchRequestTooLong$/.test(code ?? '')) return { of: 'request', maximumBytes };
  const isSize = /(?:must be shorter|too long|too large|exceeds? .*size|MaximumMessageSize)/i.test(text ?? '');
  return isSize ? { of: 'message', maximumBytes } : undefined;
}
