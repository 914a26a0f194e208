import type { Mapping } from '../../contract/environment';
import type { KafkaEventRecord } from '../../contract/event';
import { LETTER_FORMAT, type Letter } from '../../contract/letter';
import type { Parked } from '../parking/parked';
import { letterErrorOf } from './letter-error';

export type { Letter } from '../../contract/letter';

export interface LetterOptions extends Parked {
  readonly caller: Pick<Mapping, 'consumer' | 'source'>;
  /** As Lambda delivered it. */
  readonly record: KafkaEventRecord;
  /** What the last run ended with, whatever it is. */
  readonly error: unknown;
  /** @default of the environment, as Lambda sets it */
  readonly functionVersion?: string;
}

/** What is kept of a record that is given up: all that is needed to understand it, and to run it again. */
export function letterOf(options: LetterOptions): Letter {
  const { id, caller, record, error, attempts, firstFailureMs, lastFailureMs } = options;
  return {
    mskOnce: LETTER_FORMAT,
    id,
    consumer: caller.consumer,
    ...(caller.source !== undefined && { source: caller.source }),
    record,
    error: letterErrorOf(error),
    attempts,
    firstFailure: new Date(firstFailureMs).toISOString(),
    lastFailure: new Date(lastFailureMs).toISOString(),
    functionVersion: options.functionVersion ?? process.env.AWS_LAMBDA_FUNCTION_VERSION ?? '$LATEST',
  };
}
