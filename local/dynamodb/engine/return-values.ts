import type { AttributeValue, Item } from './attribute-value';
import { resolvePath } from './document-path';
import { validationError } from './errors';
import type { Outcome } from './item-write';
import type { Parameters } from './parameters';

export type ReturnValues = 'NONE' | 'ALL_OLD' | 'ALL_NEW' | 'UPDATED_OLD' | 'UPDATED_NEW';

/** Reads `ReturnValues`, so that a wrong one is refused before anything is written. */
export function returnValues(
  parameters: Parameters,
  accepted: readonly ReturnValues[],
): (outcome: Outcome) => { Attributes?: Item } {
  const kind = (parameters.ReturnValues ?? 'NONE') as ReturnValues;
  if (!accepted.includes(kind)) throw validationError('Return values set to invalid value');
  return (outcome) => {
    const attributes = returnedItem(kind, outcome);
    return attributes === undefined ? {} : { Attributes: attributes };
  };
}

export function returnedItem(kind: ReturnValues, { write, before, after }: Outcome): Item | undefined {
  switch (kind) {
    case 'NONE':
      return undefined;
    case 'ALL_OLD':
      return before;
    case 'ALL_NEW':
      return after;
    case 'UPDATED_OLD':
      return updated(write.effect, before);
    case 'UPDATED_NEW':
      return updated(write.effect, after);
  }
}

/** Whole attributes, of which an updated path exists. Measured with DynamoDB Local 3.1.0. */
function updated(effect: Outcome['write']['effect'], item: Item | undefined): Item | undefined {
  if (effect.kind !== 'update' || item === undefined) return undefined;
  const attributes: Record<string, AttributeValue> = {};
  for (const { path } of effect.actions) {
    const name = path[0] as string;
    if (resolvePath(item, path) !== undefined) attributes[name] = item[name] as AttributeValue;
  }
  return Object.keys(attributes).length === 0 ? undefined : attributes;
}
