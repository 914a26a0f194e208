import { DynamoDbEngineError, validationError } from './errors';
import { ENGINE_LIMITS } from './limits';

interface Known {
  readonly content: string;
  readonly untilMs: number;
}

/**
 * ClientRequestToken: the same request again within ten minutes of its success changes nothing; another request under
 * its token is refused. Source: API Reference, TransactWriteItems.
 */
export class RequestTokens {
  readonly #known = new Map<string, Known>();

  /** Whether the request has succeeded before. */
  isRepeated(token: string | undefined, content: () => string, nowMs: number): boolean {
    if (token === undefined) return false;
    if (token === '' || token.length > ENGINE_LIMITS.requestTokenLength) {
      throw validationError(
        `Value '${token}' at 'clientRequestToken' failed to satisfy constraint: ` +
          `Member must have length greater than or equal to 1 and less than or equal to ${ENGINE_LIMITS.requestTokenLength}`,
      );
    }
    this.#forget(nowMs);
    const known = this.#known.get(token);
    if (known === undefined) return false;
    if (known.content === content()) return true;
    throw new DynamoDbEngineError(
      'IdempotentParameterMismatchException',
      'Specified idempotent token was used with different request parameters within the idempotency window',
    );
  }

  succeeded(token: string | undefined, content: () => string, nowMs: number): void {
    if (token === undefined) return;
    this.#known.set(token, { content: content(), untilMs: nowMs + ENGINE_LIMITS.requestTokenMs });
  }

  /** The oldest stand first, and each lives equally long; a clock that was set back only keeps them longer. */
  #forget(nowMs: number): void {
    for (const [token, { untilMs }] of this.#known) {
      if (untilMs > nowMs) return;
      this.#known.delete(token);
    }
  }
}

/** The same text for the same content, whatever the order of its members. */
export function contentOf(input: unknown): string {
  return JSON.stringify(input, (_name, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1)))
      : value,
  );
}
