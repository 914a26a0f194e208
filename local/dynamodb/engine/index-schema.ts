import { validationError } from './errors';
import { type Definitions, type KeySchema, readKeySchema } from './key-schema';
import { ENGINE_LIMITS } from './limits';
import { type Parameters, requireKnownParameters, requireList, requireName } from './parameters';

export interface IndexSchema extends KeySchema {
  readonly name: string;
  readonly kind: 'global' | 'local';
  readonly projection: Projection;
}

/** As it is asked for and described. */
export interface Projection {
  readonly ProjectionType: 'ALL' | 'KEYS_ONLY' | 'INCLUDE';
  readonly NonKeyAttributes?: readonly string[];
}

const PROPERTIES = { global: 'GlobalSecondaryIndexes', local: 'LocalSecondaryIndexes' } as const;

/** Reads both lists of indexes; source of the rules: API Reference, CreateTable, and DynamoDB Local 3.1.0. */
export function readIndexes(parameters: Parameters, table: KeySchema, definitions: Definitions): IndexSchema[] {
  const local = readList('local', parameters, definitions);
  const global = readList('global', parameters, definitions);
  for (const { name, hash, range } of local) {
    if (table.range === undefined) {
      throw validationError('Local Secondary indices are not allowed on hash tables, only hash and range tables');
    }
    if (hash.name !== table.hash.name) {
      throw validationError(`Local Secondary indices must have the same hash key as the main table: ${name}`);
    }
    if (range === undefined) throw validationError(`Local secondary indices must have a range key: ${name}`);
  }
  const indexes = [...local, ...global];
  const names = new Set(indexes.map(({ name }) => name));
  if (names.size < indexes.length) {
    throw validationError('One or more parameter values were invalid: Duplicate index name');
  }
  const projected = indexes.reduce((count, { projection }) => count + (projection.NonKeyAttributes?.length ?? 0), 0);
  if (projected > ENGINE_LIMITS.projectedAttributes) {
    throw validationError(
      `No more than ${ENGINE_LIMITS.projectedAttributes} attributes per table can be projected into its indexes, found ${projected}`,
    );
  }
  return indexes;
}

function readList(kind: IndexSchema['kind'], parameters: Parameters, definitions: Definitions): IndexSchema[] {
  const property = PROPERTIES[kind];
  if (parameters[property] === undefined || parameters[property] === null) return [];
  const list = requireList(property, parameters[property]);
  if (list.length === 0)
    throw validationError(`One or more parameter values were invalid: List of ${property} is empty`);
  const maximum = ENGINE_LIMITS.indexes[kind];
  if (list.length > maximum) {
    throw validationError(`${property}: a table has at most ${maximum} of them, found ${list.length}`);
  }
  return list.map((input, position) => {
    const index = requireKnownParameters(`${property}[${position}]`, input, ['IndexName', 'KeySchema', 'Projection']);
    const name = requireName(index.IndexName);
    const keySchema = readKeySchema(`the index ${name}`, requireList('KeySchema', index.KeySchema ?? []), definitions);
    return { ...keySchema, name, kind, projection: readProjection(name, index.Projection) };
  });
}

function readProjection(index: string, input: unknown): Projection {
  const { ProjectionType, NonKeyAttributes } = (input ?? {}) as Partial<Projection>;
  const names = NonKeyAttributes ?? [];
  switch (ProjectionType) {
    case undefined:
      throw validationError(`Indexes must have a projection specified: ${index}`);
    case 'ALL':
    case 'KEYS_ONLY':
      if (names.length === 0) return { ProjectionType };
      throw validationError(
        `One or more parameter values were invalid: ProjectionType is ${ProjectionType}, but NonKeyAttributes is specified: ${index}`,
      );
    case 'INCLUDE':
      if (names.length === 0) {
        throw validationError(
          `One or more parameter values were invalid: ProjectionType is INCLUDE, but NonKeyAttributes is not specified: ${index}`,
        );
      }
      if (new Set(names).size < names.length) {
        throw validationError(`Cannot have two attributes with the same name: ${index}`);
      }
      return { ProjectionType, NonKeyAttributes: names };
    default:
      throw validationError(`Projection type must be INCLUDE, ALL, or KEYS_ONLY: ${index}`);
  }
}
