import { writeFileSync } from 'node:fs';
import { ENVIRONMENT } from '../../contract/environment';
import { EXIT } from '../../contract/error-codes';
import { PARTIAL_READINGS } from '../../local/event-source/retry';
import { type FaultWithoutPlace, parseFaultWithoutPlace } from '../../local/faults/fault-text';
import { dynamodbAddress, kafkaAddress, SQS_VARIABLE, sqsAddress } from '../../local/servers/address';
import { CommandLine } from '../command-line';
import { everyPlaceText, placedRunText } from '../demo/every-place-text';
import { MAXIMUM_FLIGHTS } from '../demo/flights';
import { REMEMBERS, type Remember } from '../demo/remember';
import { reportOf, verdictText } from '../demo/report';
import type { DemoOptions, DemoWatcher } from '../demo/run-assembly';
import { runDemo, runEveryPlace } from '../demo/run-demo';
import { checksOf, describeFault } from '../demo/verdict';
import { progressLine } from '../progress-line';

const USAGE = `Usage: npm run demo -- [options]

Runs the reference function, as it would be deployed, over real flights on a topic, with faults, and ends with a verdict.

  --kafka             a real broker and Amazon's DynamoDB Local (npm run servers) instead of the embedded ones; dead
                      letters go to the SQS that MSK_ONCE_SQS or AWS_ENDPOINT_URL_SQS names, else to the embedded one
  --seed N            fixes workload and faults            (default 1)
  --records N         flights from the top of the file     (default ${MAXIMUM_FLIGHTS}, at least 500)
  --reading WHICH     what returns after a partial response: listed | checkpoint   (default listed)
  --mode WHICH        how the function answers: partial | throw                    (default partial)
  --remember WAY      how it remembers what is done: transaction | ledger | identity  (default transaction)
  --every FAULT       instead: a small run for each place that the fault can have in it, such as kill-after or
                      throttle,count=2 (msk-once local --help lists them); --records is 30 then, or what you say.
                      answer-lost, late-copy and delay befall the idempotency table if no table= is named
  --json FILE         writes the result as JSON
  --help              this text`;

const LINE = new CommandLine(USAGE);
const MINIMUM_FLIGHTS = 500;
const FLIGHTS_FOR_EVERY = 30;
const LAST_LINES = 30;

export async function demo(argv: readonly string[]): Promise<number> {
  const { help, json, every, ...options } = parse(argv);
  if (help) {
    process.stdout.write(`${USAGE}\n`);
    return EXIT.ok;
  }
  if (json !== undefined) LINE.checkWritable('--json', json);
  // By way of `exit`, so that workers and files of the run go too.
  for (const [signal, number] of [
    ['SIGINT', 2],
    ['SIGTERM', 15],
    ['SIGHUP', 1],
  ] as const) {
    process.once(signal, () => process.exit(128 + number));
  }
  if (every !== undefined) return demoOfEvery(every, options, json);
  const lines: string[] = [];
  const run = await runDemo(options, watcher(lines, options), {
    kafka: kafkaAddress().text,
    dynamodb: dynamodbAddress().text,
    sqs: process.env[SQS_VARIABLE] ? sqsAddress().text : process.env[ENVIRONMENT.sqsEndpoint] || undefined,
  });
  const checks = checksOf(run);
  const report = reportOf(run, checks);
  if (json !== undefined) writeFileSync(json, `${JSON.stringify(report, null, 2)}\n`);
  if (!report.ok && lines.length > 0) {
    process.stdout.write(`\nThe last lines of the function:\n${lines.map((line) => `  ${line}`).join('\n')}\n`);
  }
  process.stdout.write(`${verdictText(run, checks)}\n`);
  return report.ok ? EXIT.ok : EXIT.failed;
}

/** One fault at every place of a small run. */
async function demoOfEvery(every: FaultWithoutPlace, options: DemoOptions, json: string | undefined): Promise<number> {
  const line = progressLine(process.stderr);
  const found = await runEveryPlace(every, options, { ...watcher([], options), progress: () => {} }, (run) =>
    line.say(placedRunText(run)),
  );
  if (json !== undefined) writeFileSync(json, `${JSON.stringify({ options, ...found }, null, 2)}\n`);
  process.stdout.write(`${everyPlaceText(every, found)}\n`);
  return found.ok ? EXIT.ok : EXIT.failed;
}

interface Parsed extends DemoOptions {
  readonly help: boolean;
  readonly json: string | undefined;
  readonly every: FaultWithoutPlace | undefined;
}

function parse(argv: readonly string[]): Parsed {
  const values = LINE.parse(argv, {
    kafka: { type: 'boolean' },
    seed: { type: 'string' },
    records: { type: 'string' },
    reading: { type: 'string' },
    mode: { type: 'string' },
    remember: { type: 'string' },
    every: { type: 'string' },
    json: { type: 'string' },
    help: { type: 'boolean' },
  });
  const every = values.every === undefined ? undefined : faultOf(values.every);
  if (every && values.kafka) throw LINE.refused('--every runs on the embedded servers; leave --kafka away.');
  const records = values.records ?? String(every ? FLIGHTS_FOR_EVERY : MAXIMUM_FLIGHTS);
  return {
    help: values.help ?? false,
    json: values.json,
    every,
    kafka: values.kafka ?? false,
    seed: LINE.wholeNumber('--seed', values.seed ?? '1', 0, 2 ** 31),
    records: LINE.wholeNumber('--records', records, every ? 1 : MINIMUM_FLIGHTS, MAXIMUM_FLIGHTS),
    reading: LINE.oneOf('--reading', values.reading ?? 'listed', PARTIAL_READINGS),
    mode: LINE.oneOf('--mode', values.mode ?? 'partial', ['partial', 'throw']),
    remember: LINE.oneOf('--remember', values.remember ?? (REMEMBERS[0] as Remember), REMEMBERS),
  };
}

function faultOf(text: string): FaultWithoutPlace {
  try {
    return parseFaultWithoutPlace(text);
  } catch (error) {
    throw LINE.refused(`--every: ${(error as Error).message}`);
  }
}

function watcher(lines: string[], { remember }: DemoOptions): DemoWatcher {
  const line = progressLine(process.stderr);
  return {
    step: (text) => line.say(text),
    progress: (resolved, records) => line.update(`${resolved} of ${records} records resolved`),
    fault: (fault) => line.say(`  fault: ${describeFault(fault, remember)}`),
    complaint: (text) => line.say(`  COMPLAINT: ${text}`),
    output: (worker, text) => {
      lines.push(`${worker}: ${text}`);
      if (lines.length > LAST_LINES) lines.shift();
    },
  };
}
