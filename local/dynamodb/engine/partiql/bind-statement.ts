import { type AttributeValue, type Item, isSetType, typeOf } from '../attribute-value';
import { bindUpdate } from '../bind-update';
import type { Condition } from '../condition';
import type { DocumentPath } from '../document-path';
import { itemError, notInEngine, validationError } from '../errors';
import { requireIndexKeys, requireScalarKeys } from '../index-keys';
import { type ItemWrite, requireItemSize } from '../item-write';
import type { ReturnValues } from '../return-values';
import { type Binding, bindPath, type ValueSyntax } from '../syntax';
import type { StorageKey, Table } from '../table';
import type { Tables } from '../tables';
import type { UpdateAction } from '../update';
import type { DeleteSyntax, InsertSyntax, SelectSyntax, StatementSyntax, UpdateSyntax } from './statement-parser';
import { namesWholeKey, requireKeyTypes, splitWhere } from './where-key';

/** A statement with its parameters: always about one item. */
export type Statement = WriteStatement | ReadStatement;

export interface WriteStatement {
  readonly kind: 'write';
  readonly write: ItemWrite;
  readonly returning: ReturnValues;
}

export interface ReadStatement {
  readonly kind: 'select' | 'exists';
  readonly table: Table;
  readonly key: Item;
  readonly storageKey: StorageKey;
  readonly filter: Condition | undefined;
  readonly columns: readonly DocumentPath[] | undefined;
}

export function bindStatement(
  syntax: StatementSyntax,
  parameters: readonly AttributeValue[],
  returnsOldOnFailure: boolean,
  tables: Tables,
): Statement {
  if (syntax.parameters !== parameters.length) {
    throw validationError("Number of parameters in request and statement don't match.");
  }
  const binding = new ParameterBinding(parameters);
  const table = tables.get(syntax.table);
  const statement = bindKind(syntax, table, binding, returnsOldOnFailure);
  requireScalarKeys(table, binding.nestedPaths);
  return statement;
}

function bindKind(
  syntax: StatementSyntax,
  table: Table,
  binding: ParameterBinding,
  returnsOldOnFailure: boolean,
): Statement {
  switch (syntax.kind) {
    case 'insert':
      return bindInsert(syntax, table, binding, returnsOldOnFailure);
    case 'update':
      return bindUpdateStatement(syntax, table, binding, returnsOldOnFailure);
    case 'delete':
      return bindDelete(syntax, table, binding, returnsOldOnFailure);
    default:
      return bindSelect(syntax, table, binding);
  }
}

class ParameterBinding implements Binding {
  readonly nestedPaths: DocumentPath[] = [];

  constructor(readonly parameters: readonly AttributeValue[]) {}

  name(): never {
    throw new Error('A statement has no aliases: this is a bug of the in-process DynamoDB engine, please report it.');
  }

  value(syntax: ValueSyntax): AttributeValue {
    if ('literal' in syntax) return syntax.literal;
    // As many as the statement takes: counted before.
    if ('parameter' in syntax) return this.parameters[syntax.parameter] as AttributeValue;
    throw new Error(
      'A statement holds no placeholders: this is a bug of the in-process DynamoDB engine, please report it.',
    );
  }
}

function bindInsert(
  { members }: InsertSyntax,
  table: Table,
  binding: ParameterBinding,
  returnsOldOnFailure: boolean,
): WriteStatement {
  const item: Item = Object.fromEntries(members.map(([name, value]) => [name, binding.value(value)]));
  for (const { name } of table.keyAttributes) {
    if (!Object.hasOwn(item, name)) {
      throw itemError(`Key attribute should be present in the item: Key ${name}`);
    }
  }
  requireKeyTypes(table, item);
  const write: ItemWrite = {
    table,
    key: table.onlyKey(item),
    storageKey: table.storageKeyOf(item),
    condition: undefined,
    returnsOldOnFailure,
    effect: { kind: 'insert', item },
    values: [],
  };
  requireIndexKeys(table, item, 'item');
  requireItemSize(item, itemError);
  return { kind: 'write', write, returning: 'NONE' };
}

/** Never an upsert: a missing item fails like an unmet condition. */
function bindUpdateStatement(
  { actions: syntax, where, returning }: UpdateSyntax,
  table: Table,
  binding: ParameterBinding,
  returnsOldOnFailure: boolean,
): WriteStatement {
  const { key, storageKey, rest } = splitWhere(where, table, binding);
  const actions = bindUpdate(syntax, binding);
  for (const action of actions) requireSet(action);
  const condition: Condition = { kind: 'and', conditions: [itemExists(table), ...rest] };
  const effect = { kind: 'update', actions } as const;
  return {
    kind: 'write',
    write: { table, key, storageKey, condition, returnsOldOnFailure, effect, values: binding.parameters },
    returning,
  };
}

/** Unlike ADD of an update expression SET_ADD adds no numbers. */
function requireSet(action: UpdateAction): void {
  if ((action.kind !== 'add' && action.kind !== 'delete') || isSetType(typeOf(action.value))) return;
  throw validationError(`The second argument to SET_${action.kind.toUpperCase()} must be a value with type SET`);
}

/** A missing item is deleted with success, whatever the rest of the condition says. */
function bindDelete(
  { where, returning }: DeleteSyntax,
  table: Table,
  binding: ParameterBinding,
  returnsOldOnFailure: boolean,
): WriteStatement {
  const { key, storageKey, rest } = splitWhere(where, table, binding);
  const missing: Condition = { kind: 'not', condition: itemExists(table) };
  const condition: Condition = { kind: 'or', conditions: [missing, { kind: 'and', conditions: rest }] };
  const effect = { kind: 'delete' } as const;
  return {
    kind: 'write',
    write: { table, key, storageKey, condition, returnsOldOnFailure, effect, values: binding.parameters },
    returning,
  };
}

function bindSelect({ kind, columns, where }: SelectSyntax, table: Table, binding: Binding): ReadStatement {
  if (!namesWholeKey(where, table)) {
    throw notInEngine('a SELECT of more than one item', 'an equality on each key attribute; Scan reads a table');
  }
  const nested = columns?.find((path) => path.length > 1);
  if (nested) throw notInEngine(`the nested column ${JSON.stringify(nested)} of a SELECT`, '* and names of attributes');
  const { key, storageKey, rest } = splitWhere(where, table, binding);
  const filter: Condition | undefined = rest.length === 0 ? undefined : { kind: 'and', conditions: rest };
  return { kind, table, key, storageKey, filter, columns: columns?.map((path) => bindPath(path, binding)) };
}

/** Holds for any item of the table. */
export function itemExists(table: Table): Condition {
  return { kind: 'exists', path: [table.schema.hash.name] };
}
