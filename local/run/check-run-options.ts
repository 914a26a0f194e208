import { ERROR_CODES, EXIT } from '../../contract/error-codes';
import { LocalError } from '../errors';
import type { RunLocalOptions } from './run-local';

const NAMES = {
  app: true,
  template: true,
  stack: true,
  function: true,
  mapping: true,
  parameters: true,
  records: true,
  partitions: true,
  environment: true,
  dynamodb: true,
  sqs: true,
  s3: true,
  choices: true,
  faults: true,
  seed: true,
  timeoutMs: true,
  onOutput: true,
} satisfies Readonly<Record<keyof RunLocalOptions, true>>;

/** What the types say, for JavaScript too: a run with an option that is passed over would prove something else. */
export function checkRunOptions(options: RunLocalOptions): void {
  const { records, partitions, faults, seed, timeoutMs, onOutput } = options;
  const unknown = Object.keys(options).find((name) => !(name in NAMES));
  if (unknown !== undefined) {
    throw usage(`There is no option "${unknown}"; there are ${Object.keys(NAMES).join(', ')}.`);
  }
  accept('records', records, Array.isArray(records), 'a list, as [{ key: "k1", value: { orderId: "o-1" } }]');
  accept('partitions', partitions, isAbsent(partitions) || isWholeFrom(1, partitions), 'a whole number from 1 on');
  accept('seed', seed, isAbsent(seed) || isWholeFrom(0, seed), 'a whole number from 0 on');
  accept('timeoutMs', timeoutMs, isAbsent(timeoutMs) || isPositive(timeoutMs), 'a number of milliseconds above 0');
  accept('faults', faults, isAbsent(faults) || Array.isArray(faults), 'a list, as ["kill-after@1"]');
  accept('onOutput', onOutput, isAbsent(onOutput) || typeof onOutput === 'function', 'a function, as console.log');
}

const isAbsent = (value: unknown) => value === undefined;
const isPositive = (value: unknown) => typeof value === 'number' && value > 0;
const isWholeFrom = (least: number, value: unknown) => Number.isSafeInteger(value) && (value as number) >= least;

function accept(name: keyof RunLocalOptions, value: unknown, isAccepted: boolean, accepted: string): void {
  if (isAccepted) return;
  throw usage(`${name} is ${shown(value)}; accepted is ${accepted}.`);
}

function shown(value: unknown): string {
  if (value === undefined) return 'missing';
  // As text: JSON has no NaN.
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}

function usage(message: string): LocalError {
  return new LocalError(ERROR_CODES.usage, message, EXIT.usage);
}
