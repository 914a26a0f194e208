import type { Log } from './log';
import type { Metrics } from './metrics';

/** What a user's logger throws must not cost a record its mark, or an invocation its answer. */
export function harmlessLog(log: Log, last: (error: unknown) => void): Log {
  return {
    info: (message, fields) => attempt(() => log.info(message, fields), last),
    error: (message, fields) => attempt(() => log.error(message, fields), last),
  };
}

/** The same of metrics; a failed one does not keep the others back. */
export function harmlessMetrics(all: readonly Metrics[], last: (error: unknown) => void): Metrics {
  return {
    publish(topics) {
      for (const metrics of all) attempt(() => metrics.publish(topics), last);
    },
  };
}

function attempt(work: () => void, last: (error: unknown) => void): void {
  try {
    work();
  } catch (error) {
    try {
      last(error);
    } catch {
      // There is nobody left to tell.
    }
  }
}
