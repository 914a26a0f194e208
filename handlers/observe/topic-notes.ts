import { METRICS, type MetricName } from '../../contract/metrics';
import type { Outcome } from '../core/answer';
import { Samples } from './samples';

/** What is counted by one at a time, and the metric that it becomes. */
export const COUNTED = {
  attempts: METRICS.attempts,
  takeovers: METRICS.takeovers,
  staleOwner: METRICS.staleOwner,
  unsavedSuccess: METRICS.unsavedSuccess,
  abandoned: METRICS.abandoned,
  orderGap: METRICS.orderGap,
  massErrors: METRICS.massErrors,
} as const;
export type Counted = keyof typeof COUNTED;

const OUTCOMES = {
  done: METRICS.recordsDone,
  duplicate: METRICS.duplicates,
  parked: METRICS.parked,
  open: METRICS.open,
} as const satisfies Record<Outcome, MetricName>;

/** Published when they are 0, too: rates are formed with them. Every other metric costs money only once it happens. */
const ALWAYS: readonly MetricName[] = [METRICS.recordsDone, METRICS.duplicates, METRICS.open];

/** What one invocation has noticed of one topic so far. */
export class TopicNotes {
  readonly outcomes: Record<Outcome, number> = { done: 0, duplicate: 0, parked: 0, open: 0 };
  readonly counts: Record<Counted, number> = {
    attempts: 0,
    takeovers: 0,
    staleOwner: 0,
    unsavedSuccess: 0,
    abandoned: 0,
    orderGap: 0,
    massErrors: 0,
  };
  readonly ages = new Samples();
  readonly waits = new Samples();

  get values(): Map<MetricName, readonly number[]> {
    const values = new Map<MetricName, readonly number[]>();
    const count = (name: MetricName, number: number) => {
      if (number > 0 || ALWAYS.includes(name)) values.set(name, [number]);
    };
    for (const [outcome, name] of Object.entries(OUTCOMES)) count(name, this.outcomes[outcome as Outcome]);
    for (const [counted, name] of Object.entries(COUNTED)) count(name, this.counts[counted as Counted]);
    const sample = (name: MetricName, samples: Samples) => {
      if (samples.values.length > 0) values.set(name, samples.values);
    };
    sample(METRICS.recordAgeMs, this.ages);
    sample(METRICS.laneWaitMs, this.waits);
    return values;
  }
}
