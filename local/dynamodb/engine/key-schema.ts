import { validationError } from './errors';

export interface KeyAttribute {
  readonly name: string;
  readonly type: 'S' | 'N' | 'B';
}

/** The key of a table or of an index. */
export interface KeySchema {
  readonly hash: KeyAttribute;
  readonly range: KeyAttribute | undefined;
}

/** Types of attributes by their names. */
export type Definitions = ReadonlyMap<string, KeyAttribute['type']>;

export function keyAttributes({ hash, range }: KeySchema): readonly KeyAttribute[] {
  return range ? [hash, range] : [hash];
}

const KEY_TYPES: ReadonlySet<unknown> = new Set(['S', 'N', 'B']);

/** Reads `AttributeDefinitions`. */
export function readDefinitions(input: readonly unknown[]): Definitions {
  if (input.length === 0) throw validationError('No Attribute Schema Defined');
  const definitions = new Map<string, KeyAttribute['type']>();
  for (const { AttributeName, AttributeType } of input as readonly Record<string, unknown>[]) {
    if (typeof AttributeName !== 'string' || AttributeName === '' || AttributeName.length > 255) {
      throw validationError(
        'Names of key attributes and attributes projected into an index must be between 1 and 255 characters, inclusive',
      );
    }
    if (!KEY_TYPES.has(AttributeType)) {
      throw validationError(
        `Value '${String(AttributeType)}' at 'attributeType' of ${AttributeName} failed to satisfy constraint: Member must satisfy enum value set: [B, N, S]`,
      );
    }
    if (definitions.has(AttributeName)) throw validationError('Cannot have two attributes with the same name');
    definitions.set(AttributeName, AttributeType as KeyAttribute['type']);
  }
  return definitions;
}

/** Reads `KeySchema`, of the table or of the named index. */
export function readKeySchema(of: string, input: readonly unknown[], definitions: Definitions): KeySchema {
  const [first, second] = input as readonly { readonly AttributeName: string; readonly KeyType: string }[];
  if (first === undefined) {
    throw validationError(
      'No defined key schema.  A key schema containing at least a hash key must be defined for all tables',
    );
  }
  if (input.length > 2) {
    throw validationError('Key Schema too big.  Key Schema must at most consist of the hash and range key of a table');
  }
  if (first.KeyType !== 'HASH') {
    throw validationError('No Hash Key specified in schema.  All Dynamo DB tables must have exactly one hash key');
  }
  if (second && second.KeyType !== 'RANGE') {
    throw validationError('Too many hash keys specified.  All Dynamo DB tables must have exactly one hash key');
  }
  if (second?.AttributeName === first.AttributeName) {
    throw validationError('Both the Hash Key and the Range Key element in the KeySchema have the same name');
  }
  const attribute = (name: string): KeyAttribute => {
    const type = definitions.get(name);
    if (type !== undefined) return { name, type };
    throw validationError(`The key attribute ${name} of ${of} is not specified in AttributeDefinitions: type unknown`);
  };
  return { hash: attribute(first.AttributeName), range: second && attribute(second.AttributeName) };
}
