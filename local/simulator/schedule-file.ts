import { readFileSync, writeFileSync } from 'node:fs';
import { ERROR_CODES, EXIT } from '../../contract/error-codes';
import { LocalError } from '../errors';
import { FieldProblem, Fields } from './fields';
import { readDecision, readPlan } from './read-schedule';
import type { Schedule } from './schedule';

/** Raised whenever the same file would bring about another run. */
const FORMAT = 'msk-once schedule 3';

/** A schedule as it is kept, with what it did then. */
export interface KeptSchedule extends Schedule {
  readonly rule: string;
  /** What happened, for a person. */
  readonly text: string;
  readonly traceHash: string;
}

export function writeSchedule(file: string, { rule, text, traceHash, plan, decisions }: KeptSchedule): void {
  writeFileSync(file, `${JSON.stringify({ format: FORMAT, rule, text, traceHash, plan, decisions }, null, 2)}\n`);
}

/** Throws an error that says what is wrong with the file, and where. */
export function readSchedule(file: string): KeptSchedule {
  try {
    const fields = new Fields(JSON.parse(textOf(file)));
    const format = fields.value('format');
    if (format !== FORMAT) throw new FieldProblem(wrongFormat(format));
    const kept = {
      rule: fields.text('rule'),
      text: fields.text('text'),
      traceHash: fields.text('traceHash'),
      plan: readPlan(fields.object('plan')),
      decisions: fields.list('decisions', readDecision),
    };
    fields.done();
    return kept;
  } catch (error) {
    if (error instanceof FieldProblem) throw unusable(file, error.message);
    if (error instanceof SyntaxError) throw unusable(file, `it is not JSON (${error.message})`);
    throw error;
  }
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw unusable(file, `it cannot be read (${(error as Error).message})`);
  }
}

function wrongFormat(format: unknown): string {
  return typeof format === 'string' && format.startsWith('msk-once schedule ')
    ? `it was written by another version (its format is ${JSON.stringify(format)}, and this one reads ${JSON.stringify(FORMAT)}): replay it with the version that wrote it`
    : `it has no format ${JSON.stringify(FORMAT)}, so it is no schedule`;
}

function unusable(file: string, problem: string): LocalError {
  const what = problem.endsWith('.') ? problem : `${problem}.`;
  return new LocalError(
    ERROR_CODES.usage,
    `The schedule ${file} cannot be replayed: ${what} A failing run of msk-once simulate writes such files.`,
    EXIT.usage,
  );
}
