import { writeFileSync } from 'node:fs';
import { ERROR_CODES, EXIT } from '../../contract/error-codes';
import { LocalError } from '../../local/errors';
import type { LocalReport } from '../../local/run/report';

/** Throws a LocalError when the file cannot be written any more: before the run it could. */
export function writeReport(file: string, report: LocalReport): void {
  try {
    writeFileSync(file, `${JSON.stringify(report, null, 2)}\n`);
  } catch (error) {
    throw new LocalError(
      ERROR_CODES.usage,
      `--report ${file} cannot be written: ${(error as Error).message}. Name another file.`,
      EXIT.failed,
      { cause: error },
    );
  }
}
