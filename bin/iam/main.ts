/** `npm run iam`: every statement of the reference stack, and why it is there. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EXIT } from '../../contract/error-codes';
import { LocalError } from '../../local/errors';
import { type AssemblyStack, readAssembly } from '../../local/template/read-assembly';
import { CommandLine } from '../command-line';
import { synthesize } from '../demo/synthesize';
import { errorText } from '../error-text';
import { explain, tableText, unexplainedText } from './report';
import { statementsIn } from './statements-in';

const USAGE = `Usage: npm run iam -- [options]

Prints every statement of a synthesized template with its reason, and ends with 1 if there is one without.

  --template PATH    a template, or a folder that cdk synth wrote   (default cdk.out, or what is synthesized where there
                     is none)
  --stack NAME       which stack, where there are several
  -c, --context NAME=VALUE   synthesizes with this context instead, such as demo=cluster; may stand several times
  --json             writes JSON
  --help             this text`;

const LINE = new CommandLine(USAGE);
const SYNTHESIZED = join(__dirname, '..', '..', 'cdk.out');

async function iam(argv: readonly string[]): Promise<number> {
  const { help, json, template, stack, context } = LINE.parse(argv, {
    template: { type: 'string' },
    stack: { type: 'string' },
    context: { type: 'string', short: 'c', multiple: true },
    json: { type: 'boolean' },
    help: { type: 'boolean' },
  });
  if (help) {
    process.stdout.write(`${USAGE}\n`);
    return EXIT.ok;
  }
  if (template !== undefined && context !== undefined) throw LINE.refused('Name a template or a context, not both.');
  const read = await templateOf(template, stack, LINE.pairs('--context', context ?? []));
  const statements = explain(statementsIn({ ...read.template }));
  const unexplained = statements.filter(({ reason }) => reason === null);
  if (json) {
    process.stdout.write(`${JSON.stringify({ stack: read.stackName, statements, unexplained }, null, 2)}\n`);
  } else {
    const where = `${read.stackName} (${read.from})`;
    process.stdout.write(`${statements.length} statements of ${where}\n\n${tableText(statements)}\n`);
  }
  if (unexplained.length === 0) return EXIT.ok;
  process.stderr.write(`\n${unexplainedText(unexplained)}\n`);
  return EXIT.failed;
}

interface Read extends AssemblyStack {
  /** For people. */
  readonly from: string;
}

async function templateOf(
  named: string | undefined,
  stack: string | undefined,
  context: Record<string, string>,
): Promise<Read> {
  if (named !== undefined) return { ...readAssembly(named, stack), from: named };
  if (Object.keys(context).length === 0 && existsSync(join(SYNTHESIZED, 'manifest.json'))) {
    return { ...readAssembly(SYNTHESIZED, stack), from: 'as it is in cdk.out; npm run synth makes it anew' };
  }
  const folder = mkdtempSync(join(tmpdir(), 'msk-once-iam-'));
  try {
    await synthesize(folder, context);
    return { ...readAssembly(folder, stack), from: 'synthesized now' };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

iam(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    process.stderr.write(`${errorText(error)}\n`);
    process.exitCode = error instanceof LocalError ? error.exitCode : EXIT.failed;
  },
);
