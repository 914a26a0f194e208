import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';
import path from 'node:path';
import { EXIT } from '../contract/error-codes';
import { LocalError } from '../local/errors';
import { type BenchOptions, readOptions, UsageError } from './options';
import type { Question, Result } from './question';
import { readResult, storeResult } from './results-file';

/** Each benchmark is loaded when it is called. */
const QUESTIONS: Readonly<Record<string, () => Promise<Question<never>>>> = {
  stores: async () => (await import('./stores.js')).stores as unknown as Question<never>,
  engine: async () => (await import('./engine.js')).engine as unknown as Question<never>,
  cold: async () => (await import('./cold.js')).cold as unknown as Question<never>,
};

const NAMES = [...Object.keys(QUESTIONS), 'table'];

const USAGE = `Usage: npm run bench -- NAME [options]

  stores   what remembering costs in each mode, end to end, against the fastest stock Powertools
  engine   what the engine costs per record beside decoding and the store
  cold     what the first batch costs in a fresh process
  table    writes the tables of docs/performance.md from the kept results

  --json FILE      writes the result as JSON
  --compare FILE   prints this run against another one's JSON, or against bench/baseline.json
  --keep           puts the result into bench/baseline.json (for a quiet machine only)
  --rounds N       fresh processes for each scenario, in random order     (stores: 5, on DynamoDB Local 3)
  --seed S         fixes that order                                       (1)
  --mode M         only this mode and what it is compared with; several times
  --batch N        only batches of this size; several times               (100, 1000, 5000)
  --target T       stub-4ms or dynamodb-local; several times              (the stub, and DynamoDB Local where it runs)
  --warm-up MS     how long a process runs before anything counts         (2500)
  --quick          one round of batches of 100 and 1,000 on the stub: a look, not a result
  --profile        shows where the CPU of --mode goes (stores: end to end; engine: without a database)
  --help           this text

Exit codes: 0 measured, 1 a measurement failed, 2 usage, 7 a server is not there.`;

const ROOT = path.join(__dirname, '..');

async function main([name, ...argv]: string[]): Promise<number> {
  if (name === undefined || name === '--help') {
    process.stdout.write(`${USAGE}\n`);
    return name === undefined ? EXIT.usage : EXIT.ok;
  }
  if (!NAMES.includes(name)) {
    throw new UsageError(`There is no benchmark ${JSON.stringify(name)}; there are ${NAMES.join(', ')}.`);
  }
  const options = readOptions(argv);
  if (options.help) {
    process.stdout.write(`${USAGE}\n`);
    return EXIT.ok;
  }
  if (name === 'table') return writeTable();
  const load = QUESTIONS[name] as () => Promise<Question<never>>;
  return answer(name, (await load()) as Question, options);
}

/** One process at work, which may be an earlier benchmark's own trace. */
const BUSY = 1;

async function answer(name: string, question: Question, options: BenchOptions): Promise<number> {
  // Before the work: a file that cannot be compared with is a mistake of the command line.
  const before = options.compare === undefined ? undefined : readResult(options.compare, name);
  const [loadBefore = 0] = loadavg();
  if (loadBefore > BUSY) say(`The machine is busy (load ${loadBefore.toFixed(1)}): believe the counts, not the times.`);
  const startedAtMs = Date.now();
  const rows = await question.run(options, say);
  if (options.profile) return EXIT.ok;
  const result: Result<unknown> = {
    question: name,
    rows,
    machine: machine(),
    node: process.version,
    versions: versions(),
    startedAt: new Date(startedAtMs).toISOString(),
    seconds: Math.round((Date.now() - startedAtMs) / 1_000),
    rounds: question.rounds(options),
    seed: options.seed,
    loadBefore: Number(loadBefore.toFixed(2)),
    quick: options.quick,
  };
  if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(result, null, 2)}\n`);
  if (options.keep) storeResult(result);
  process.stdout.write(`${question.text(rows)}\n`);
  if (before !== undefined) process.stdout.write(`\n${question.compare(rows, before.rows)}\n`);
  return EXIT.ok;
}

async function writeTable(): Promise<number> {
  const { DOCUMENT, withTables } = await import('./report/document.js');
  const { readKept } = await import('./results-file.js');
  const file = path.join(ROOT, DOCUMENT);
  writeFileSync(file, withTables(readFileSync(file, 'utf8'), readKept()));
  say(`${DOCUMENT} shows the kept results now.`);
  return EXIT.ok;
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

function machine(): string {
  const [cpu] = cpus();
  return `${cpus().length} × ${cpu?.model.trim() ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GiB, ${process.platform} ${process.arch}`;
}

const PACKAGES = ['@aws-lambda-powertools/idempotency', '@aws-sdk/client-dynamodb', 'esbuild'];

function versions(): Record<string, string> {
  return Object.fromEntries(
    PACKAGES.flatMap((name) => {
      const file = path.join(ROOT, 'node_modules', name, 'package.json');
      return existsSync(file) ? [[name, JSON.parse(readFileSync(file, 'utf8')).version as string]] : [];
    }),
  );
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(EXIT.failed));
main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    const isOurs = error instanceof LocalError;
    process.stderr.write(
      `${isOurs || !(error instanceof Error) ? String((error as Error).message ?? error) : error.stack}\n`,
    );
    process.exitCode = isOurs ? error.exitCode : EXIT.failed;
  },
);
