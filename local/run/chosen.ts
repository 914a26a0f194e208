import { type Choices, chooseFrom } from '../event-source/choices';

/**
 * In real time 60 retries take half an hour. Eight take more than a minute with their pauses, so that a lease of 30 s
 * that nobody holds any more has run out before a partition counts as blocked.
 */
const IN_REAL_TIME = { 'blocked-after-retries': '8' };

/** The choices of a run in real time. Throws a LocalError for a name or a value that is not accepted. */
export function chosen(given: Readonly<Record<string, string>>): Choices {
  return chooseFrom({ ...IN_REAL_TIME, ...given });
}
