import type { EngineState } from '../engine-state';
import { notInEngine, validationError } from '../errors';
import { oneOf, optionalText, requireKnownParameters, requireList } from '../parameters';
import type { KeyAttribute, TableSchema } from '../table';
import { describe } from './describe-table';

const NAME = /^[a-zA-Z0-9_.-]{3,255}$/;

export function createTable(state: EngineState, input: object): object {
  const parameters = requireKnownParameters('CreateTable', input, [
    'TableName',
    'KeySchema',
    'AttributeDefinitions',
    'BillingMode',
  ]);
  if (oneOf(parameters, 'BillingMode', ['PROVISIONED', 'PAY_PER_REQUEST']) !== 'PAY_PER_REQUEST') {
    throw notInEngine('BillingMode PROVISIONED of CreateTable', 'PAY_PER_REQUEST');
  }
  const name = optionalText(parameters, 'TableName') ?? '';
  if (!NAME.test(name)) {
    throw validationError(
      'Invalid table/index name.  Table/index names must be between 3 and 255 characters long, ' +
        "and may contain only the characters a-z, A-Z, 0-9, '_', '-', and '.'",
    );
  }
  const schema = schemaOf(
    name,
    requireList('KeySchema', parameters.KeySchema) as readonly KeySchemaElement[],
    requireList('AttributeDefinitions', parameters.AttributeDefinitions) as readonly AttributeDefinition[],
  );
  return { TableDescription: describe(state.tables.create(schema, state.now())) };
}

interface KeySchemaElement {
  readonly AttributeName: string;
  readonly KeyType: string;
}

interface AttributeDefinition {
  readonly AttributeName: string;
  readonly AttributeType: string;
}

function schemaOf(
  name: string,
  keySchema: readonly KeySchemaElement[],
  definitions: readonly AttributeDefinition[],
): TableSchema {
  const [first, second] = keySchema;
  if (first?.KeyType !== 'HASH' || (second && second.KeyType !== 'RANGE') || keySchema.length > 2) {
    throw validationError(
      `Invalid KeySchema: accepted is one HASH element, then perhaps one RANGE element; found ${JSON.stringify(keySchema)}`,
    );
  }
  if (definitions.length === 0) throw validationError('No Attribute Schema Defined');
  if (definitions.length !== keySchema.length) {
    throw validationError(
      'The number of attributes in key schema must match the number of attributes defined in attribute definitions.',
    );
  }
  const attribute = ({ AttributeName }: KeySchemaElement): KeyAttribute => {
    const type = definitions.find((definition) => definition.AttributeName === AttributeName)?.AttributeType;
    if (type !== 'S' && type !== 'N' && type !== 'B') {
      throw validationError(
        `The key attribute ${AttributeName} needs a definition with the type S, N or B; found ${type}`,
      );
    }
    return { name: AttributeName, type };
  };
  const hash = attribute(first);
  const range = second && attribute(second);
  if (range?.name === hash.name)
    throw validationError('Both the Hash Key and the Range Key element in the KeySchema have the same name');
  return { name, hash, range };
}
