import { CommandLine } from '../command-line';

export const USAGE = `Usage: msk-once check [options]

Names what is missing or wrong in a template, for every Kafka event source mapping and the function that it calls.
Nothing is run, and nothing is asked of an account.

What is read
  --app DIR              what "cdk synth" wrote   (default that of cdk.json, or SAM's)
  --template FILE        a template of CloudFormation or SAM instead; of the Serverless Framework, what "package" wrote
  --stack NAME           which stack, where there are several
  --function ID          only this function's mappings                  --mapping ID     only this mapping
  --parameter NAME=VALUE a template parameter; may stand several times
How it is judged
  --service-may-discard  an on-failure destination, finite retries or a record age is meant: a warning instead of an error
  --strict               warnings, and what cannot be read here, fail as well
  --json                 all findings as one JSON document

Exit codes: 0 all right, or warnings only; 1 errors; 2 the command line is wrong; 5 no error, and something that could not
be read here was not judged.`;

export interface CheckArguments {
  readonly app: string | undefined;
  readonly template: string | undefined;
  readonly stack: string | undefined;
  readonly function: string | undefined;
  readonly mapping: string | undefined;
  readonly parameters: Readonly<Record<string, string>>;
  readonly serviceMayDiscard: boolean;
  readonly strict: boolean;
  readonly json: boolean;
  readonly help: boolean;
}

const LINE = new CommandLine(USAGE);
const text = { type: 'string' } as const;
const flag = { type: 'boolean' } as const;

/** Throws a UsageError for whatever is wrong. */
export function readArguments(argv: readonly string[]): CheckArguments {
  const values = LINE.parse(argv, {
    app: text,
    template: text,
    stack: text,
    function: text,
    mapping: text,
    parameter: { type: 'string', multiple: true, default: [] as string[] },
    'service-may-discard': flag,
    strict: flag,
    json: flag,
    help: flag,
  });
  return {
    app: values.app,
    template: values.template,
    stack: values.stack,
    function: values.function,
    mapping: values.mapping,
    parameters: LINE.pairs('--parameter', values.parameter),
    serviceMayDiscard: values['service-may-discard'] ?? false,
    strict: values.strict ?? false,
    json: values.json ?? false,
    help: values.help ?? false,
  };
}
