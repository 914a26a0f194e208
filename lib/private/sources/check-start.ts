import { Token } from 'aws-cdk-lib';
import { StartingPosition } from 'aws-cdk-lib/aws-lambda';
import type { IConstruct } from 'constructs';
import { PropsError } from '../props-error';

const { AT_TIMESTAMP } = StartingPosition;
/** In seconds it would be the year 5138. */
const SURELY_MILLISECONDS = 100_000_000_000;

/** Source: Lambda API Reference, CreateEventSourceMapping: unix seconds, not in the future. */
export function checkStart(scope: IConstruct, position: StartingPosition, timestamp: number | undefined): void {
  const refusal = (received: unknown, accepted: string, change: string) =>
    new PropsError(scope, { prop: 'startingPositionTimestamp', received, accepted, change });
  // The compiler asks for it too; JavaScript does not.
  if (!Token.isUnresolved(position) && !Object.values(StartingPosition).includes(position)) {
    throw new PropsError(scope, {
      prop: 'startingPosition',
      received: position,
      accepted: Object.values(StartingPosition).join(', '),
      change: 'Choose one of lambda.StartingPosition.',
    });
  }
  if (position !== AT_TIMESTAMP) {
    if (timestamp === undefined) return;
    const change = `Choose StartingPosition.${AT_TIMESTAMP}, or leave the timestamp out.`;
    throw refusal(timestamp, `none with ${position}`, change);
  }
  if (timestamp === undefined) {
    const change = 'Say from when on: Math.floor(date.getTime() / 1000).';
    throw refusal(undefined, `whole unix seconds, with ${AT_TIMESTAMP}`, change);
  }
  const now = Math.floor(Date.now() / 1000);
  if (Token.isUnresolved(timestamp) || (Number.isInteger(timestamp) && timestamp >= 0 && timestamp <= now)) return;
  throw refusal(
    // As text: JSON has no NaN.
    `${timestamp}`,
    `whole unix seconds, from 0 to ${now}, which is now`,
    timestamp >= SURELY_MILLISECONDS
      ? 'Those are milliseconds: write Math.floor(milliseconds / 1000).'
      : 'Give a moment that has passed; for what comes from now on there is StartingPosition.LATEST.',
  );
}
