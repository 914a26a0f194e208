import { accessSync, constants, existsSync, statSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { EXIT } from '../../contract/error-codes';
import { PARTIAL_READINGS } from '../../local/event-source/retry';
import { dynamodbAddress, kafkaAddress } from '../../local/servers/address';
import { MAXIMUM_FLIGHTS } from '../demo/flights';
import { reportOf, verdictText } from '../demo/report';
import type { DemoOptions, DemoWatcher } from '../demo/run-assembly';
import { runDemo } from '../demo/run-demo';
import { checksOf, describeFault } from '../demo/verdict';
import { progressLine } from '../progress-line';
import { UsageError } from '../usage';

const USAGE = `Usage: npm run demo -- [options]

Runs the reference function, as it would be deployed, over real flights on a topic, with faults, and ends with a verdict.

  --kafka             a real broker and Amazon's DynamoDB Local (npm run servers) instead of the embedded ones
  --seed N            fixes workload and faults            (default 1)
  --records N         flights from the top of the file     (default ${MAXIMUM_FLIGHTS}, at least 500)
  --reading WHICH     what returns after a partial response: listed | checkpoint   (default listed)
  --mode WHICH        how the function answers: partial | throw                    (default partial)
  --json FILE         writes the result as JSON
  --help              this text`;

const MINIMUM_FLIGHTS = 500;
const LAST_LINES = 30;

export async function demo(argv: readonly string[]): Promise<number> {
  const { help, json, ...options } = parse(argv);
  if (help) {
    process.stdout.write(`${USAGE}\n`);
    return EXIT.ok;
  }
  if (json !== undefined) checkWritable(json);
  // By way of `exit`, so that workers and files of the run go too.
  for (const [signal, number] of [
    ['SIGINT', 2],
    ['SIGTERM', 15],
    ['SIGHUP', 1],
  ] as const) {
    process.once(signal, () => process.exit(128 + number));
  }
  const lines: string[] = [];
  const run = await runDemo(options, watcher(lines), { kafka: kafkaAddress().text, dynamodb: dynamodbAddress().text });
  const checks = checksOf(run);
  const report = reportOf(run, checks);
  if (json !== undefined) writeFileSync(json, `${JSON.stringify(report, null, 2)}\n`);
  if (!report.ok && lines.length > 0) {
    process.stdout.write(`\nThe last lines of the function:\n${lines.map((line) => `  ${line}`).join('\n')}\n`);
  }
  process.stdout.write(`${verdictText(run, checks)}\n`);
  return report.ok ? EXIT.ok : EXIT.failed;
}

function parse(argv: readonly string[]): DemoOptions & { help: boolean; json: string | undefined } {
  const { values } = parsed(argv);
  return {
    help: values.help ?? false,
    json: values.json,
    kafka: values.kafka ?? false,
    seed: wholeNumber('--seed', values.seed ?? '1', 0, 2 ** 31),
    records: wholeNumber('--records', values.records ?? String(MAXIMUM_FLIGHTS), MINIMUM_FLIGHTS, MAXIMUM_FLIGHTS),
    reading: oneOf('--reading', values.reading ?? 'listed', PARTIAL_READINGS),
    mode: oneOf('--mode', values.mode ?? 'partial', ['partial', 'throw']),
  };
}

function parsed(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      options: {
        kafka: { type: 'boolean' },
        seed: { type: 'string' },
        records: { type: 'string' },
        reading: { type: 'string' },
        mode: { type: 'string' },
        json: { type: 'string' },
        help: { type: 'boolean' },
      },
    });
  } catch (error) {
    throw new UsageError((error as Error).message, USAGE);
  }
}

function wholeNumber(option: string, text: string, minimum: number, maximum: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= minimum && value <= maximum) return value;
  throw new UsageError(
    `${option} is ${JSON.stringify(text)}; accepted is a whole number from ${minimum} to ${maximum}.`,
    USAGE,
  );
}

function oneOf<Value extends string>(option: string, text: string, accepted: readonly Value[]): Value {
  const found = accepted.find((value) => value === text);
  if (found) return found;
  throw new UsageError(`${option} is ${JSON.stringify(text)}; accepted is ${accepted.join(' or ')}.`, USAGE);
}

/** Before the work and not after it. */
function checkWritable(file: string): void {
  const path = resolve(file);
  const folder = dirname(path);
  const isFolder = (name: string) => statSync(name, { throwIfNoEntry: false })?.isDirectory() === true;
  try {
    if (isFolder(path)) throw new Error('it is a folder');
    if (!isFolder(folder)) throw new Error(`${folder} is no folder`);
    accessSync(existsSync(path) ? path : folder, constants.W_OK);
  } catch (error) {
    throw new UsageError(`--json ${file} cannot be written: ${(error as Error).message}.`, USAGE);
  }
}

function watcher(lines: string[]): DemoWatcher {
  const line = progressLine(process.stderr);
  return {
    step: (text) => line.say(text),
    progress: (resolved, records) => line.update(`${resolved} of ${records} records resolved`),
    fault: (fault) => line.say(`  fault: ${describeFault(fault)}`),
    complaint: (text) => line.say(`  COMPLAINT: ${text}`),
    output: (worker, text) => {
      lines.push(`${worker}: ${text}`);
      if (lines.length > LAST_LINES) lines.shift();
    },
  };
}
