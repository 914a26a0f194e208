import type { PropertyReader } from './property-reader';
import { shown, templateInvalid } from './template-error';

export type StartingPosition = 'TRIM_HORIZON' | 'LATEST' | 'AT_TIMESTAMP';

const STARTING_POSITIONS: readonly StartingPosition[] = ['TRIM_HORIZON', 'LATEST', 'AT_TIMESTAMP'];

/** Where a consumer group without committed offsets begins. */
export interface Start {
  readonly startingPosition: StartingPosition;
  /** With AT_TIMESTAMP, in milliseconds since the epoch. */
  readonly startingPositionTimestampMs: number | undefined;
}

export function readStart(properties: PropertyReader): Start {
  const written = properties.requiredText('StartingPosition');
  const startingPosition = STARTING_POSITIONS.find((position) => position === written);
  if (startingPosition === undefined) {
    throw templateInvalid(
      properties.path('StartingPosition'),
      `is ${shown(written)}; accepted are ${STARTING_POSITIONS.join(', ')}.`,
    );
  }
  const seconds = properties.text('StartingPositionTimestamp');
  if ((startingPosition === 'AT_TIMESTAMP') !== (seconds !== undefined) || !/^\d{1,11}$/.test(seconds ?? '0')) {
    throw templateInvalid(
      properties.path('StartingPositionTimestamp'),
      `is ${shown(seconds)} with the starting position ${startingPosition}; it belongs to AT_TIMESTAMP, in whole unix seconds, and to no other.`,
    );
  }
  return { startingPosition, startingPositionTimestampMs: seconds === undefined ? undefined : Number(seconds) * 1000 };
}
