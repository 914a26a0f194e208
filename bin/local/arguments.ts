import { CommandLine } from '../command-line';

export const USAGE = `Usage: msk-once local [options]

Runs the functions behind the Kafka event source mappings of a synthesized template, as they would be deployed: batches,
retries and commits as the service makes them, in processes with the real time-out.

What runs
  --app DIR              what "cdk synth" wrote   (default that of cdk.json, or SAM's)
  --template FILE        a template of CloudFormation or SAM instead
  --stack NAME           which stack, where there are several
  --function ID          only this function's mappings                  --mapping ID     only this mapping
  --parameter NAME=VALUE a template parameter; may stand several times
  --env NAME=VALUE       a variable for the functions, stronger than the template's; may stand several times
Records
  --records FILE         JSON lines such as {"key": "a", "value": {"id": 1}}; - reads standard input
  --partitions N         of the topic in this process                   (default 4)
  --event FILE           instead: invokes the function once with a captured event, and shows what the service would do
Where
  --broker HOST:PORT     a Kafka broker, or several with commas, instead of the log in this process
  --broker-config FILE   the same with TLS or SASL, as JSON
  --group ID             the consumer group   (default the mapping's own, with "-local" unless the broker is on this machine)
  --dynamodb URL         a DynamoDB, such as DynamoDB Local, instead of the one in this process; tables are kept
  --sqs URL  --s3 URL    stand-ins for SQS and S3 instead of those in this process, and for on-failure destinations;
                         without them what those would get is in the report
How
  --once                 ends when all input is resolved                (default: goes on until Ctrl-C)
  --timeout-s N          with --once: gives up after so many seconds, with exit code 4
  --choose NAME=VALUE    what the service does where its documentation is silent; may stand several times
  --explain              prints all choices, one to a line, and ends
  --fault NAME@N         a fault at the n-th request or delivery; may stand several times  (--fault help lists them)
  --seed N               fixes everything that is left to chance        (default 1)
  --watch                runs the app of cdk.json again when a file is saved, and loads the new function
  --invoke               lets functions be invoked at a port of this machine, as by "msk-once redrive", and prints how
  --inspect [PORT]       waits for a debugger before the function is loaded; at a breakpoint the deadline stands
                         still   (default port 9229)
What it tells
  --report FILE          what became of each record, as JSON
  --json                 JSON lines instead of text
  --help                 this text

Exit codes: 0 all is well, 1 records open or lost, or the function cannot be loaded or answers what the service cannot
read, 2 usage, 4 time-out, 7 a server cannot be reached, 130 Ctrl-C before --once was done.`;

export interface LocalArguments {
  readonly app: string | undefined;
  readonly template: string | undefined;
  readonly stack: string | undefined;
  readonly function: string | undefined;
  readonly mapping: string | undefined;
  readonly parameters: Readonly<Record<string, string>>;
  readonly environment: Readonly<Record<string, string>>;
  readonly records: string | undefined;
  readonly partitions: number;
  readonly event: string | undefined;
  readonly broker: string | undefined;
  readonly brokerConfig: string | undefined;
  readonly group: string | undefined;
  readonly dynamodb: string | undefined;
  readonly sqs: string | undefined;
  readonly s3: string | undefined;
  readonly once: boolean;
  readonly timeoutMs: number | undefined;
  readonly choices: Readonly<Record<string, string>>;
  readonly explain: boolean;
  readonly faults: readonly string[];
  readonly seed: number;
  readonly watch: boolean;
  readonly invoke: boolean;
  readonly inspectPort: number | undefined;
  readonly report: string | undefined;
  readonly json: boolean;
  readonly help: boolean;
}

const LINE = new CommandLine(USAGE);
const INSPECT_PORT = '9229';
const text = { type: 'string' } as const;
const flag = { type: 'boolean' } as const;
const texts = { type: 'string', multiple: true, default: [] as string[] } as const;

/** Throws a UsageError for whatever is wrong, before anything is started. */
export function readArguments(argv: readonly string[]): LocalArguments {
  const values = LINE.parse(withInspectPort(argv), {
    app: text,
    template: text,
    stack: text,
    function: text,
    mapping: text,
    parameter: texts,
    env: texts,
    records: text,
    partitions: text,
    event: text,
    broker: text,
    'broker-config': text,
    group: text,
    dynamodb: text,
    sqs: text,
    s3: text,
    once: flag,
    'timeout-s': text,
    choose: texts,
    explain: flag,
    fault: texts,
    seed: text,
    watch: flag,
    invoke: flag,
    inspect: text,
    report: text,
    json: flag,
    help: flag,
  });
  const found: LocalArguments = {
    app: values.app,
    template: values.template,
    stack: values.stack,
    function: values.function,
    mapping: values.mapping,
    parameters: LINE.pairs('--parameter', values.parameter),
    environment: LINE.pairs('--env', values.env),
    records: values.records,
    partitions: LINE.wholeNumber('--partitions', values.partitions ?? '4', 1, 1_000),
    event: values.event,
    broker: addresses('--broker', values.broker),
    brokerConfig: values['broker-config'],
    group: values.group,
    dynamodb: url('--dynamodb', values.dynamodb),
    sqs: url('--sqs', values.sqs),
    s3: url('--s3', values.s3),
    once: values.once ?? false,
    timeoutMs:
      values['timeout-s'] === undefined
        ? undefined
        : LINE.wholeNumber('--timeout-s', values['timeout-s'], 1, 86_400) * 1_000,
    choices: LINE.pairs('--choose', values.choose),
    explain: values.explain ?? false,
    faults: values.fault,
    seed: LINE.wholeNumber('--seed', values.seed ?? '1', 0, 2 ** 31),
    watch: values.watch ?? false,
    invoke: values.invoke ?? false,
    inspectPort: values.inspect === undefined ? undefined : LINE.wholeNumber('--inspect', values.inspect, 1, 65_535),
    report: values.report,
    json: values.json ?? false,
    help: values.help ?? false,
  };
  if (!found.help) refuseContradictions(found);
  return found;
}

/** `--inspect` may stand alone, which `node:util` does not know. */
function withInspectPort(argv: readonly string[]): string[] {
  return argv.flatMap((one, index) =>
    one === '--inspect' && !/^\d+$/.test(argv[index + 1] ?? '') ? [`--inspect=${INSPECT_PORT}`] : [one],
  );
}

function url(option: string, given: string | undefined): string | undefined {
  if (given === undefined) return undefined;
  const found = URL.canParse(given) ? new URL(given) : undefined;
  if (found?.protocol === 'http:' || found?.protocol === 'https:') return given.replace(/\/$/, '');
  throw LINE.refused(`${option} is ${JSON.stringify(given)}; accepted is a URL such as http://127.0.0.1:18000.`);
}

function addresses(option: string, given: string | undefined): string | undefined {
  if (given === undefined || given.split(',').every((one) => /^[^\s:/]+:\d{1,5}$/.test(one))) return given;
  throw LINE.refused(`${option} is ${JSON.stringify(given)}; accepted is HOST:PORT, such as 127.0.0.1:19092.`);
}

function refuseContradictions(given: LocalArguments): void {
  const together: readonly [boolean, string][] = [
    [given.broker !== undefined && given.brokerConfig !== undefined, '--broker and --broker-config'],
    [given.event !== undefined && given.records !== undefined, '--event and --records'],
    [given.event !== undefined && given.watch, '--event and --watch'],
    [given.event !== undefined && (given.broker ?? given.brokerConfig) !== undefined, '--event and a broker'],
    [given.once && given.watch, '--once and --watch'],
    [given.invoke && given.watch, '--invoke and --watch'],
    [given.invoke && given.once, '--invoke and --once'],
    [given.invoke && given.event !== undefined, '--invoke and --event'],
  ];
  const found = together.find(([both]) => both);
  if (found) throw LINE.refused(`${found[1]} do not go together: give one of them.`);
  if (given.timeoutMs !== undefined && !given.once) {
    throw LINE.refused('--timeout-s belongs to --once: without it the run goes on until Ctrl-C.');
  }
  if (given.watch && given.template !== undefined) {
    throw LINE.refused('--watch runs the app of cdk.json; a template of another origin cannot be made anew here.');
  }
  if (given.report !== undefined) LINE.checkWritable('--report', given.report);
  if (given.event !== undefined) LINE.checkReadable('--event', given.event);
  if (given.brokerConfig !== undefined) LINE.checkReadable('--broker-config', given.brokerConfig);
  if (given.records !== undefined && given.records !== '-') LINE.checkReadable('--records', given.records);
}
