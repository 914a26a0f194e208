import { accessSync, constants, existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { ERROR_CODES, EXIT } from '../contract/error-codes';
import { LocalError } from '../local/errors';
import { MODES, type Mode } from './measure/scenarios';
import { TARGETS, type Target } from './report/store-rows';

export interface BenchOptions {
  readonly json: string | undefined;
  readonly compare: string | undefined;
  readonly rounds: number | undefined;
  readonly seed: number;
  readonly batches: readonly number[] | undefined;
  readonly modes: readonly Mode[] | undefined;
  readonly targets: readonly Target[] | undefined;
  /** How long a process runs before anything counts; one batch at least. */
  readonly warmUpMs: number | undefined;
  readonly quick: boolean;
  readonly keep: boolean;
  readonly profile: boolean;
  readonly help: boolean;
}

export class UsageError extends LocalError {
  constructor(problem: string) {
    super(ERROR_CODES.usage, `${problem} npm run bench -- --help tells more.`, EXIT.usage);
  }
}

const MAXIMUM_BATCH = 10_000;
const MAXIMUM_ROUNDS = 100;
const MAXIMUM_WARM_UP_MS = 60_000;

/** Of what follows the name of the benchmark. */
export function readOptions(argv: readonly string[]): BenchOptions {
  const values = parsed(argv);
  const small = (['quick', 'mode', 'batch', 'target'] as const).find((option) => values[option] !== undefined);
  if (values.keep && small) {
    throw new UsageError(`--keep keeps whole results: --${small} does not go with it.`);
  }
  return {
    json: writable('--json', values.json),
    compare: readable('--compare', values.compare),
    rounds: values.rounds === undefined ? undefined : wholeNumber('--rounds', values.rounds, 1, MAXIMUM_ROUNDS),
    seed: wholeNumber('--seed', values.seed ?? '1', 0, 2 ** 31),
    batches: values.batch?.map((text) => wholeNumber('--batch', text, 1, MAXIMUM_BATCH)),
    modes: values.mode?.map((text) => oneOf('--mode', text, MODES)),
    targets: values.target?.map((text) => oneOf('--target', text, TARGETS)),
    warmUpMs:
      values['warm-up'] === undefined ? undefined : wholeNumber('--warm-up', values['warm-up'], 1, MAXIMUM_WARM_UP_MS),
    quick: values.quick ?? false,
    keep: values.keep ?? false,
    profile: values.profile ?? false,
    help: values.help ?? false,
  };
}

function parsed(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      options: {
        json: { type: 'string' },
        compare: { type: 'string' },
        rounds: { type: 'string' },
        seed: { type: 'string' },
        batch: { type: 'string', multiple: true },
        mode: { type: 'string', multiple: true },
        target: { type: 'string', multiple: true },
        'warm-up': { type: 'string' },
        quick: { type: 'boolean' },
        keep: { type: 'boolean' },
        profile: { type: 'boolean' },
        help: { type: 'boolean' },
      },
    }).values;
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function wholeNumber(option: string, text: string, minimum: number, maximum: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= minimum && value <= maximum) return value;
  throw new UsageError(
    `${option} is ${JSON.stringify(text)}; accepted is a whole number from ${minimum} to ${maximum}.`,
  );
}

function oneOf<Value extends string>(option: string, text: string, accepted: readonly Value[]): Value {
  const found = accepted.find((value) => value === text);
  if (found) return found;
  throw new UsageError(`${option} is ${JSON.stringify(text)}; accepted is ${accepted.join(', ')}.`);
}

/** Before the work and not after it. */
function writable(option: string, file: string | undefined): string | undefined {
  if (file === undefined) return undefined;
  try {
    if (existsSync(file) && statSync(file).isDirectory()) throw new Error('it is a folder');
    accessSync(existsSync(file) ? file : path.dirname(path.resolve(file)), constants.W_OK);
    return file;
  } catch (error) {
    throw new UsageError(`${option} ${file} cannot be written: ${(error as Error).message}.`);
  }
}

function readable(option: string, file: string | undefined): string | undefined {
  if (file === undefined) return undefined;
  try {
    if (statSync(file).isDirectory()) throw new Error('it is a folder');
    accessSync(file, constants.R_OK);
    return file;
  } catch (error) {
    throw new UsageError(`${option} ${file} cannot be read: ${(error as Error).message}.`);
  }
}
