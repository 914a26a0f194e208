import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { EXIT } from '../../contract/error-codes';
import type { Findings } from '../../local/oracle/findings';
import { judgeHistory } from '../../local/oracle/history';
import { readHistory } from '../../local/oracle/read-history';
import { CommandLine } from '../command-line';
import { HISTORY_FORM } from './history-form';

const USAGE = `Usage: msk-once judge FILE [options]

Judges a recorded history by the promise of its way of remembering, and says what breaks it: exit code 0 if nothing
does, 1 if something does, 2 if the file is not a history.

  --json FILE      writes all findings as JSON
  --help           this text, and what FILE holds`;

const LINE = new CommandLine(USAGE);
const SHOWN = 20;

export async function judge(argv: readonly string[]): Promise<number> {
  const { file, json, help } = readArguments(argv);
  if (help) {
    process.stdout.write(`${USAGE}\n\n${HISTORY_FORM}\n`);
    return EXIT.ok;
  }
  if (file === undefined) throw LINE.refused('FILE is missing; accepted is one.');
  LINE.checkReadable('FILE', file);
  if (json !== undefined) LINE.checkWritable('--json', json);
  const findings = judgeHistory(readHistory(readFileSync(file, 'utf8')));
  if (json !== undefined) writeFileSync(json, `${JSON.stringify(findings, null, 2)}\n`);
  process.stdout.write(`${textOf(findings)}\n`);
  return findings.violations.length === 0 ? EXIT.ok : EXIT.failed;
}

function readArguments(argv: readonly string[]) {
  try {
    const options = { json: { type: 'string' }, help: { type: 'boolean' } } as const;
    const { values, positionals } = parseArgs({ args: [...argv], options, allowPositionals: true });
    if (positionals.length > 1) throw new Error(`FILE stands ${positionals.length} times; accepted is one.`);
    return { ...values, file: positionals[0] };
  } catch (error) {
    throw LINE.refused((error as Error).message);
  }
}

function textOf(findings: Findings): string {
  const { violations, repeated: _, ...counts } = findings;
  const rows = Object.entries(counts).map(([name, count]) => `  ${name.padEnd(20)}${String(count).padStart(7)}`);
  const shown = violations.slice(0, SHOWN).map(({ rule, at, text }) => `  ${rule} at observation ${at}: ${text}`);
  const rest = violations.length > SHOWN ? [`  and ${violations.length - SHOWN} more`] : [];
  return [...rows, ...shown, ...rest, verdictOf(violations.length)].join('\n');
}

function verdictOf(violations: number): string {
  if (violations === 0) return 'The promise is kept.';
  return `The promise is broken ${violations === 1 ? 'once' : `${violations} times`}.`;
}
