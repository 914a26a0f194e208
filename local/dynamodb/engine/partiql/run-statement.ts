import type { Item } from '../attribute-value';
import { holds } from '../condition';
import { store, tryWrite } from '../item-write';
import { project } from '../projection';
import { returnedItem } from '../return-values';
import type { ReadStatement, Statement } from './bind-statement';

/** Gives the item to answer with, if the statement has one. */
export function runStatement(statement: Statement): Item | undefined {
  if (statement.kind !== 'write') return selectedItem(statement);
  const outcome = tryWrite(statement.write);
  store(outcome);
  return returnedItem(statement.returning, outcome);
}

export function selectedItem({ table, storageKey, filter, columns }: ReadStatement): Item | undefined {
  const item = table.get(storageKey);
  if (item === undefined || (filter !== undefined && !holds(filter, item))) return undefined;
  return project(item, columns);
}
