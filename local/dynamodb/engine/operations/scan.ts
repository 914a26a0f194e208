import { type Item, itemBytes } from '../attribute-value';
import { holds } from '../condition';
import type { EngineState } from '../engine-state';
import { Placeholders } from '../expression/placeholders';
import { ENGINE_LIMITS } from '../limits';
import { oneOf, optionalFlag, optionalLimit, optionalText, requireKnownParameters } from '../parameters';
import { project } from '../projection';
import { Table } from '../table';

export function scan(state: EngineState, input: object): object {
  const parameters = requireKnownParameters('Scan', input, [
    'TableName',
    'Limit',
    'ExclusiveStartKey',
    'ConsistentRead',
    'Select',
    'FilterExpression',
    'ProjectionExpression',
    'ExpressionAttributeNames',
    'ExpressionAttributeValues',
  ]);
  optionalFlag(parameters, 'ConsistentRead');
  const limit = optionalLimit(parameters);
  const filterText = optionalText(parameters, 'FilterExpression');
  const projectionText = optionalText(parameters, 'ProjectionExpression');
  const placeholders = new Placeholders(parameters, [filterText, projectionText]);
  const paths = placeholders.projection(projectionText);
  const filter = placeholders.condition('FilterExpression', filterText);
  placeholders.requireAllUsed();
  const select = oneOf(parameters, 'Select', [
    paths ? 'SPECIFIC_ATTRIBUTES' : 'ALL_ATTRIBUTES',
    'ALL_ATTRIBUTES',
    'SPECIFIC_ATTRIBUTES',
    'COUNT',
  ]);
  const table = state.tables.get(optionalText(parameters, 'TableName'));
  const { page, more } = pageOf(table, startKey(table, parameters.ExclusiveStartKey), limit);
  const found = filter ? page.filter((item) => holds(filter, item)) : page;
  const last = page.at(-1);
  return {
    ...(select !== 'COUNT' && { Items: found.map((item) => project(item, paths)) }),
    Count: found.length,
    ScannedCount: page.length,
    ...(more && last && { LastEvaluatedKey: table.onlyKey(last) }),
  };
}

function startKey(table: Table, input: unknown): string | undefined {
  if (input === undefined || input === null || Object.keys(input).length === 0) return undefined;
  return table.keyOf(input).storageKey;
}

/** A page ends at the limit or at 1 MB; one that ends exactly with the table says so only in the next one. */
function pageOf(
  table: Table,
  after: string | undefined,
  limit: number | undefined,
): { page: readonly Item[]; more: boolean } {
  const page: Item[] = [];
  let bytes = 0;
  for (const item of table.inScanOrder()) {
    if (after !== undefined && Table.compare(table.storageKeyOf(item), after) <= 0) continue;
    page.push(item);
    bytes += itemBytes(item);
    if (page.length === limit || bytes > ENGINE_LIMITS.responseBytes) return { page, more: true };
  }
  return { page, more: false };
}
