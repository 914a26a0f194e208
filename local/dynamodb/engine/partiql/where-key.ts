import { type AttributeValue, type Item, typeOf } from '../attribute-value';
import { bindCondition } from '../bind-condition';
import { equalValues } from '../compare-values';
import type { Condition } from '../condition';
import { itemError } from '../errors';
import type { KeyAttribute } from '../key-schema';
import type { Binding, ConditionSyntax, ValueSyntax } from '../syntax';
import type { StorageKey, Table } from '../table';

/** The equalities on the key name the item; what else stands in the condition must hold for it. */
export function splitWhere(
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

export function requireKeyTypes(table: Table, item: Item): void {
  for (const { name, type } of table.keyAttributes) {
    if (typeOf(item[name] as AttributeValue) === type) continue;
    throw itemError(`Key attribute's data type should match its data type in table's schema: Key ${name}`);
  }
}
