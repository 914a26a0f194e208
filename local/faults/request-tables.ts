/** The tables that a request names. Source: DynamoDB API Reference, the requests of each operation. */
export function tablesOf(input: Readonly<Record<string, unknown>>): string[] {
  const { TableName, RequestItems, TransactItems, Statement, Statements, TransactStatements } = input;
  const names = [
    ...nameIn({ TableName }),
    ...Object.keys(isObject(RequestItems) ? RequestItems : {}),
    ...listOf(TransactItems).flatMap((action) => Object.values(action).flatMap(nameIn)),
    ...[{ Statement }, ...listOf(Statements), ...listOf(TransactStatements)].flatMap(tableOfStatement),
  ];
  return [...new Set(names)];
}

/** A statement of PartiQL names its table after one of these words. */
const TABLE = /\b(?:INTO|UPDATE|FROM)\s+(?:"([^"]+)"|([\w.-]+))/i;

function tableOfStatement({ Statement }: Readonly<Record<string, unknown>>): string[] {
  const found = typeof Statement === 'string' ? TABLE.exec(Statement) : null;
  const name = found?.[1] ?? found?.[2];
  return name === undefined ? [] : [name];
}

function nameIn(action: unknown): string[] {
  return isObject(action) && typeof action.TableName === 'string' ? [action.TableName] : [];
}

function listOf(value: unknown): Readonly<Record<string, unknown>>[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
