import { readStatement } from './statement';
import { unreadable } from './unreadable';
import { readUpdateExpression } from './update-expression';
import type { WireInput, WireItem, Write } from './write';

/** A member of a request: reads what it writes; undefined where it only reads or checks. */
export type Member = () => Write | undefined;

/** Operations that change no item. */
const READS: ReadonlySet<string> = new Set([
  'BatchGetItem',
  'CreateTable',
  'DeleteTable',
  'DescribeContinuousBackups',
  'DescribeEndpoints',
  'DescribeLimits',
  'DescribeTable',
  'DescribeTimeToLive',
  'GetItem',
  'ListTables',
  'ListTagsOfResource',
  'Query',
  'Scan',
  'TransactGetItems',
  'UpdateTable',
  'UpdateTimeToLive',
]);

/** What a request asks to be written, member by member in the order of its answer, whether or not it is accepted. */
export function requestedMembers(operation: string, input: WireInput): readonly Member[] {
  if (READS.has(operation)) return [];
  switch (operation) {
    case 'PutItem':
      return [() => put(input)];
    case 'UpdateItem':
      return [() => update(input)];
    case 'DeleteItem':
      return [() => deletion(input)];
    case 'BatchWriteItem':
      return batchEntries(input).map(
        ({ table, request }) =>
          () =>
            batchWrite(table, request),
      );
    case 'TransactWriteItems':
      return listOf(input.TransactItems, 'TransactItems').map((member) => () => transactWrite(member));
    case 'ExecuteStatement':
      return [() => readStatement(input)];
    case 'BatchExecuteStatement':
      return listOf(input.Statements, 'Statements').map((member) => () => readStatement(member));
    case 'ExecuteTransaction':
      return listOf(input.TransactStatements, 'TransactStatements').map((member) => () => readStatement(member));
    default:
      throw unreadable('The operation', operation || 'none', "one of DynamoDB's that reads or writes items");
  }
}

export function requestedWrites(operation: string, input: WireInput): Write[] {
  return requestedMembers(operation, input).flatMap((read) => read() ?? []);
}

/** The entries of a `BatchWriteItem`, in the order of the request. */
export function batchEntries(input: WireInput): { readonly table: string; readonly request: WireInput }[] {
  const tables = mapOf(input.RequestItems, 'RequestItems');
  return Object.entries(tables).flatMap(([table, requests]) =>
    listOf(requests, `RequestItems of ${table}`).map((request) => ({ table, request })),
  );
}

function put(input: WireInput): Write {
  refuseLegacy(input);
  const item = mapOf(input.Item, 'Item') as WireItem;
  return { kind: 'put', table: tableOf(input), key: item, sets: item, computes: [], removes: [] };
}

function update(input: WireInput): Write {
  refuseLegacy(input);
  const key = mapOf(input.Key, 'Key') as WireItem;
  return { kind: 'update', table: tableOf(input), key, ...readUpdateExpression(input) };
}

function deletion(input: WireInput): Write {
  refuseLegacy(input);
  const key = mapOf(input.Key, 'Key') as WireItem;
  return { kind: 'delete', table: tableOf(input), key, sets: {}, computes: [], removes: [] };
}

function batchWrite(table: string, request: WireInput): Write {
  if (request.PutRequest !== undefined) return put({ TableName: table, ...mapOf(request.PutRequest, 'PutRequest') });
  if (request.DeleteRequest !== undefined) {
    return deletion({ TableName: table, ...mapOf(request.DeleteRequest, 'DeleteRequest') });
  }
  throw unreadable('A member of RequestItems', request, 'PutRequest or DeleteRequest');
}

function transactWrite(member: WireInput): Write | undefined {
  if (member.Put !== undefined) return put(mapOf(member.Put, 'Put'));
  if (member.Update !== undefined) return update(mapOf(member.Update, 'Update'));
  if (member.Delete !== undefined) return deletion(mapOf(member.Delete, 'Delete'));
  if (member.ConditionCheck !== undefined) return undefined;
  throw unreadable('A member of TransactItems', member, 'Put, Update, Delete or ConditionCheck');
}

function refuseLegacy(input: WireInput): void {
  for (const name of ['AttributeUpdates', 'Expected', 'ConditionalOperator']) {
    if (input[name] !== undefined) throw unreadable(name, input[name], 'an expression in its place');
  }
}

function tableOf({ TableName }: WireInput): string {
  if (typeof TableName !== 'string') throw unreadable('TableName', TableName, 'a text');
  // A table may be named by its ARN too.
  return TableName.slice(TableName.lastIndexOf('/') + 1);
}

function mapOf(value: unknown, what: string): WireInput {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw unreadable(what, value, 'an object');
  return value as WireInput;
}

function listOf(value: unknown, what: string): WireInput[] {
  if (!Array.isArray(value)) throw unreadable(what, value, 'a list');
  return value.map((member) => mapOf(member, `A member of ${what}`));
}
