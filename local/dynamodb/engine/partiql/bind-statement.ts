import { type AttributeValue, equalValues, type Item, typeOf } from '../attribute-value';
import { bindCondition } from '../bind-condition';
import { bindUpdate } from '../bind-update';
import type { Condition } from '../condition';
import type { DocumentPath } from '../document-path';
import { itemError, notInEngine, validationError } from '../errors';
import { type ItemWrite, requireItemSize } from '../item-write';
import type { ReturnValues } from '../return-values';
import { type Binding, bindPath, type ConditionSyntax, type ValueSyntax } from '../syntax';
import type { KeyAttribute, StorageKey, Table } from '../table';
import type { Tables } from '../tables';
import type { DeleteSyntax, InsertSyntax, SelectSyntax, StatementSyntax, UpdateSyntax } from './statement-parser';

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
  constructor(readonly parameters: readonly AttributeValue[]) {}

  name(): never {
    throw new Error('A statement has no aliases: this is a bug of the in-process DynamoDB engine, please report it.');
  }

  value(syntax: ValueSyntax): AttributeValue {
    if ('literal' in syntax) return syntax.literal;
    const value = 'parameter' in syntax ? this.parameters[syntax.parameter] : undefined;
    if (value !== undefined) return value;
    throw validationError("Number of parameters in request and statement don't match.");
  }
}

function bindInsert(
  { members }: InsertSyntax,
  table: Table,
  binding: Binding,
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
  };
  requireItemSize(item, itemError);
  return { kind: 'write', write, returning: 'NONE' };
}

/** Never an upsert: a missing item fails like an unmet condition. */
function bindUpdateStatement(
  { actions: syntax, where, returning }: UpdateSyntax,
  table: Table,
  binding: Binding,
  returnsOldOnFailure: boolean,
): WriteStatement {
  const { key, storageKey, rest } = splitWhere(where, table, binding);
  const actions = bindUpdate(syntax, binding);
  const condition: Condition = { kind: 'and', conditions: [exists(table), ...rest] };
  const effect = { kind: 'update', actions } as const;
  return { kind: 'write', write: { table, key, storageKey, condition, returnsOldOnFailure, effect }, returning };
}

/** A missing item is deleted with success, whatever the rest of the condition says. */
function bindDelete(
  { where, returning }: DeleteSyntax,
  table: Table,
  binding: Binding,
  returnsOldOnFailure: boolean,
): WriteStatement {
  const { key, storageKey, rest } = splitWhere(where, table, binding);
  const missing: Condition = { kind: 'not', condition: exists(table) };
  const condition: Condition = { kind: 'or', conditions: [missing, { kind: 'and', conditions: rest }] };
  const effect = { kind: 'delete' } as const;
  return { kind: 'write', write: { table, key, storageKey, condition, returnsOldOnFailure, effect }, returning };
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

function exists(table: Table): Condition {
  return { kind: 'exists', path: [table.schema.hash.name] };
}

/** The equalities on the key name the item; what else stands in the condition must hold for it. */
function splitWhere(
  where: ConditionSyntax | undefined,
  table: Table,
  binding: Binding,
): { key: Item; storageKey: StorageKey; rest: Condition[] } {
  const key: Record<string, AttributeValue> = {};
  const rest: Condition[] = [];
  for (const conjunct of where ? conjunctsOf(where) : []) {
    const condition = bindCondition(conjunct, binding);
    const equality = keyOperands(conjunct, table.keyAttributes);
    if (equality === undefined) {
      rest.push(condition);
      continue;
    }
    const { name } = equality;
    const value = binding.value(equality.value);
    const known = key[name];
    if (known !== undefined && !equalValues(known, value)) {
      throw itemError(`Multiple conditions on same key ${name}. Only single item Update/Insert/Delete are supported`);
    }
    key[name] = value;
  }
  if (table.keyAttributes.some(({ name }) => key[name] === undefined)) {
    throw itemError('Where clause does not contain a mandatory equality on all key attributes');
  }
  requireKeyTypes(table, key);
  return { key, storageKey: table.storageKeyOf(key), rest };
}

/** Whether a SELECT can find one item at most. */
export function namesWholeKey(where: ConditionSyntax | undefined, table: Table): boolean {
  const named = (where ? conjunctsOf(where) : []).flatMap((each) => keyOperands(each, table.keyAttributes)?.name ?? []);
  return table.keyAttributes.every(({ name }) => named.includes(name));
}

function conjunctsOf(condition: ConditionSyntax): readonly ConditionSyntax[] {
  return condition.kind === 'and' ? condition.conditions.flatMap(conjunctsOf) : [condition];
}

/** The key attribute and the value of an equality on the key, whichever stands first. */
function keyOperands(
  condition: ConditionSyntax,
  keyAttributes: readonly KeyAttribute[],
): { name: string; value: ValueSyntax } | undefined {
  if (condition.kind !== 'compare' || condition.comparator !== '=') return undefined;
  const { left, right } = condition;
  const [path, value] = left.kind === 'path' ? [left, right] : [right, left];
  if (path.kind !== 'path' || path.path.length !== 1 || value.kind !== 'value') return undefined;
  const name = keyAttributes.find((attribute) => attribute.name === path.path[0])?.name;
  return name === undefined ? undefined : { name, value: value.value };
}

function requireKeyTypes(table: Table, item: Item): void {
  for (const { name, type } of table.keyAttributes) {
    if (typeOf(item[name] as AttributeValue) === type) continue;
    throw itemError(`Key attribute's data type should match its data type in table's schema: Key ${name}`);
  }
}
