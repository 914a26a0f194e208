import type { EngineState } from '../engine-state';
import { notInEngine, validationError } from '../errors';
import { readIndexes } from '../index-schema';
import { keyAttributes, readDefinitions, readKeySchema } from '../key-schema';
import { oneOf, requireKnownParameters, requireList, requireName } from '../parameters';
import { describe } from './describe-table';

/** Active at once, with all its indexes. */
export function createTable(state: EngineState, input: object): object {
  const parameters = requireKnownParameters('CreateTable', input, [
    'TableName',
    'KeySchema',
    'AttributeDefinitions',
    'BillingMode',
    'GlobalSecondaryIndexes',
    'LocalSecondaryIndexes',
  ]);
  if (oneOf(parameters, 'BillingMode', ['PROVISIONED', 'PAY_PER_REQUEST']) !== 'PAY_PER_REQUEST') {
    throw notInEngine('BillingMode PROVISIONED of CreateTable', 'PAY_PER_REQUEST');
  }
  const name = requireName(parameters.TableName);
  const definitions = readDefinitions(requireList('AttributeDefinitions', parameters.AttributeDefinitions ?? []));
  const key = readKeySchema('the table', requireList('KeySchema', parameters.KeySchema ?? []), definitions);
  const indexes = readIndexes(parameters, key, definitions);
  const used = new Set([key, ...indexes].flatMap((schema) => keyAttributes(schema).map((attribute) => attribute.name)));
  const unused = [...definitions.keys()].filter((attribute) => !used.has(attribute));
  if (unused.length > 0) {
    throw validationError(
      `One or more parameter values were invalid: Some AttributeDefinitions are not used: [${unused.join(', ')}]`,
    );
  }
  return { TableDescription: describe(state.tables.create({ ...key, name, definitions, indexes }, state.now())) };
}
