import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { UsageError } from './options';
import type { Result } from './question';

/** The stored results, by question: what `--compare` compares with and what docs/performance.md shows. */
export type Kept = Readonly<Record<string, Result<unknown>>>;

export const BASELINE = path.join(__dirname, 'baseline.json');

export function readKept(): Kept {
  return existsSync(BASELINE) ? (JSON.parse(readFileSync(BASELINE, 'utf8')) as Kept) : {};
}

export function storeResult(result: Result<unknown>): void {
  writeFileSync(BASELINE, `${JSON.stringify({ ...readKept(), [result.question]: result }, null, 2)}\n`);
}

/** A file that `--json` wrote, or the baseline. */
export function readResult(file: string, question: string): Result<unknown> {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new UsageError(`--compare ${file} is not JSON: ${(error as Error).message}.`);
  }
  const found = (content as Kept | null)?.[question] ?? (content as Result<unknown> | null);
  if (found?.question === question && Array.isArray(found.rows)) return found;
  throw new UsageError(
    `--compare ${file} holds no result of the benchmark ${question}; accepted is a file that --json wrote, or bench/baseline.json.`,
  );
}
