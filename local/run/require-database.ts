import { ERROR_CODES, EXIT } from '../../contract/error-codes';
import { requestHeaders } from '../dynamodb/request-headers';
import { LocalError } from '../errors';

const WITHIN_MS = 5_000;

/** Throws a LocalError unless a DynamoDB answers at the endpoint. */
export async function requireDatabase(endpoint: string): Promise<void> {
  const problem = await problemOf(endpoint);
  if (problem === undefined) return;
  throw new LocalError(
    ERROR_CODES.serverUnreachable,
    `No DynamoDB answers at ${endpoint}: ${problem}. Name one that runs with --dynamodb URL, or leave it away for the one in this process.`,
    EXIT.unreachable,
  );
}

async function problemOf(endpoint: string): Promise<string | undefined> {
  try {
    const response = await fetch(endpoint, {
      method: 'POST',
      headers: requestHeaders('ListTables'),
      body: '{}',
      signal: AbortSignal.timeout(WITHIN_MS),
    });
    const answer = (await response.json()) as { TableNames?: unknown; __type?: string } | null;
    if (Array.isArray(answer?.TableNames)) return undefined;
    return `it answers with ${response.status} ${answer?.__type ?? ''}`.trim();
  } catch (error) {
    if ((error as Error).name === 'TimeoutError') return `it said nothing for ${WITHIN_MS / 1_000} s`;
    if (error instanceof SyntaxError) return 'something else is there';
    const { code } = ((error as Error).cause ?? {}) as NodeJS.ErrnoException;
    return code === 'ECONNREFUSED' ? 'nothing is there' : `${code ?? (error as Error).message}`;
  }
}
