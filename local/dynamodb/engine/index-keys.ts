import { type AttributeValue, type Item, isEmptyScalar, typeOf } from './attribute-value';
import type { DocumentPath } from './document-path';
import { itemError, requestError, validationError } from './errors';
import { keyAttributes } from './key-schema';
import { ENGINE_LIMITS } from './limits';
import type { Table } from './table';
import { valueBytes } from './value-size';

/** Refuses what an index of the table cannot hold as its key; an item without the key is not in the index. */
export function requireIndexKeys({ schema }: Table, item: Item, what: 'item' | 'update'): void {
  for (const index of schema.indexes) {
    for (const { name, type } of keyAttributes(index)) {
      if (!Object.hasOwn(item, name)) continue;
      const value = item[name] as AttributeValue;
      const actual = typeOf(value);
      if (actual !== type) {
        throw itemError(
          `One or more parameter values were invalid: Type mismatch for Index Key ${name} Expected: ${type} Actual: ${actual} IndexName: ${index.name}`,
        );
      }
      if (isEmptyScalar(value)) throw emptyKey(what, type, index.name, name);
      const maximum = name === index.hash.name ? ENGINE_LIMITS.hashKeyBytes : ENGINE_LIMITS.rangeKeyBytes;
      if (valueBytes(value) > maximum) {
        throw validationError(
          `One or more parameter values were invalid: Size limit exceeded: ${maximum} bytes for the key ${name} of the index ${index.name}`,
        );
      }
    }
  }
}

function emptyKey(what: 'item' | 'update', type: string, index: string, name: string) {
  const kind = type === 'B' ? 'binary' : 'string';
  const cannot = `The AttributeValue for a key attribute cannot contain an empty ${kind} value.`;
  return requestError(
    what === 'item'
      ? `One or more parameter values are not valid. A value specified for a secondary index key is not supported. ${cannot} IndexName: ${index}, IndexKey: ${name}`
      : `One or more parameter values are not valid. The update expression attempted to update a secondary index key to a value that is not supported. ${cannot}`,
  );
}

/** A key attribute is a scalar: nothing may look into it. */
export function requireScalarKeys({ schema }: Table, nested: readonly DocumentPath[]): void {
  for (const [name] of nested) {
    const of = [schema, ...schema.indexes].find((key) =>
      keyAttributes(key).some((attribute) => attribute.name === name),
    );
    if (of === undefined) continue;
    throw validationError(
      "Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed: " +
        `${of === schema ? 'Key' : 'IndexKey'}: ${name}`,
    );
  }
}
