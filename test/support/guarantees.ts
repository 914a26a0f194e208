import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { WAYS, type Way } from './table-world';

/** What happens to an effect, in the words of `docs/guarantees.md`. */
export const CELLS = ['once', 'again', 'waits', 'skipped'] as const;
export type Cell = (typeof CELLS)[number];

export interface Line {
  readonly point: string;
  readonly cells: Readonly<Record<Way, string>>;
  readonly why: string;
  readonly heldBy: string;
}

export const GUARANTEES = readFileSync(join(__dirname, '..', '..', 'docs', 'guarantees.md'), 'utf8');

/** The rows of every table that has a column for each way of remembering. */
export function linesOf(markdown: string): Line[] {
  const rows = markdown.split('\n').map((line) =>
    line.startsWith('|')
      ? line
          .slice(1, -1)
          .split('|')
          .map((cell) => cell.trim())
      : undefined,
  );
  const lines: Line[] = [];
  let isTable = false;
  for (const row of rows) {
    if (row === undefined) isTable = false;
    else if (WAYS.every((way, index) => row[index + 1] === way)) isTable = true;
    else if (isTable && !/^-+$/.test(row[0] ?? '')) {
      const [point = '', ledger = '', identity = '', transaction = '', both = '', why = '', heldBy = ''] = row;
      lines.push({
        point,
        cells: { ledger, identity, transaction, 'transaction with identity': both },
        why,
        heldBy,
      });
    }
  }
  return lines;
}
