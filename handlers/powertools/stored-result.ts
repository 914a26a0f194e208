import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { valueBytes } from '../transaction/size';

export interface StoredResult {
  /** undefined where there is nothing to store, or nothing that can be. */
  readonly data: AttributeValue | undefined;
  readonly bytes: number;
  /** Why a result cannot be stored. */
  readonly problem: string | undefined;
}

/** An item holds 400 KB (API Reference, "Item size"); the rest is for its other attributes. */
const MAXIMUM_BYTES = 399 * 1_024;

/** A result as a stock layer stores it, which takes what `marshall` takes without options. */
export function storedResult(result: unknown): StoredResult {
  if (result === undefined) return { data: undefined, bytes: 0, problem: undefined };
  let data: AttributeValue | undefined;
  try {
    ({ data } = marshall({ data: result }));
  } catch (error) {
    return notStored(error instanceof Error ? error.message : String(error));
  }
  // A function or a symbol is left out without an error.
  if (data === undefined) return notStored(`a ${typeof result} is not data`);
  const bytes = valueBytes(data, 'most');
  if (bytes > MAXIMUM_BYTES) return notStored(`${bytes} bytes are more than the ${MAXIMUM_BYTES} that an item holds`);
  return { data, bytes, problem: undefined };
}

function notStored(problem: string): StoredResult {
  return { data: undefined, bytes: 0, problem };
}
