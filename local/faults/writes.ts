import type { DatabaseRequest } from '../dynamodb/interceptor';

const READS = new Set(['GetItem', 'BatchGetItem', 'TransactGetItems', 'Query', 'Scan']);

export interface WriteOutcome {
  readonly accepted: number;
  readonly refused: number;
}

/** What the database made of the writes of a request; nothing of one that only reads. */
export function outcomeOf({ operation, input }: DatabaseRequest, status: number, output: unknown): WriteOutcome {
  if (READS.has(operation) || /^(Describe|List)/.test(operation)) return { accepted: 0, refused: 0 };
  const { Statement, Statements, TransactStatements } = input;
  const statements = [{ Statement }, ...listOf(Statements), ...listOf(TransactStatements)];
  const writes = statements.map((one) => typeof one.Statement === 'string' && !/^\s*SELECT\b/i.test(one.Statement));
  const isStatement = Statement !== undefined || Statements !== undefined || TransactStatements !== undefined;
  if (isStatement && !writes.includes(true)) return { accepted: 0, refused: 0 };
  if (status !== 200) return { accepted: 0, refused: 1 };
  // Each statement of such a batch succeeds or fails alone.
  if (operation !== 'BatchExecuteStatement') return { accepted: 1, refused: 0 };
  const responses = listOf((output as { Responses?: unknown } | undefined)?.Responses);
  const refused = responses.filter(({ Error: error }) => error !== undefined).length;
  return { accepted: responses.length - refused, refused };
}

function listOf(value: unknown): readonly Readonly<Record<string, unknown>>[] {
  return Array.isArray(value) ? value : [];
}
