import { isDeepStrictEqual } from 'node:util';
import { batchEntries, requestedMembers } from './requested-writes';
import { unreadable } from './unreadable';
import type { WireInput, Write } from './write';

/** A request and what the database answered it, as they went over the wire. */
export interface Exchange {
  /** Such as `UpdateItem`. */
  readonly operation: string;
  readonly input: WireInput;
  readonly status: number;
  /** The answer's body; only batches say in it what was accepted. */
  readonly output: unknown;
  /** When the request came in, milliseconds since the epoch. */
  readonly atMs: number;
}

/** For so long a transaction's token stands for its first request. Source: API reference, TransactWriteItems. */
const TOKEN_MS = 10 * 60_000;

/**
 * Tells what the database accepted, member by member. It remembers the tokens of transactions, since one that is sent
 * again with its token is answered and writes nothing.
 */
export class AcceptedWrites {
  readonly #tokens = new Map<string, number>();

  of(exchange: Exchange): Write[] {
    const { operation, input, status, output } = exchange;
    if (status !== 200) return [];
    const members = requestedMembers(operation, input);
    if (members.length === 0 || this.#isRepeated(exchange)) return [];
    const isAccepted = acceptance(operation, input, output);
    return members.flatMap((read, index) => (isAccepted(index) ? (read() ?? []) : []));
  }

  #isRepeated({ operation, input, atMs }: Exchange): boolean {
    const token = input.ClientRequestToken;
    if (typeof token !== 'string') return false;
    this.#forget(atMs);
    const name = `${operation} ${token}`;
    const firstAtMs = this.#tokens.get(name);
    if (firstAtMs !== undefined && atMs - firstAtMs < TOKEN_MS) return true;
    this.#tokens.set(name, atMs);
    return false;
  }

  /** In the order in which they came, so that a run without an end fits the memory. */
  #forget(atMs: number): void {
    for (const [name, firstAtMs] of this.#tokens) {
      if (atMs - firstAtMs < TOKEN_MS) return;
      this.#tokens.delete(name);
    }
  }
}

/** All of it, but for the batches, whose members stand on their own. */
function acceptance(operation: string, input: WireInput, output: unknown): (index: number) => boolean {
  if (operation === 'BatchExecuteStatement') return statementAcceptance(output);
  if (operation === 'BatchWriteItem') return batchAcceptance(input, output);
  return () => true;
}

function statementAcceptance(output: unknown): (index: number) => boolean {
  const responses = (output as { readonly Responses?: unknown } | undefined)?.Responses;
  if (!Array.isArray(responses))
    throw unreadable('The answer to a BatchExecuteStatement', output, 'a list of Responses');
  return (index) => {
    const response = responses[index] as { readonly Error?: unknown } | undefined;
    if (response === undefined)
      throw unreadable('The answer to a BatchExecuteStatement', output, 'one for each statement');
    return response.Error === undefined;
  };
}

function batchAcceptance(input: WireInput, output: unknown): (index: number) => boolean {
  const { UnprocessedItems = {} } = (output ?? {}) as { readonly UnprocessedItems?: WireInput };
  const unprocessed = batchEntries({ RequestItems: UnprocessedItems });
  const entries = batchEntries(input);
  return (index) => !unprocessed.some((entry) => isDeepStrictEqual(entry, entries[index]));
}
