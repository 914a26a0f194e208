import { type Duration, Token } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { PropsError } from './props-error';

/** The part of a limit that a check needs: `LIMITS` of the contract fit. */
export interface Range {
  readonly minimum: number;
  /** None: as many as you like. */
  readonly maximum?: number;
}

/** Lets an absent value and a token pass: what a token stands for is known to the service alone. */
export function checkWholeNumber(
  scope: IConstruct,
  prop: string,
  value: number | undefined,
  range: Range,
  change: string,
): void {
  if (value === undefined || Token.isUnresolved(value) || within(range, value)) return;
  // JavaScript may give what is no number.
  const received = typeof value === 'number' ? `${value}` : value;
  throw new PropsError(scope, { prop, received, accepted: `a whole number ${described(range)}`, change });
}

/** As {@link checkWholeNumber}, for a time that the service takes in seconds. */
export function checkWholeSeconds(
  scope: IConstruct,
  prop: string,
  value: Duration | undefined,
  range: Range,
  change: string,
): void {
  checkDuration(scope, prop, value, 'seconds');
  if (value === undefined || value.isUnresolved() || within(range, value.toMilliseconds({ integral: false }) / 1000)) {
    return;
  }
  const received = value.toHumanString();
  throw new PropsError(scope, { prop, received, accepted: `whole seconds, ${described(range)}`, change });
}

/** A token that stands for a number of something else cannot be converted to `unit`. */
export function checkDuration(
  scope: IConstruct,
  prop: string,
  value: Duration | undefined,
  unit?: 'seconds' | 'millis',
): void {
  if (value === undefined) return;
  // The compiler asks for it too; JavaScript does not.
  if (typeof value?.isUnresolved !== 'function') {
    const change = 'Write Duration.seconds(60), with the unit that you mean.';
    throw new PropsError(scope, { prop, received: value, accepted: 'a Duration', change });
  }
  if (unit === undefined || !value.isUnresolved() || value.unitLabel() === unit) return;
  throw new PropsError(scope, {
    prop,
    received: `a token of ${value.unitLabel()}`,
    accepted: `Duration.${unit}() of a token`,
    change: `What is known at deployment only cannot be converted: make it a number of ${unit}.`,
  });
}

function within({ minimum, maximum = Number.POSITIVE_INFINITY }: Range, value: number): boolean {
  return Number.isInteger(value) && value >= minimum && value <= maximum;
}

function described({ minimum, maximum }: Range): string {
  return maximum === undefined ? `from ${minimum}` : `from ${minimum} to ${maximum}`;
}
