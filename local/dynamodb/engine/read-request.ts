import type { Item } from './attribute-value';
import { attributesIn, type Condition, holds } from './condition';
import type { DocumentPath } from './document-path';
import { validationError } from './errors';
import type { Placeholders } from './expression/placeholders';
import { requireScalarKeys } from './index-keys';
import { ENGINE_LIMITS } from './limits';
import { optionalFlag, optionalLimit, optionalText, type Parameters } from './parameters';
import { project } from './projection';
import type { Tables } from './tables';
import { itemBytes } from './value-size';
import { View } from './view';

export const READ_PARAMETERS = [
  'TableName',
  'IndexName',
  'Limit',
  'ExclusiveStartKey',
  'ConsistentRead',
  'Select',
  'FilterExpression',
  'ProjectionExpression',
  'ExpressionAttributeNames',
  'ExpressionAttributeValues',
] as const;

/** What Scan and Query have in common. */
export interface ReadRequest {
  readonly view: View;
  readonly limit: number | undefined;
  /** The key after which the page begins. */
  readonly start: Item | undefined;
  readonly filter: Condition | undefined;
  /** What the answer shows of an item; undefined where only the count was asked for. */
  readonly shown: ((item: Item) => Item) | undefined;
}

/** Every read is consistent, asked for or not. */
export function readRequest(parameters: Parameters, placeholders: Placeholders, tables: Tables): ReadRequest {
  const paths = placeholders.projection(optionalText(parameters, 'ProjectionExpression'));
  const filter = placeholders.condition('FilterExpression', optionalText(parameters, 'FilterExpression'));
  placeholders.requireAllUsed();
  const limit = optionalLimit(parameters);
  const view = viewOf(parameters, tables);
  requireScalarKeys(view.table, placeholders.nestedPaths);
  if (optionalFlag(parameters, 'ConsistentRead') && view.index?.kind === 'global') {
    throw validationError('Consistent reads are not supported on global secondary indexes');
  }
  const unknown = (filter ? attributesIn(filter) : []).filter((name) => !view.projects(name));
  if (unknown.length > 0) {
    throw validationError(
      `One or more parameter values were invalid: Secondary index ${view.index?.name} does not project one or more filter attributes: [${unknown.join(', ')}]`,
    );
  }
  const shown = shownOf(optionalText(parameters, 'Select'), paths, view);
  return { view, limit, start: view.parseStart(parameters.ExclusiveStartKey), filter, shown };
}

function viewOf(parameters: Parameters, tables: Tables): View {
  const table = tables.get(optionalText(parameters, 'TableName'));
  const name = optionalText(parameters, 'IndexName');
  if (name === undefined) return new View(table);
  const index = table.schema.indexes.find((each) => each.name === name);
  if (index === undefined) throw validationError(`The table does not have the specified index: ${name}`);
  return new View(table, index);
}

function shownOf(
  select: string | undefined,
  paths: readonly DocumentPath[] | undefined,
  view: View,
): ReadRequest['shown'] {
  const { index } = view;
  switch (select ?? (paths ? 'SPECIFIC_ATTRIBUTES' : index ? 'ALL_PROJECTED_ATTRIBUTES' : 'ALL_ATTRIBUTES')) {
    case 'SPECIFIC_ATTRIBUTES': {
      if (paths === undefined) {
        throw validationError('Must specify the ProjectionExpression when choosing to get SPECIFIC_ATTRIBUTES');
      }
      const unknown = paths.flatMap(([name]) => (view.projects(name as string) ? [] : [name]));
      // A local index fetches the rest from the table.
      if (index?.kind === 'global' && unknown.length > 0) {
        throw validationError(
          `One or more parameter values were invalid: Global secondary index ${index.name} does not project [${unknown.join(', ')}]`,
        );
      }
      return (item) => project(item, paths);
    }
    case 'ALL_ATTRIBUTES':
      requireNoPaths(paths, 'ALL_ATTRIBUTES');
      if (index?.kind === 'global' && index.projection.ProjectionType !== 'ALL') {
        throw validationError(
          `One or more parameter values were invalid: Select type ALL_ATTRIBUTES is not supported for global secondary index ${index.name} because its projection type is not ALL`,
        );
      }
      return (item) => item;
    case 'ALL_PROJECTED_ATTRIBUTES':
      requireNoPaths(paths, 'ALL_PROJECTED_ATTRIBUTES');
      if (index === undefined) {
        throw validationError('ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName');
      }
      return (item) => view.projected(item);
    case 'COUNT':
      requireNoPaths(paths, 'only the Count');
      return undefined;
    default:
      throw validationError(
        `Value '${select}' at 'select' failed to satisfy constraint: ` +
          'Member must satisfy enum value set: [SPECIFIC_ATTRIBUTES, COUNT, ALL_ATTRIBUTES, ALL_PROJECTED_ATTRIBUTES]',
      );
  }
}

function requireNoPaths(paths: readonly DocumentPath[] | undefined, choice: string): void {
  if (paths !== undefined)
    throw validationError(`Cannot specify the ProjectionExpression when choosing to get ${choice}`);
}

/**
 * The page of the items, which stand in the order of the read. It ends at the limit or at 1 MB; one that ends exactly
 * with the items says so only in the next one.
 */
export function answerPage({ view, limit, filter, shown }: ReadRequest, items: readonly Item[]): object {
  let scanned = 0;
  let bytes = 0;
  let more = false;
  const found: Item[] = [];
  for (const item of items) {
    scanned += 1;
    bytes += itemBytes(view.projected(item));
    if (filter === undefined || holds(filter, item)) found.push(item);
    more = scanned === limit || bytes > ENGINE_LIMITS.responseBytes;
    if (more) break;
  }
  const last = items[scanned - 1];
  return {
    ...(shown && { Items: found.map(shown) }),
    Count: found.length,
    ScannedCount: scanned,
    ...(more && last && { LastEvaluatedKey: view.keyOf(last) }),
  };
}
