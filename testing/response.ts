import { AssertionError } from 'node:assert';

/** A record that a response lists: it is to be delivered again. */
export interface ListedRecord {
  /** `<topic>-<partition>`. */
  readonly partition: string;
  readonly offset: number;
}

/** The name of a listed record, as `orders-0@41`. */
export const listedName = ({ partition, offset }: ListedRecord) => `${partition}@${offset}`;

/**
 * What a partial batch response lists. Nothing, null and an empty object are success for the service.
 *
 * @throws AssertionError for anything that the service takes for success though it was meant as something else
 */
export function listedIn(response: unknown): ListedRecord[] {
  if (response === undefined || response === null) return [];
  if (typeof response !== 'object' || Array.isArray(response)) {
    const received = Array.isArray(response) ? 'an array' : `a ${typeof response}`;
    throw refused(`The handler returned ${received}, which the service takes for success`, response);
  }
  const { batchItemFailures, ...others } = response as { readonly batchItemFailures?: unknown };
  if (batchItemFailures === undefined || batchItemFailures === null) {
    if (Object.keys(others).length === 0) return [];
    const names = Object.keys(others).join(', ');
    throw refused(
      `The handler returned an object with ${names} and no batchItemFailures, which the service takes for success`,
      response,
    );
  }
  if (!Array.isArray(batchItemFailures)) throw refused('batchItemFailures is no array', response);
  return batchItemFailures.map((failure: unknown, index) => {
    const { partition, offset } =
      (failure as { readonly itemIdentifier?: Partial<ListedRecord> } | null)?.itemIdentifier ?? {};
    if (typeof partition === 'string' && Number.isSafeInteger(offset)) return { partition, offset: offset as number };
    throw refused(
      `batchItemFailures[${index}] names no record, so that the service delivers the whole batch again; accepted is { itemIdentifier: { partition: '<topic>-<partition>', offset: <number> } }`,
      response,
    );
  });
}

/** The names of the records that a response lists, in its order: `[]` where every record is closed. */
export function openRecords(response: unknown): string[] {
  return listedIn(response).map(listedName);
}

function refused(message: string, actual: unknown): AssertionError {
  return new AssertionError({ message, actual, operator: 'openRecords', stackStartFn: openRecords });
}
